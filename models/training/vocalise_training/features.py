"""The front end: 22 050 Hz audio to two channels of 128 values per hop.

This file is the definition that the Rust front end is held to (1e-4 maximum absolute difference). Frame k ends
at sample (k + 1) * HOP, so it needs no future samples; the network's outputs at frame k describe the audio
DELAY_FRAMES hops before that end.
"""

import numpy as np
import scipy.fft

SAMPLE_RATE = 22050
"""Hz."""
HOP = 220
"""Samples between frames: 9.977 ms."""
WINDOW = 1024
"""Samples under one frame."""
FFT_SIZE = 2048
"""The frame is zero-padded to this: mel bands narrower than a bin of WINDOW alone would be empty."""
BANDS = 128
"""Mel bands, and lags of the periodicity channel."""
DELAY_FRAMES = 3
"""Outputs at frame k describe sample (k + 1 - DELAY_FRAMES) * HOP."""

MEL_RANGE_HZ = (30.0, 8000.0)
LAG_RANGE_HZ = (62.0, 1180.0)
LAG_OVERSAMPLING = 4
"""The autocorrelation is read at a quarter of a sample."""
LOG_FLOOR = 1e-5
"""Added to mel magnitudes (full scale = 1) before the logarithm: about -100 dB."""
ENERGY_FLOOR = 1e-5
"""Added to the normalising energy of the periodicity channel, so that silence gives 0."""


def frames(audio: np.ndarray) -> np.ndarray:
    """[len // HOP, WINDOW] view of ``audio`` with zeros before sample 0."""
    padded = np.concatenate([np.zeros(WINDOW - HOP), np.asarray(audio, np.float64)])
    count = len(audio) // HOP
    if count == 0:
        return np.zeros((0, WINDOW))
    return np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:count]


def mel_matrix() -> np.ndarray:
    """[BANDS, FFT_SIZE // 2 + 1] triangles on the HTK mel scale, 2595 log10(1 + f / 700); rows sum to 1."""
    low, high = (2595 * np.log10(1 + f / 700) for f in MEL_RANGE_HZ)
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    bins = np.arange(FFT_SIZE // 2 + 1) * SAMPLE_RATE / FFT_SIZE
    matrix = np.zeros((BANDS, len(bins)))
    for row, (a, b, c) in zip(matrix, zip(edges, edges[1:], edges[2:])):
        row[:] = np.maximum(0, np.minimum((bins - a) / (b - a), (c - bins) / (c - b)))
        if row.sum() < 1e-6:  # narrower than a bin: interpolate at the centre instead of leaving it empty
            position = b * FFT_SIZE / SAMPLE_RATE
            below = int(position)
            row[below], row[below + 1] = 1 - (position - below), position - below
        row /= row.sum()
    return matrix


def lags() -> np.ndarray:
    """[BANDS] lags in samples, log-spaced in frequency from 62 Hz (first) to 1 180 Hz (last)."""
    low, high = LAG_RANGE_HZ
    return SAMPLE_RATE / (low * (high / low) ** (np.arange(BANDS) / (BANDS - 1)))


def autocorrelation_matrix() -> np.ndarray:
    """[FFT_SIZE // 2 + 1, BANDS]: power spectrum to autocorrelation at the lags, in one product.

    Equal to zero-padding the power spectrum to LAG_OVERSAMPLING times its length, transforming back, scaling by
    LAG_OVERSAMPLING and interpolating linearly at LAG_OVERSAMPLING * lag.
    """
    size = FFT_SIZE * LAG_OVERSAMPLING
    position = lags() * LAG_OVERSAMPLING
    below = np.floor(position)
    fraction = position - below
    k = np.arange(FFT_SIZE // 2 + 1)[:, None]
    at = lambda n: np.cos(2 * np.pi * k * n / size)
    weight = np.where(k == 0, 1.0, 2.0) * LAG_OVERSAMPLING / size
    return weight * (at(below) * (1 - fraction) + at(below + 1) * fraction)


HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
MEL = mel_matrix()
AUTOCORRELATION = autocorrelation_matrix()


def log_mel(framed: np.ndarray) -> np.ndarray:
    """[N, BANDS] natural logarithm of mel magnitudes of [N, WINDOW] frames."""
    magnitude = np.abs(scipy.fft.rfft(framed * HANN, FFT_SIZE, axis=1)) / HANN.sum()
    return np.log(magnitude @ MEL.T + LOG_FLOOR)


def periodicity(framed: np.ndarray) -> np.ndarray:
    """[N, BANDS] normalised autocorrelation of [N, WINDOW] frames: 1 = perfectly periodic at that lag.

    The normalisation is McLeod's (A smarter way to find pitch, ICMC 2005): the energy of both overlapping parts.
    """
    x = framed - framed.mean(axis=1, keepdims=True)
    spectrum = scipy.fft.rfft(x, FFT_SIZE, axis=1)
    r = (spectrum.real**2 + spectrum.imag**2) @ AUTOCORRELATION
    energy = np.concatenate([np.zeros((len(x), 1)), np.cumsum(x**2, axis=1)], axis=1)
    t = np.clip(np.rint(lags()).astype(int), 1, WINDOW - 1)
    m = energy[:, WINDOW - t] + energy[:, -1:] - energy[:, t]
    return 2 * r / (m + ENERGY_FLOOR)


def features(audio: np.ndarray, block: int = 2048) -> np.ndarray:
    """[len // HOP, 2, BANDS] float32: channel 0 mel, channel 1 periodicity, of mono 22 050 Hz ``audio``.

    ``block`` bounds the memory: frames are transformed that many at a time.
    """
    framed = frames(audio)
    out = np.empty((len(framed), 2, BANDS), np.float32)
    for start in range(0, len(framed), block):
        part = framed[start : start + block]
        out[start : start + block, 0] = log_mel(part)
        out[start : start + block, 1] = periodicity(part)
    return out
