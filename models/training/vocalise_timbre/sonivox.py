"""Android's old General MIDI synthesiser: Sonivox, whose wavetable Debian has inside ``libsonivox3``.

Its samples are 8-bit, of Sonic Network's own making and Apache-2.0, so they share nothing with any soundfont.
"""

import ctypes

import numpy as np

from vocalise_training.features import SAMPLE_RATE

from .phrases import LENGTH, Struck
from .soundfonts import SoundFont

DRUM_CHANNEL = 9
BLOCK = 128
"""Samples that the library renders at once: notes fall on multiples of 5.8 ms."""
RELEASE = 200
"""Blocks of silence between phrases, 1.2 s."""


class SonivoxPlayer:
    """One synthesiser with one MIDI stream."""

    def __init__(self, font: SoundFont) -> None:
        self.library = ctypes.CDLL(str(font.path))
        self.data, self.stream = ctypes.c_void_p(), ctypes.c_void_p()
        self._call("EAS_Init", ctypes.byref(self.data))
        self._call("EAS_OpenMIDIStream", self.data, ctypes.byref(self.stream), None)
        self.buffer = (ctypes.c_short * (2 * BLOCK))()

    def has(self, program: int, drums: bool) -> bool:
        """Whether it has the program; its only kit is the standard one."""
        return program == 0 if drums else True

    def play(self, phrases: list[list[Struck]], program: int, drums: bool) -> np.ndarray:
        """[phrases, LENGTH] mono, full scale 1."""
        channel = DRUM_CHANNEL if drums else 0
        self._send(0xC0 | channel, program)
        return np.stack([self._phrase(phrase, channel) for phrase in phrases])

    def _phrase(self, phrase: list[Struck], channel: int) -> np.ndarray:
        calls = [(note.end, 0x80, note.key, 0) for note in phrase] + [(n.start, 0x90, n.key, n.velocity) for n in phrase]
        calls.sort()
        parts = []
        for block in range(LENGTH // BLOCK + 1):
            while calls and calls[0][0] * SAMPLE_RATE <= block * BLOCK:
                _, kind, key, velocity = calls.pop(0)
                self._send(kind | channel, key, velocity)
            parts.append(self._block())
        for _, kind, key, _ in calls:
            if kind == 0x80:
                self._send(kind | channel, key, 0)
        self._send(0xB0 | channel, 120, 0)  # all sound off
        for _ in range(RELEASE):
            self._block()
        return np.concatenate(parts)[:LENGTH]

    def _block(self) -> np.ndarray:
        made = ctypes.c_long()
        self._call("EAS_Render", self.data, self.buffer, ctypes.c_long(BLOCK), ctypes.byref(made))
        return np.frombuffer(self.buffer, np.int16).reshape(-1, 2).mean(axis=1) / 32768

    def _send(self, *message: int) -> None:
        self._call("EAS_WriteMIDIStream", self.data, self.stream, (ctypes.c_ubyte * len(message))(*message), ctypes.c_long(len(message)))

    def _call(self, name: str, *arguments: object) -> None:
        function = getattr(self.library, name)
        function.restype = ctypes.c_long
        if (result := function(*arguments)) != 0:
            raise RuntimeError(f"{name} says {result}")
