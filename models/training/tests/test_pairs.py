"""Recordings with MIDI become labels that are true, and what does not belong together is refused."""

import sys

import numpy as np
import pytest
import soundfile

mido = pytest.importorskip("mido", reason="needs mido to write and read MIDI")
pytest.importorskip("pyworld", reason="needs pyworld to hear pitch")
from vocalise_training import labels, lf_voice, melody, pairs  # noqa: E402
from vocalise_training.dataset import Shards  # noqa: E402
from vocalise_training.features import DELAY_FRAMES, SAMPLE_RATE  # noqa: E402
from vocalise_training.labels import TICK  # noqa: E402
from vocalise_training.notes import Note  # noqa: E402
from vocalise_training.performance import Singer, perform  # noqa: E402


def bend(seconds):
    """The MIDI's time: slower by an eighth, and never steady."""
    return 1.12 * seconds + 0.25 * np.sin(0.7 * seconds) + 0.1 * np.sin(1.9 * seconds)


def write_midi(path, lines):
    """One named track for each (name, [Note]); 480 ticks are half a second."""
    file = mido.MidiFile(ticks_per_beat=480)
    for name, line in lines:
        events = [(n.onset, "note_on", round(n.pitch), int(n.velocity * 127)) for n in line]
        events += [(n.offset, "note_off", round(n.pitch), 0) for n in line]
        track, position = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
        for time, kind, pitch, velocity in sorted(events):
            track.append(mido.Message(kind, note=pitch, velocity=velocity, time=round(time * 960) - position))
            position = round(time * 960)
        file.tracks.append(track)
    file.save(path)


def sing(folder, name, seed, seconds=20.0, transposed=0):
    """NAME.wav and NAME.mid: a synthetic singer, and what was sung in a bent time; returns the performance."""
    rng = np.random.default_rng(seed)
    tune = melody.syllables(rng, seconds, 55, 67, "sight")
    performance = perform(rng, tune, seconds, Singer())
    soundfile.write(folder / f"{name}.wav", lf_voice.render(rng, performance, "high"), SAMPLE_RATE)
    ends = [*(n.onset for n in performance.notes[1:]), seconds]
    line = [
        Note(bend(n.onset), bend(min(n.offset, end)), s.pitch + transposed, 0.7)
        for n, s, end in zip(performance.notes, tune, ends)
    ]
    write_midi(folder / f"{name}.mid", [("melody", line)])
    return performance


def run(monkeypatch, *args):
    monkeypatch.setattr(sys, "argv", ["pairs", *map(str, args), "--workers", "1"])
    pairs.main()


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """(performances by name, their Truth): three singers, one written an octave below."""
    folder = tmp_path_factory.mktemp("pairs")
    performances = {f"take{i}": sing(folder, f"take{i}", i, transposed=-12 * (i == 1)) for i in (1, 2, 3)}
    learn = lambda name: pairs.learn(pairs.read_audio(folder / f"{name}.wav"), pairs.read_melody(folder / f"{name}.mid"))[0]
    return folder, {name: (performance, learn(name)) for name, performance in performances.items()}


def test_notes_lie_where_they_were_sung(imported):
    onsets, pitches = [], []
    for performance, truth in imported[1].values():
        assert len(truth.notes) == len(performance.notes)
        onsets += [a.onset - b.onset for a, b in zip(truth.notes, performance.notes)]
        pitches += [a.pitch - b.pitch for a, b in zip(truth.notes, performance.notes)]
    assert np.mean(np.abs(onsets) < 0.03) >= 0.9
    assert np.mean(np.abs(pitches) < 0.3) >= 0.9


def test_known_pitch_is_the_sung_pitch(imported):
    for performance, truth in imported[1].values():
        sung = labels.of_performance(performance, len(truth.midi)).midi
        both = (truth.midi > 0) & ~np.isnan(sung)
        assert both.mean() > 0.4
        assert np.median(np.abs(truth.midi[both] - sung[both])) < 0.1
        assert (np.abs(truth.midi[both] - sung[both]) < 0.5).mean() > 0.97


@pytest.mark.parametrize("kind", ["resampled", "resung"])
def test_changed_copies_keep_their_labels_true(imported, kind):
    truth = imported[1]["take2"][1]
    ticks, start = 800, 100
    if kind == "resampled":
        factor, semitones = 9 / 8, -12 * np.log2(9 / 8)
        audio = pairs.resampled(truth, start, 9, 8, ticks * 220)
    else:
        factor, semitones = 0.9, 3.0
        audio = pairs.resung(np.random.default_rng(0), truth, start, factor, semitones, ticks * 220)
    expected = pairs.excerpt(truth, start, factor, semitones, ticks)
    heard = pairs.alignment.listen(audio)
    both = (expected.midi[: len(heard.midi)] > 0) & ~np.isnan(heard.midi)
    assert both.mean() > 0.4
    assert np.median(np.abs(heard.midi - expected.midi)[both]) < 0.1
    rises = [heard.rise[max(t - 3, 0) : t + 4].max() for t in np.flatnonzero(expected.onset == 1) if t < len(heard.rise)]
    assert np.mean(rises) > 2 * heard.rise.mean()


def test_import_writes_shards_and_refuses_strangers(imported, tmp_path, monkeypatch, capsys):
    source, data = imported[0], tmp_path / "data"
    folder = tmp_path / "in"
    folder.mkdir()
    for target, recording, midi in (("right", "take1", "take1"), ("wrong", "take2", "take3")):
        (folder / f"{target}.wav").write_bytes((source / f"{recording}.wav").read_bytes())
        (folder / f"{target}.mid").write_bytes((source / f"{midi}.mid").read_bytes())
    (folder / "alone.wav").write_bytes((source / "take1.wav").read_bytes())
    run(monkeypatch, folder, data, "--copies", 3)
    printed = capsys.readouterr().out
    assert "wrong: refused: " in printed and "alone: refused: there is no MIDI" in printed
    assert "1 of 3 pairs usable" in printed
    shards = Shards(data, "train")
    assert 5 <= len(shards.clips) <= 8
    features, table = shards.excerpt(0, 0, 1 << 30)
    assert features.shape == (1002, 2, 128) and table.shape == (1002, len(labels.FIELDS))
    onset = table[:, labels.FIELDS.index("onset")]
    sung = [n.onset for n in imported[1]["take1"][0].notes if n.onset < 9.9]
    at = [onset[max(round(s / TICK) - 1 + DELAY_FRAMES - 3, 0) : round(s / TICK) - 1 + DELAY_FRAMES + 4].max() for s in sung]
    assert np.mean(np.array(at) > 0.9) >= 0.9
    run(monkeypatch, folder, data, "--copies", 3)
    assert "right: kept" in capsys.readouterr().out


def test_nothing_usable_is_an_error(imported, tmp_path, monkeypatch):
    (tmp_path / "a.wav").write_bytes((imported[0] / "take1.wav").read_bytes())
    (tmp_path / "a.mid").write_bytes((imported[0] / "take2.mid").read_bytes())
    with pytest.raises(SystemExit) as error:
        run(monkeypatch, tmp_path, tmp_path / "data")
    assert error.value.code == 1


def test_the_track_is_chosen_by_name_or_number(tmp_path):
    high, low = ([Note(i / 2, i / 2 + 0.4, pitch, 0.7) for i in range(6)] for pitch in (72, 48))
    write_midi(tmp_path / "two.mid", [("voice", high), ("bass", low)])
    assert pairs.read_melody(tmp_path / "two.mid", "voice")[0].pitch == 72
    assert pairs.read_melody(tmp_path / "two.mid", "1")[0].pitch == 48
    with pytest.raises(pairs.Refused, match="--track .* 0 'voice', 1 'bass'"):
        pairs.read_melody(tmp_path / "two.mid")
    (tmp_path / "no.mid").write_bytes(b"MThd")
    with pytest.raises(pairs.Refused, match="cannot be read"):
        pairs.read_melody(tmp_path / "no.mid")


def test_small_overlaps_are_cut_and_chords_refused():
    legato = [Note(i * 0.5, i * 0.5 + 0.55, 60 + i, 0.7) for i in range(8)]
    line = pairs.monophonic(legato)
    assert len(line) == 8 and all(a.offset <= b.onset for a, b in zip(line, line[1:]))
    steps = [Note(i * 0.5, i * 0.5 + 0.4, 60, 0.7) for i in range(40)]
    assert max(n.pitch for n in pairs.monophonic([*steps, Note(2.0, 2.4, 67, 0.7)])) == 67
    with pytest.raises(pairs.Refused, match="sound together"):
        pairs.monophonic([*steps, *(Note(n.onset, n.offset, 64, 0.7) for n in steps)])


def test_one_velocity_for_all_is_replaced_by_loudness(imported):
    _, truth = imported[1]["take1"]
    velocities = np.array([n.velocity for n in truth.notes])
    assert velocities.max() == pytest.approx(0.9) and velocities.std() > 0.01
