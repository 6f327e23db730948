"""Rolls, chords, keys, pieces and conditions of the band."""

from pathlib import Path

import numpy as np
import pytest

from vocalise_band import condition as c
from vocalise_band import drumming, golden, harmony, pieces, rolls
from vocalise_band.bars import contexts, real_bars
from vocalise_band.condition import condition
from vocalise_band.harmony import QUALITIES


@pytest.mark.parametrize("track", rolls.TRACKS)
def test_a_roll_gives_its_notes_back(track):
    notes = np.array([[0, 1, 60, 90], [0, 1, 64, 30], [3, 1, 60, 127], [15, 1, 36, 64]])
    if track != "drums":
        notes[:, 1] = 3, 5, 4, 1
    roll = rolls.encode(notes, track)
    assert roll.shape == (16, 128) and roll.min() >= 0 and roll.max() <= 1
    assert (rolls.decode(roll, track) == notes).all()
    stored = np.rint(255 * roll).astype(np.uint8) / 255
    assert np.abs(rolls.decode(stored.astype(np.float32), track) - notes).max() <= 1


def test_a_repeated_note_ends_the_one_before_and_the_bar_ends_all():
    notes = np.array([[0, 8, 40, 80], [4, 12, 40, 80]])
    found = rolls.decode(rolls.encode(notes, "bass"), "bass", 12)
    assert found[:, :2].tolist() == [[0, 4], [4, 8]]


def test_the_frame_of_every_key_puts_the_tonic_at_0_and_moves_little():
    for tonic in range(12):
        assert (tonic - rolls.frame_shift(tonic)) % 12 == 0 and -5 <= rolls.frame_shift(tonic) <= 6


@pytest.mark.parametrize(
    ("label", "root", "quality"),
    [("A#:min7/b7", 10, "min7"), ("Bb:dominant-ninth", 10, "dom7"), ("C:sus4(b7)", 0, "sus4"), ("Cb:major", 11, "maj")],
)
def test_labels_of_the_corpus_are_chords(label, root, quality):
    assert harmony.from_label(label) == (root, QUALITIES.index(quality))


def test_no_chord_is_none():
    assert harmony.from_label("N") is None and harmony.relative(None, 3) is None


def test_chords_are_heard_from_what_sounds():
    for root, quality in ((7, "dom7"), (9, "min"), (0, "maj"), (11, "dim")):
        chord = root, QUALITIES.index(quality)
        weights = np.zeros(12)
        weights[list(harmony.tones(chord))] = 4
        assert harmony.from_weights(weights, root) == chord


@pytest.mark.parametrize("tonic", [0, 5, 10])
def test_relative_keys_are_told_apart_by_their_chords(tonic):
    weights = np.zeros(12)
    weights[[(tonic + p) % 12 for p in harmony.scale(False)]] = 1
    chord = lambda degree, quality: ((tonic + degree) % 12, QUALITIES.index(quality))
    major = [(chord(0, "maj"), 4.0), (chord(5, "maj"), 4.0), (chord(7, "maj"), 4.0), (chord(0, "maj"), 4.0)]
    minor = [(chord(9, "min"), 4.0), (chord(2, "min"), 4.0), (chord(4, "min"), 4.0), (chord(9, "min"), 4.0)]
    assert harmony.key(weights.copy(), major) == (tonic, False)
    assert harmony.key(weights.copy(), minor) == ((tonic + 9) % 12, True)


def pop_piece():
    """Four bars in G a little behind the grid: melody, second melody, and a piano with a left hand."""
    late, chords = 0.1, []
    melody = [[i + late, 0.9, 67 + 2 * (i % 3), 80] for i in range(16)]
    bridge = [[4 * i + 2 + late, 1.0, 79, 70] for i in range(4)]
    piano = [[4 * i + o + late, 1.9, p, 60] for i in range(4) for o in (0, 2) for p in (43, 59, 62, 67)]
    chords = [[4 * i + late, 4.0, f"{root}:maj"] for i, root in enumerate("GDCG")]
    voices = {"melody": melody, "bridge": bridge, "chords": piano}
    tracks = [{"role": role, "prog": 0, "notes": notes} for role, notes in voices.items()]
    return {"id": "pop909/x", "src": "pop909", "genre": "pop", "ts": "4/4", "bpm": 90, "tracks": tracks, "chords": chords}


def test_a_piece_becomes_bars_in_its_own_key():
    piece = pieces.read(pop_piece())
    assert (piece.tonic, piece.minor, piece.steps) == (7, False, 16)
    around = contexts(piece)
    assert [x.number for x in around] == [0, 1, 2, 3]
    assert around[1].chords == ((7, 0), (7, 0)) and around[0].following == (7, 0) and around[2].chords[1] == (5, 0)
    bars = real_bars(piece, around)
    played = {track: [bar for bar in bars if bar.track == track] for track in ("bass", "chords", "melody")}
    assert {track: len(found) for track, found in played.items()} == {"bass": 4, "chords": 4, "melody": 4}
    assert played["bass"][0].notes.tolist() == [[0, 8, 48, 60], [8, 8, 48, 60]]
    assert set(played["chords"][0].notes[:, 2]) == {64, 67, 72}
    assert played["melody"][0].wanted == (1 / 16, 70 / 127)


def test_a_bar_off_the_grid_is_left_out():
    piece = pop_piece()
    for note in piece["tracks"][1]["notes"][1:2]:
        note[0] += 0.12
    read = pieces.read(piece)
    assert len([bar for bar in real_bars(read, contexts(read)) if bar.track == "melody"]) == 3


def test_swing_is_written_straight_and_free_time_is_refused():
    assert drumming.steps_of(np.array([0, 0.66, 1, 1.67, 2, 2.67, 3, 3.66])).tolist() == [0, 2, 4, 6, 8, 10, 12, 14]
    assert drumming.steps_of(np.array([0, 0.5, 0.75, 1.0])).tolist() == [0, 2, 3, 4]
    assert drumming.steps_of(np.array([0, 0.33, 0.67, 1, 1.33, 1.67])) is None
    assert drumming.steps_of(np.array([0.12, 0.6, 0.88, 1.4])) is None


def test_the_condition_says_what_the_table_says():
    found = condition(golden.described(golden.DESCRIPTIONS[1]))
    assert found.shape == (c.SIZE,) and found.dtype == np.float32
    # A minor: the note held into the bar counts 2 of its 4 steps, and is no onset
    assert np.allclose(found[[0, 3, 7]], np.array([2, 3, 8]) / 13)
    assert found[c.CHORD : c.SECOND_CHORD].nonzero()[0].tolist() == [0, 3, 7, 10] and found[c.CHORD] == 1
    assert found[c.ONSETS : c.REGISTER].nonzero()[0].tolist() == [3, 8] and found[c.ONSETS + 3] == 1
    assert np.isclose(found[c.REGISTER], (2 * 69 + 3 * 72 + 8 * 76) / 13 / 127)
    assert found[c.SUNG_DENSITY] == 2 / 16 and np.isclose(found[c.LOUDNESS], (1 + 1 / 127) / 2)
    assert found[c.BAR] == 1 and found[c.PHRASE : c.DENSITY].tolist() == [0, 0, 0, 1]
    assert found[[c.MINOR, c.HINDSIGHT]].tolist() == [1, 0]


def test_nothing_sung_and_no_chord_are_zeros():
    found = condition(golden.described(golden.DESCRIPTIONS[4]))
    assert not found[c.CHORD : c.ONSETS].any()
    silent = condition(golden.described(golden.DESCRIPTIONS[2]))
    assert not silent[: c.CHORD].any() and not silent[c.ONSETS : c.BAR].any() and silent[c.BAR] == 0.75


def test_the_golden_table_is_the_one_beside_the_models():
    kept = Path(__file__).parents[2] / "golden" / "band_condition.tsv"
    assert kept.read_text() == golden.table()
    assert (np.load(kept.with_suffix(".npy")) == golden.asked()["condition"]).all()
