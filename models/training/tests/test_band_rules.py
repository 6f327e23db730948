"""The grammars of style stay in the chord, in the key, in range and in the bar."""

import numpy as np
import pytest

from vocalise_band.bars import RANGE, Context
from vocalise_band.harmony import QUALITIES, scale, tones
from vocalise_band.prepare import BY_RULES
from vocalise_band.rolls import NO_NOTES, TRACKS, density, intensity
from vocalise_band.rules import GRAMMARS, drums
from vocalise_band.rules import bass as bass_rules
from vocalise_band.rules import chords as chord_rules
from vocalise_band.rules import melody as melody_rules

EACH = 25


def context(rng, steps, minor=False):
    pick = lambda: ((0, QUALITIES.index("min" if minor else "maj")), (5, QUALITIES.index("min7")), (7, QUALITIES.index("dom7")))
    chords = pick()
    begins = np.sort(rng.choice(steps - 2, 4, replace=False))
    pitches = 60 + np.array(scale(minor))[rng.integers(7, size=4)]
    sung = np.stack([begins, np.full(4, 2), pitches, np.full(4, 80)], 1)
    two = chords[rng.integers(3)], chords[rng.integers(3)]
    return Context("", "pop909", "pop", False, steps, int(rng.integers(8)), 0, minor, sung, NO_NOTES, two, chords[0])


def played(track, steps, seed=0):
    rng = np.random.default_rng(seed)
    for genre in BY_RULES[track][steps]:
        for number in range(EACH):
            around = context(rng, steps, bool(number % 2))
            yield genre, around, GRAMMARS[track](around, genre, rng.uniform(), rng.uniform(), rng)


def patterns(table):
    return [(steps, p) for sizes in table.values() for steps, rows in sizes.items() for p in rows]


@pytest.mark.parametrize("table", [bass_rules.PATTERNS, chord_rules.PATTERNS, melody_rules.RIFFS, drums.LOW, drums.BACK, drums.TIME])
def test_patterns_are_as_long_as_their_bars(table):
    assert [p for steps, p in patterns(table) if len(p) != steps] == []


@pytest.mark.parametrize("steps", [12, 16])
@pytest.mark.parametrize("track", TRACKS)
def test_notes_lie_in_the_bar_and_in_range(track, steps):
    for genre, around, notes in played(track, steps):
        if not len(notes):
            continue
        assert (notes[:, 0] >= 0).all() and (notes[:, 1] >= 1).all(), genre
        assert (notes[:, :2].sum(1) <= steps).all(), (genre, notes)
        assert (notes[:, 3] >= 1).all() and (notes[:, 3] <= 127).all()
        if track != "drums":
            low, high = RANGE[track]
            assert notes[:, 2].min() >= low and notes[:, 2].max() <= high, (genre, notes)


@pytest.mark.parametrize("track", ["chords", "bass", "melody"])
def test_pitches_belong_to_chord_or_key(track):
    """Chords play chord tones (and a scale's ninth); a bass may lead in by a half-step, once a bar."""
    for genre, around, notes in played(track, 16):
        strange = 0
        for step, _, pitch, _ in notes:
            chord = around.chords[int(step >= 8)]
            strange += pitch % 12 not in {*tones(chord), *scale(around.minor, chord)}
        assert strange <= (1 if track == "bass" else 0), (genre, around.chords, notes)


def test_one_bass_note_at_a_time_and_the_root_first():
    for genre, around, notes in played("bass", 16):
        assert (np.diff(notes[:, 0]) >= notes[:-1, 1]).all(), genre
        if notes[0, 0] == 0:
            assert notes[0, 2] % 12 in tones(around.chords[0])


def test_busy_and_loud_are_heard():
    rng = np.random.default_rng(1)
    for track in TRACKS:
        for genre in BY_RULES[track][16]:
            bars = {
                busy: [GRAMMARS[track](context(rng, 16), genre, busy, busy, rng) for _ in range(EACH)] for busy in (0.1, 0.9)
            }
            for measure in (density, intensity):
                quiet, much = (np.mean([measure(notes) for notes in bars[busy]]) for busy in (0.1, 0.9))
                assert much > quiet, (track, genre, measure.__name__)


def test_rules_vary():
    rng = np.random.default_rng(2)
    around = context(rng, 16)
    for track in TRACKS:
        for genre in BY_RULES[track][16]:
            bars = {GRAMMARS[track](around, genre, rng.uniform(), 0.5, rng)[:, :3].tobytes() for _ in range(EACH)}
            assert len(bars) > EACH / 3, (track, genre)
