"""Labels must be true of the sound: pitch, onsets, offsets, silence."""

import numpy as np
import pytest

from vocalise_training import labels, melody, phrase
from vocalise_training.features import DELAY_FRAMES, HOP, SAMPLE_RATE, features, lags
from vocalise_training.melody import Syllable
from vocalise_training.performance import RATE, TIED_ONSET, Singer, perform


def sing(consonants, pitches, length=0.4):
    """A plain performance of joined notes of ``length`` seconds."""
    rng = np.random.default_rng(0)
    parts = [
        Syllable(0.3 + i * length, 0.3 + (i + 1) * length, pitch, 0.7, consonant)
        for i, (consonant, pitch) in enumerate(zip(consonants, pitches))
    ]
    plain = Singer(scatter=0, wander=0, vibrato_depth=0, scoop=0, settle=0, fall=0, overshoot=0, breath=0, creak=0)
    return perform(rng, parts, 0.3 + length * len(parts) + 0.3, plain)


def test_pitch_label_is_the_pitch_of_the_sound(take):
    audio, performance = take
    table = features(audio)
    truth = labels.of_performance(performance, len(table)).midi
    hz = SAMPLE_RATE / lags()
    errors = []
    for k in range(10, len(table)):
        tick = k + 1 - DELAY_FRAMES
        if not np.isnan(truth[tick - 3 : tick + 3]).any() and table[k, 1].max() > 0.95:
            near = np.abs(69 + 12 * np.log2(hz / 440) - truth[tick]) < 3
            errors.append(69 + 12 * np.log2(hz[near][table[k, 1][near].argmax()] / 440) - truth[tick])
    assert len(errors) > 100
    assert np.median(np.abs(errors)) < 0.3  # lags are 0.4 semitones apart


def test_repeated_syllables_are_separate_notes():
    performance = sing(["none", "stop", "nasal", "lateral"], [60, 60, 60, 60])
    assert len(performance.notes) == 4
    onsets = labels.of_performance(performance, 250).onset
    assert ((onsets[1:-1] > onsets[:-2]) & (onsets[1:-1] >= onsets[2:]) & (onsets[1:-1] > 0.9)).sum() == 4


def test_a_tied_note_has_no_gap_and_still_an_onset():
    performance = sing(["none", "none"], [60, 64])
    turn = performance.spans[1].vowel
    body = performance.voice[performance.spans[0].vowel + 40 : performance.spans[1].end - 80]
    assert performance.spans[1].tied and body.min() > 0.3 * body.max()
    assert performance.notes[1].onset == pytest.approx(turn / RATE + TIED_ONSET)
    assert performance.midi[turn] == pytest.approx(62, abs=0.7)  # half-way


def test_an_unvoiced_consonant_is_unvoiced():
    performance = sing(["none", "fricative"], [60, 62])
    truth = labels.of_performance(performance, 150)
    span = performance.spans[1]
    middle = int((span.attack + span.vowel) / 2 * 64 / HOP)
    assert np.isnan(truth.midi[middle])
    assert truth.note[middle + 20] == pytest.approx(62, abs=0.01)


def test_notes_do_not_overlap():
    rng = np.random.default_rng(1)
    for style in melody.STYLES:
        notes = perform(rng, melody.syllables(rng, 10.0, 50, 65, style), 10.0, Singer.random(rng)).notes
        assert all(a.offset <= b.onset + 0.03 for a, b in zip(notes, notes[1:])), style
        assert all(n.offset > n.onset for n in notes), style


def test_labels_are_delayed_to_the_frame_that_describes_them():
    truth = labels.silence(50)
    truth.onset[20] = 1
    shifted = labels.shift(truth.table())
    assert shifted[:, labels.FIELDS.index("onset")].argmax() == 20 - 1 + DELAY_FRAMES
    assert len(shifted) == 50


def test_the_demonstration_phrase_is_repeatable():
    (first, performance), (second, _) = phrase.sing(), phrase.sing()
    np.testing.assert_array_equal(first, second)
    assert len(performance.notes) == len(phrase.TUNE)
    assert 12 <= len(first) / SAMPLE_RATE <= 15
