"""Physical models: the Synthesis ToolKit's instruments, played by Debian's ``stk``.

Cook and Scavone, The Synthesis ToolKit (STK), ICMC 1999. Its licence is permissive. Nothing in them is recorded but a few
waves, so they share nothing with any soundfont.
"""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from vocalise_training.features import SAMPLE_RATE

from .phrases import LENGTH, SECONDS, Struck
from .soundfonts import SoundFont

PROGRAMS = {
    4: ("Rhodey", None), 5: ("Wurley", None), 16: ("BeeThree", None), 81: ("Moog", None), 25: ("Plucked", None),
    24: ("StifKarp", None), 27: ("HevyMetl", None), 40: ("Bowed", None), 52: ("VoicForm", None), 56: ("Brass", None),
    65: ("Saxofony", None), 71: ("Clarinet", None), 73: ("Flute", None), 11: ("ModalBar", 1), 12: ("ModalBar", 0),
}  # fmt: skip
"""General MIDI program: the model that stands for it, and its preset."""
RATE = 44100
"""The models are tuned best at this rate."""


class StkPlayer:
    """The example program of the toolkit, once a phrase."""

    def __init__(self, font: SoundFont) -> None:
        self.program = font.path

    def has(self, program: int, drums: bool) -> bool:
        return program in PROGRAMS and not drums

    def play(self, phrases: list[list[Struck]], program: int, drums: bool) -> np.ndarray:
        """[phrases, LENGTH] mono."""
        name, preset = PROGRAMS[program]
        return np.stack([self._phrase(phrase, name, preset) for phrase in phrases])

    def _phrase(self, phrase: list[Struck], name: str, preset: int | None) -> np.ndarray:
        events = [(0.0, "ControlChange", 16, preset)] if preset is not None else []
        events += [(note.start, "NoteOn", note.key, note.velocity) for note in phrase]
        events += [(note.end, "NoteOff", note.key, 64) for note in phrase]
        events.append((SECONDS, "ExitProgram", 0, 0))
        score, last = [], 0.0
        for time, kind, key, value in sorted(events):
            score.append(f"{kind} {max(time - last, 0):.5f} 1 {key}.0 {value}.0")  # times are since the line before
            last = max(time, last)
        with tempfile.TemporaryDirectory() as scratch:
            lines, sound = Path(scratch) / "line.ski", Path(scratch) / "line.wav"
            lines.write_text("\n".join(score) + "\n")
            command = [str(self.program), name, "-s", str(RATE), "-n", "4", "-ow", str(sound), "-if", str(lines)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
            audio, _ = soundfile.read(sound, always_2d=True)
        audio = scipy.signal.resample_poly(audio.mean(axis=1), SAMPLE_RATE, RATE)
        return np.pad(audio, (0, max(0, LENGTH - len(audio))))[:LENGTH]
