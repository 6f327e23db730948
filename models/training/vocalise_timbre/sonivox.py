"""Sonic Network's wavetable (EAS, the synthesiser of Android), played by Debian's ``libsonivox3`` (Apache-2.0).

A General MIDI bank of its own of about half a megabyte, in the library itself.
"""

import ctypes

import numpy as np

from .phrases import BEND, LENGTH, Struck, aside
from .soundfonts import SoundFont

BUFFER = 128
"""Frames that the library renders at a time, at 22 050 Hz, which is our rate, too."""
RATE = 22050
REVERB, CHORUS, BYPASS = 2, 3, 0
"""The library's numbers of its effects and of the parameter that takes them out."""
DRUM_CHANNEL = 9
FADE = 40
"""Buffers after a phrase in which what still sounds dies away, heard by nobody."""


class SonivoxPlayer:
    """The library with one stream of MIDI."""

    def __init__(self, font: SoundFont) -> None:
        self.library = ctypes.CDLL(str(font.path))
        self.engine, self.stream = ctypes.c_void_p(), ctypes.c_void_p()
        self._call("EAS_Init", ctypes.byref(self.engine))
        self._call("EAS_OpenMIDIStream", self.engine, ctypes.byref(self.stream), None)
        for effect in (REVERB, CHORUS):
            self._call("EAS_SetParameter", self.engine, effect, BYPASS, 1)

    def _call(self, name: str, *arguments) -> None:
        if code := getattr(self.library, name)(*arguments):
            raise RuntimeError(f"{name} failed with {code}")

    def has(self, program: int, drums: bool) -> bool:
        """All of General MIDI, and one kit."""
        return not drums or program == 0

    def play(self, phrases: list[list[Struck]], program: int, drums: bool, asides: list[int] | None = None) -> np.ndarray:
        """[phrases, LENGTH] mono, full scale 1. ``asides``: see ``phrases.aside``."""
        channel = DRUM_CHANNEL if drums else 0
        self._send(0xC0 | channel, program)
        for controller, value in ((101, 0), (100, 0), (6, BEND)):
            self._send(0xB0 | channel, controller, value)
        return np.stack([self._phrase(phrase, channel, by) for phrase, by in zip(phrases, asides or [0] * len(phrases))])

    def _phrase(self, phrase: list[Struck], channel: int, by: int) -> np.ndarray:
        wheel = 8192 - by * 8192 // BEND
        self._send(0xE0 | channel, wheel & 127, wheel >> 7)
        phrase = aside(phrase, by)
        events = [(n.end, 0x80, n.key, 0) for n in phrase] + [(n.start, 0x90, n.key, n.velocity) for n in phrase]
        events.sort()
        parts = []
        for buffer in range(-(-LENGTH // BUFFER)):
            while events and events[0][0] * RATE < (buffer + 1) * BUFFER:
                _, kind, key, velocity = events.pop(0)
                self._send(kind | channel, key, velocity)
            parts.append(self._render())
        self._send(0xB0 | channel, 120, 0)  # all sound off
        for _ in range(FADE):
            self._render()
        return np.concatenate(parts)[:LENGTH]

    def _send(self, *message: int) -> None:
        self._call("EAS_WriteMIDIStream", self.engine, self.stream, bytes(message), len(message))

    def _render(self) -> np.ndarray:
        sound, made = np.zeros((BUFFER, 2), np.int16), ctypes.c_int32()
        self._call("EAS_Render", self.engine, sound.ctypes.data_as(ctypes.c_void_p), BUFFER, ctypes.byref(made))
        return sound.mean(axis=1) / 32768
