"""The front end against its definition, written out slowly."""

import numpy as np

from vocalise_training import features as fe


def noise(seconds, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, int(seconds * fe.SAMPLE_RATE)).astype(np.float32)


def slow_frame(audio, k):
    """Samples [(k + 1) * HOP - WINDOW, (k + 1) * HOP) with zeros before the start."""
    padded = np.concatenate([np.zeros(fe.WINDOW), audio.astype(np.float64)])
    return padded[(k + 1) * fe.HOP : (k + 1) * fe.HOP + fe.WINDOW]


def slow_periodicity(frame):
    x = frame - frame.mean()
    power = np.abs(np.fft.rfft(x, 2048)) ** 2
    correlation = np.fft.irfft(np.concatenate([power, np.zeros(4097 - 1025)]), 8192) * 4
    out = []
    for i in range(128):
        tau = 22050 / (62 * (1180 / 62) ** (i / 127))
        below = int(np.floor(4 * tau))
        r = correlation[below] + (correlation[below + 1] - correlation[below]) * (4 * tau - below)
        t = min(max(round(tau), 1), 1023)
        out.append(2 * r / ((x[: 1024 - t] ** 2).sum() + (x[t:] ** 2).sum() + 1e-5))
    return np.array(out)


def test_one_frame_per_hop():
    assert fe.features(noise(1.0)).shape == (22050 // 220, 2, 128)
    assert fe.features(np.zeros(219, np.float32)).shape == (0, 2, 128)


def test_frames_end_where_their_hop_ends():
    audio = noise(0.2)
    framed = fe.frames(audio)
    for k in (0, 3, 5, len(framed) - 1):
        np.testing.assert_array_equal(framed[k], slow_frame(audio, k))


def test_periodicity_equals_the_oversampled_autocorrelation():
    audio = noise(0.3)
    table = fe.features(audio)
    for k in (0, 4, 20):
        np.testing.assert_allclose(table[k, 1], slow_periodicity(slow_frame(audio, k)), atol=1e-6)


def test_mel_rows_are_averages():
    np.testing.assert_allclose(fe.mel_matrix().sum(axis=1), 1)
    assert (fe.mel_matrix() >= 0).all()


def test_a_tone_peaks_at_its_lag_and_band():
    hz = 220.0
    audio = 0.5 * np.sin(2 * np.pi * hz * np.arange(fe.SAMPLE_RATE) / fe.SAMPLE_RATE)
    mel, correlation = fe.features(audio)[60]
    lag_hz = fe.SAMPLE_RATE / fe.lags()
    near = np.abs(np.log2(lag_hz / hz)) < 1 / 12
    assert correlation[near].max() > 0.99
    assert abs(fe.mel_matrix()[mel.argmax()].argmax() * fe.SAMPLE_RATE / fe.FFT_SIZE - hz) < 25


def test_silence_is_the_floor_and_not_nan():
    table = fe.features(np.zeros(2200, np.float32))
    np.testing.assert_allclose(table[:, 0], np.log(1e-5), rtol=1e-6)
    np.testing.assert_array_equal(table[:, 1], 0)


def test_a_frame_does_not_depend_on_what_follows():
    audio = noise(0.5)
    np.testing.assert_array_equal(fe.features(audio)[:20], fe.features(audio[: 20 * fe.HOP]))
