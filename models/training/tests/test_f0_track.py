"""The pitch track of voices that sing, fall silent and speak."""

import numpy as np

from vocalise_training.f0_track import FALL, PERIOD_SHARE, f0_track
from vocalise_training.features import DELAY_FRAMES, HOP, SAMPLE_RATE

from test_decoder import perfect


def test_the_pitch_track_stays_where_it_was_while_the_pitch_is_unclear():
    outputs = perfect([(30, 90, 60)])
    outputs["fine"][50:60] = 1 / 420
    track = f0_track(outputs, np.zeros(300 * HOP))
    left_out = DELAY_FRAMES - 1  # frames that describe what lies before time 0
    hz, unclear = track[30 - left_out : 90 - left_out, 1], slice(20, 30)
    assert np.abs(np.abs(hz) / 261.626 - 1).max() < 0.001
    assert (hz[unclear] < 0).all() and (np.delete(hz, np.r_[unclear]) > 0).all()


def heard(sounds_hz, voicing=(), notes=0.0):
    """Cents between the track and the network's 200 Hz, of a voice that has moved by a semitone a frame and sounds at
    ``sounds_hz``; ``voicing`` of the last frames, ``notes`` how surely all of them belong to notes."""
    outputs = perfect([(5, 298, 60)])
    for k in range(250):  # unsteady until here
        outputs["fine"][k] = np.eye(420)[180 + 5 * (k % 4)]
    outputs["voicing"][298:] = 0.99
    outputs["fine"][250:] = np.eye(420)[157]  # MIDI 55.4, 200.5 Hz
    outputs["voicing"][300 - len(voicing) :, 0] = voicing
    outputs["pitch"][:, 0] = 1 - notes
    audio = np.sin(2 * np.pi * sounds_hz * np.arange(301 * HOP) / SAMPLE_RATE)
    return 1200 * np.log2(np.abs(f0_track(outputs, audio)[:, 1]) / 200.494)


def test_a_spoken_pitch_is_drawn_towards_the_period_that_sounds():
    wanted = 1200 * np.log2(190 / 200.494) * PERIOD_SHARE
    assert np.abs(heard(190)[-45:-40] - wanted).max() < 3


def test_a_spoken_pitch_falls_where_the_voice_fades():
    fading = heard(200.494, [0.9] * 8 + [0.8, 0.6, 0.5])
    assert abs(fading[-2] + 100 * FALL) < 3 and np.abs(fading[-10:-5]).max() < 3


def test_an_unsteady_voice_in_notes_keeps_its_pitch():
    assert np.abs(heard(190, [0.9] * 8 + [0.8, 0.6, 0.5], notes=0.95)[-45:-1]).max() < 1
