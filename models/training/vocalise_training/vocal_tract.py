"""Glottal source through five time-varying formants, sample by sample (compiled by numba).

A cascade of second-order resonators as in Klatt, Software for a cascade/parallel formant synthesizer, JASA 67
(1980), with one parallel resonator for frication.
"""

import numba
import numpy as np

from .features import SAMPLE_RATE
from .glottis import LOWEST_HZ, SHAPES, TABLE_SIZE, TABLES
from .performance import CONTROL

SHAPE_LOWEST, SHAPE_SPAN = SHAPES[0], SHAPES[-1] - SHAPES[0]


@numba.njit(fastmath=True, cache=True)
def _run(hz, shape, voice, aspiration, frication, band, formants, bandwidths, creak, tilt, jitter, shimmer, seed, tables):
    np.random.seed(seed)
    steps = hz.shape[0]
    out = np.zeros(steps * CONTROL, np.float32)
    a, b, g = np.zeros(5), np.zeros(5), np.zeros(5)
    y1, y2 = np.zeros(5), np.zeros(5)
    phase, period, strength, odd, tilted, f1, f2 = 0.0, 1.0, 1.0, False, 0.0, 0.0, 0.0
    for k in range(steps):
        n = min(k + 1, steps - 1)
        for q in range(5):
            r = np.exp(-np.pi * bandwidths[k, q] / SAMPLE_RATE)
            a[q] = 2 * r * np.cos(2 * np.pi * formants[k, q] / SAMPLE_RATE)
            b[q] = -r * r
            g[q] = 1 - a[q] - b[q]
        r = np.exp(-np.pi * band[k, 1] / SAMPLE_RATE)
        fa, fb, fg = 2 * r * np.cos(2 * np.pi * band[k, 0] / SAMPLE_RATE), -r * r, 1 - r
        row = min(max((shape[k] - SHAPE_LOWEST) / SHAPE_SPAN * (tables.shape[0] - 1), 0.0), tables.shape[0] - 1.001)
        level = min(max(int(3 * np.log2(max(hz[k], 1.0) / LOWEST_HZ)), 0), tables.shape[1] - 1)
        i, blend = int(row), row - int(row)
        for s in range(CONTROL):
            w = s / CONTROL
            phase += (hz[k] * (1 - w) + hz[n] * w) * period / SAMPLE_RATE
            if phase >= 1:
                phase -= 1
                odd = not odd
                period = 1 + jitter * np.random.randn()
                strength = 1 + shimmer * np.random.randn() - (creak[k] if odd else 0.0)
            x = phase * TABLE_SIZE
            j = min(int(x), TABLE_SIZE - 1)
            t = x - j
            low = tables[i, level, j] * (1 - t) + tables[i, level, j + 1] * t
            high = tables[i + 1, level, j] * (1 - t) + tables[i + 1, level, j + 1] * t
            source = (low * (1 - blend) + high * blend) * strength * (voice[k] * (1 - w) + voice[n] * w)
            noise = np.random.randn()
            pulsed = 0.4 + 0.6 * min(phase / 0.55, 1.0)  # turbulence follows the glottal opening
            x = source + noise * pulsed * (aspiration[k] * (1 - w) + aspiration[n] * w)
            tilted += (1 - tilt) * (x - tilted)
            x = tilted
            for q in range(5):
                x = g[q] * x + a[q] * y1[q] + b[q] * y2[q]
                y2[q], y1[q] = y1[q], x
            f = fg * noise * (frication[k] * (1 - w) + frication[n] * w) + fa * f1 + fb * f2
            f2, f1 = f1, f
            out[k * CONTROL + s] = x + f
    return out


def synthesise(hz, shape, voice, aspiration, frication, band, formants, bandwidths, creak, tilt, jitter, shimmer, seed):
    """[steps * CONTROL] float32 from control curves.

    Per control step: ``hz`` pitch, ``shape`` Rd, ``voice``/``aspiration``/``frication`` amplitudes, ``band``
    [steps, 2] centre and bandwidth of frication in Hz, ``formants`` and ``bandwidths`` [steps, 5] in Hz, ``creak``
    0-1. For the take: ``tilt`` 0-1 low-pass of the source, ``jitter`` and ``shimmer`` relative deviations per period.
    """
    curves = (np.ascontiguousarray(x, dtype=np.float64) for x in (hz, shape, voice, aspiration, frication, band, formants, bandwidths, creak))
    return _run(*curves, float(tilt), float(jitter), float(shimmer), int(seed), TABLES)
