"""The voice source: one period of glottal flow derivative by the Liljencrants-Fant model, band-limited in tables.

Model: Fant, Liljencrants and Lin, A four-parameter model of glottal flow, STL-QPSR 4/1985. The single shape
parameter Rd (0.4 pressed ... 2.7 breathy) and its regressions: Fant, The LF-model revisited, STL-QPSR 2-3/1995.
"""

import numpy as np

from .features import SAMPLE_RATE

SHAPES = np.linspace(0.4, 2.7, 8)
"""Rd of each table row."""
TABLE_SIZE = 2048
LEVELS = 16
LOWEST_HZ = 50.0
"""Level j holds the harmonics that fit below Nyquist for pitches up to LOWEST_HZ * 2^((j + 1) / 3)."""


def lf_pulse(rd: float, size: int = 4096) -> np.ndarray:
    """One period, mean removed."""
    ra = (-1 + 4.8 * rd) / 100
    rk = (22.4 + 11.8 * rd) / 100
    rg = 1 / (4 * ((0.11 * rd / (0.5 + 1.2 * rk)) - ra) / rk)
    tp = 1 / (2 * rg)
    te = min(tp * (1 + rk), 0.97)
    tb = 1 - te
    omega = np.pi / tp
    epsilon = 1 / ra
    for _ in range(50):  # fixed point of epsilon * ta = 1 - exp(-epsilon * tb)
        epsilon = (1 - np.exp(-epsilon * tb)) / ra

    def area(alpha):
        scale = -1 / (np.exp(alpha * te) * np.sin(omega * te))
        opening = np.exp(alpha * te) * (alpha * np.sin(omega * te) - omega * np.cos(omega * te)) + omega
        decay = np.exp(-epsilon * tb)
        return scale * opening / (alpha**2 + omega**2) - ((1 - decay) / epsilon - tb * decay) / (epsilon * ra)

    low, high = -50.0, 80.0
    for _ in range(80):  # bisection: the flow must return to zero over a period
        alpha = (low + high) / 2
        low, high = (low, alpha) if area(alpha) * area(low) <= 0 else (alpha, high)
    t = np.arange(size) / size
    opening = -np.exp(alpha * (t - te)) * np.sin(omega * t) / np.sin(omega * te)
    closing = -(np.exp(-epsilon * (t - te)) - np.exp(-epsilon * tb)) / (epsilon * ra)
    y = np.where(t < te, opening, closing)
    return y - y.mean()


def tables() -> np.ndarray:
    """[len(SHAPES), LEVELS, TABLE_SIZE + 1] float32 periods of unit energy; the last sample repeats the first."""
    out = np.zeros((len(SHAPES), LEVELS, TABLE_SIZE + 1), np.float32)
    for shape, rd in zip(out, SHAPES):
        spectrum = np.fft.rfft(lf_pulse(rd))
        spectrum /= np.sqrt((np.abs(spectrum) ** 2).sum())
        for level in range(LEVELS):
            highest = LOWEST_HZ * 2 ** ((level + 1) / 3)
            harmonics = int(min(SAMPLE_RATE * 0.49 / highest, TABLE_SIZE // 2 - 1))
            kept = np.zeros(TABLE_SIZE // 2 + 1, complex)
            kept[1 : harmonics + 1] = spectrum[1 : harmonics + 1]
            period = np.fft.irfft(kept, TABLE_SIZE) * TABLE_SIZE
            shape[level, :-1], shape[level, -1] = period, period[0]
    return out


TABLES = tables()
