import pytest

mido = pytest.importorskip("mido", reason="needs mido to write and read MIDI")
from vocalise_band.genres import BASS, CHORDS, DRUMS, measures  # noqa: E402


def test_what_was_played_is_counted(tmp_path):
    notes = [(0, CHORDS, 60), (0, CHORDS, 64), (0, CHORDS, 67), (0, CHORDS, 70), (960, CHORDS, 60), (960, CHORDS, 64)]
    notes += [(0, BASS, 36), (960, BASS, 43), (0, DRUMS, 42), (320, DRUMS, 42), (480, DRUMS, 42), (800, DRUMS, 42)]
    midi, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    last = 0
    for tick, channel, key in sorted(notes):
        track.append(mido.Message("note_on", channel=channel, note=key, velocity=90, time=tick - last))
        last = tick
    midi.tracks.append(track)
    midi.save(tmp_path / "out.mid")
    found = measures(tmp_path / "out.mid")
    assert abs(found["long to short of the drums' eighths"] - 2) < 0.01
    assert found["tones of a chord's strike"] == 3
    assert found["strikes of three tones or more that hold a seventh, %"] == 100
    assert found["chord notes a bar"] == 6 and found["bass notes a bar"] == 2 and found["drum hits a bar"] == 4
