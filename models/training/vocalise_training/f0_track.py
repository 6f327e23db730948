"""The pitch track from the network's outputs and the audio, as the plugin tells of it (src/voice/f0_track.rs).

Where a voice is unsteady and hardly in notes, as in speech, what sounds before each moment is compared with what sounds a
period later, and a voice that fades is drawn down: the last periods of voicing fall (relative fundamental frequency, see
Lien and Stepp, JASA 135, 2014). Elsewhere the pitch is the network's.
"""

import numba
import numpy as np

from .decoder import STEADINESS_FRAMES, clarity, clear_midi, midi, steadiness
from .features import DELAY_FRAMES, HOP, SAMPLE_RATE

VOICED = 0.35
"""Voicing probability times clarity (presence) from which a frame counts as voiced; lower values follow decaying
tails."""
CLEAR = 0.5
"""Clarity under which the track stays where it was."""
UNSTEADY, UNTUNEFUL = 0.71, 0.75
"""Steadiness and tunefulness under which a voice is taken for speech here: one of which nothing is known yet, too."""
FIRST_TUNEFULNESS = 0.5
"""Where tunefulness, which is averaged over STEADINESS_FRAMES of voice, begins."""
PRESENT = 0.1
"""Presence under which there is nothing to look at."""
RANGE = (0.65, 1.3)
"""The period is looked for between these parts of the network's frequency."""
SPANS = (1.0, 1.5, 2.0)
"""Periods before and after the moment that are compared, to be averaged."""
ALIKE, PERIOD_SHARE = 0.5, 0.5
"""Correlation from which they are believed, and their weight then."""
FALL, FADES, FADED = 1.1, 0.95, 0.3
"""Semitones that a fading voice falls by in the end, the presence at which that begins, and after how much less of it
it is complete."""


def f0_track(outputs: dict[str, np.ndarray], audio: np.ndarray) -> np.ndarray:
    """[N, 2] time_s, f0_hz; unvoiced frames carry minus the best guess, which mir_eval understands."""
    hz = 440 * 2 ** ((clear_midi(outputs, CLEAR) - 69) / 12)
    voicing = outputs["voicing"][:, 0]
    presence = voicing * clarity(outputs)
    unsteady = steadiness(midi(outputs), voicing) < UNSTEADY
    spoken = unsteady & (tunefulness(1 - outputs["pitch"][:, 0], voicing) < UNTUNEFUL) & (presence > PRESENT)
    moments = (np.arange(len(hz)) + 1 - DELAY_FRAMES) * HOP
    audio = np.asarray(audio, float)
    for k in np.flatnonzero(spoken):
        lags = [lag for span in SPANS if (lag := period(audio, moments[k], hz[k], span)) > 0]
        if lags:
            hz[k] *= (SAMPLE_RATE / np.exp(np.mean(np.log(lags))) / hz[k]) ** PERIOD_SHARE
    before, after = np.append(0, presence[:-1]), np.append(presence[1:], 0)
    fades = spoken & (after < presence) & (presence <= before)
    hz *= 2 ** (-np.where(fades, FALL * np.clip((FADES - presence) / FADED, 0, 1), 0) / 12)
    track = np.stack([moments / SAMPLE_RATE, np.where(presence >= VOICED, hz, -hz)], axis=1)
    return track[moments >= 0]


def tunefulness(activity: np.ndarray, voicing: np.ndarray) -> np.ndarray:
    """[N] how much of the voice belonged to notes of late, 0 to 1, from ``activity`` and ``voicing`` [N]."""
    out, value = np.empty(len(activity)), FIRST_TUNEFULNESS
    for k in range(len(activity)):
        if voicing[k] > 0.5:
            value += (activity[k] - value) / STEADINESS_FRAMES
        out[k] = value
    return out


@numba.njit(cache=True)
def period(audio: np.ndarray, at: int, hz: float, span: float) -> float:
    """The period in samples, near that of ``hz``, after which ``span`` periods around sample ``at`` sound most alike; 0
    where they are not alike."""
    first, last = int(SAMPLE_RATE / (hz * RANGE[1])), int(SAMPLE_RATE / (hz * RANGE[0])) + 1
    alike = np.full(last - first + 1, -1.0)
    for i in range(len(alike)):
        lag = first + i
        length, start = int(span * lag + 0.5), at - int(0.5 * (1 + span) * lag + 0.5)
        if start < 0 or start + lag + length > len(audio):
            continue
        a, b = audio[start : start + length], audio[start + lag : start + lag + length]
        a, b = a - a.mean(), b - b.mean()
        alike[i] = (a * b).sum() / max(np.sqrt((a * a).sum() * (b * b).sum()), 1e-9)
    best = alike.argmax()
    if alike[best] <= ALIKE:
        return 0.0
    if 0 < best < len(alike) - 1 and min(alike[best - 1], alike[best + 1]) > -1:
        bend = alike[best - 1] - 2 * alike[best] + alike[best + 1]
        if bend < 0:
            return first + best + 0.5 * (alike[best - 1] - alike[best + 1]) / bend
    return float(first + best)
