"""Paul Kellett's synthesisers and sampled pianos, played by Debian's ``mda-lv2`` (GPL-3+).

A small LV2 host: a plugin's controls and presets are read from its Turtle files, and notes go in as a sequence of atoms. Each phrase
is played by another preset of the program, its knobs a little off.
"""

import ctypes
import re
import struct
from functools import cache
from pathlib import Path

import numpy as np
import scipy.signal

from vocalise_training.features import SAMPLE_RATE

from .phrases import LENGTH, Struck
from .soundfonts import SoundFont

PROGRAMS = {
    0: ("Piano", ("MDA Piano", "Plain Piano", "Compressed Piano", "Concert Piano", "Dark Piano")),
    1: ("Piano", ("Dance Piano", "School Piano")),
    4: ("EPiano", ("Default", "Bright", "Mellow")),
    5: ("DX10", ("Bright E.Piano", "Jazz E.Piano", "Fuzzy E.Piano")),
    16: ("JX10", ("Leslie Organ", "Click Organ", "Hard Organ")),
    17: ("DX10", ("Chiff Organ",)),
    26: ("DX10", ("Jazz Guitar",)),
    32: ("DX10", ("Upright Bass 1", "Upright Bass 2")),
    33: ("DX10", ("E.Bass", "Chunky Bass")),
    35: ("JX10", ("Fretless Bass",)),
    38: ("JX10", ("303 Saw Bass", "303 Square Bass", "Analog Bass", "Analog Bass 2", "Low Pulses", "Rubber Bass [ZF]")),
    39: ("DX10", ("Sine Bass", "Square Bass", "Thick Bass")),
    50: ("JX10", ("Synth Strings", "Synth Strings 2")),
    62: ("JX10", ("Brass Section", "Synth Brass", "Detuned Syn Brass [ZF]")),
    71: ("DX10", ("Reed 1", "Reed 2")),
    81: ("JX10", ("808 State Lead", "Detuned Techno Lead", "Hard Lead [SA]", "Monosynth", "Moogcury Lite", "Higher Synth [ZF]")),
    89: ("JX10", ("Very Soft Pad", "Solid Backing")),
    98: ("DX10", ("Tinkle", "Soft Chimes")),
}  # fmt: skip
"""General MIDI program: plugin and presets."""
RATE = 44100
BLOCK = 256
KNOB = 0.04
"""Standard deviation of how far a knob, 0 to 1, is off its preset."""
FIXED = ("octave", "tuning", "finetune", "fine_tuning", "osc_tune", "coarse", "fine", "polyphony", "polyphonic", "glide", "random_detuning")
"""Knobs that stay: they change the pitch."""
MIDI, SEQUENCE = 1, 2
"""Our numbers for the types of atoms."""
TYPES = {b"http://lv2plug.in/ns/ext/midi#MidiEvent": MIDI, b"http://lv2plug.in/ns/ext/atom#Sequence": SEQUENCE}
MAP = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_char_p)


class UridMap(ctypes.Structure):
    _fields_ = [("handle", ctypes.c_void_p), ("map", MAP)]


class Feature(ctypes.Structure):
    _fields_ = [("uri", ctypes.c_char_p), ("data", ctypes.c_void_p)]


class Descriptor(ctypes.Structure):
    _fields_ = [
        ("uri", ctypes.c_char_p),
        ("instantiate", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_double, ctypes.c_char_p, ctypes.c_void_p)),
        ("connect_port", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)),
        ("activate", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
        ("run", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32)),
        ("deactivate", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
        ("cleanup", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ]


@cache
def ports(bundle: Path, plugin: str) -> dict[str, tuple[int, float]]:
    """By symbol: index and default of each port."""
    text = (bundle / f"{plugin}.ttl").read_text()
    found = {}
    for block in text[text.index("lv2:port [") :].split("] , ["):
        default = re.search(r"lv2:default ([-\d.]+)", block)
        index, symbol = re.search(r"lv2:index (\d+)", block), re.search(r'lv2:symbol "(\w+)"', block)
        found[symbol[1]] = (int(index[1]), float(default[1]) if default else 0.0)
    return found


@cache
def presets(bundle: Path, plugin: str) -> dict[str, dict[str, float]]:
    """By label: the values of the knobs."""
    found = {}
    for block in (bundle / f"{plugin}-presets.ttl").read_text().split("a pset:Preset")[1:]:
        knobs = re.findall(r'lv2:symbol "(\w+)" ;\s*pset:value ([-\d.]+)', block)
        found[re.search(r'rdfs:label "([^"]+)"', block)[1]] = {symbol: float(value) for symbol, value in knobs}
    return found


def sequence(events: list[tuple[int, bytes]]) -> bytes:
    """Atoms of MIDI messages at frames of a block."""
    body = struct.pack("II", 0, 0)
    for frame, message in events:
        body += struct.pack("qII", frame, len(message), MIDI) + message.ljust(8, b"\0")
    return struct.pack("II", len(body), SEQUENCE) + body


class MdaPlayer:
    """The bundle."""

    def __init__(self, font: SoundFont) -> None:
        self.bundle = font.path
        self._map = UridMap(None, MAP(lambda _, uri: TYPES.get(uri, 99)))
        self._feature = Feature(b"http://lv2plug.in/ns/ext/urid#map", ctypes.cast(ctypes.pointer(self._map), ctypes.c_void_p))
        self._features = (ctypes.POINTER(Feature) * 2)(ctypes.pointer(self._feature), None)

    def has(self, program: int, drums: bool) -> bool:
        return program in PROGRAMS and not drums

    def play(self, phrases: list[list[Struck]], program: int, drums: bool) -> np.ndarray:
        """[phrases, LENGTH] mono."""
        return np.stack([self._phrase(np.random.default_rng([program, i]), phrase, *PROGRAMS[program]) for i, phrase in enumerate(phrases)])

    def _phrase(self, rng: np.random.Generator, phrase: list[Struck], plugin: str, labels: tuple[str, ...]) -> np.ndarray:
        settings = presets(self.bundle, plugin)[labels[rng.integers(len(labels))]]
        values, sound = {}, {side: (ctypes.c_float * BLOCK)() for side in ("left_out", "right_out")}
        events = ctypes.create_string_buffer(4096)
        library = ctypes.CDLL(str(self.bundle / f"{plugin}.so"))
        library.lv2_descriptor.restype = ctypes.POINTER(Descriptor)
        pointer = library.lv2_descriptor(0)
        described = pointer.contents
        itself, features = (ctypes.cast(one, ctypes.c_void_p) for one in (pointer, self._features))
        instance = described.instantiate(itself, RATE, str(self.bundle).encode() + b"/", features)
        for symbol, (index, default) in ports(self.bundle, plugin).items():
            if symbol in sound:
                described.connect_port(instance, index, ctypes.cast(sound[symbol], ctypes.c_void_p))
            elif symbol == "event_in":
                described.connect_port(instance, index, ctypes.cast(events, ctypes.c_void_p))
            else:
                value = default if symbol == "octave" else settings.get(symbol, default)
                if symbol not in FIXED:
                    value = float(np.clip(value + rng.normal(0, KNOB), 0, 1))
                values[symbol] = ctypes.c_float(value)
                described.connect_port(instance, index, ctypes.cast(ctypes.pointer(values[symbol]), ctypes.c_void_p))
        if described.activate:
            described.activate(instance)
        score = sorted([(int(n.end * RATE), 0x80, n.key, 0) for n in phrase] + [(int(n.start * RATE), 0x90, n.key, n.velocity) for n in phrase])
        parts = []
        for begin in range(0, int(LENGTH * RATE / SAMPLE_RATE) + BLOCK, BLOCK):
            due = []
            while score and score[0][0] < begin + BLOCK:
                frame, *message = score.pop(0)
                due.append((frame - begin, bytes(message)))
            atoms = sequence(due)
            ctypes.memmove(events, atoms, len(atoms))
            described.run(instance, BLOCK)
            parts.append(np.ctypeslib.as_array(sound["left_out"]) + np.ctypeslib.as_array(sound["right_out"]))
        described.cleanup(instance)
        return scipy.signal.resample_poly(np.concatenate(parts), SAMPLE_RATE, RATE)[:LENGTH] / 2
