"""Phrases become sound: FluidSynth plays soundfonts, TiMidity++ plays Freepats' patches, both without room or chorus; other
families have players of their own."""

import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

from vocalise_training.features import SAMPLE_RATE

from .additive import AdditivePlayer
from .mda import MdaPlayer
from .phrases import BEND, LENGTH, SECONDS, SILENCE, Struck, aside
from .recordings import RecordingsPlayer
from .soundfonts import SoundFont
from .sonivox import SonivoxPlayer
from .stk import StkPlayer

DRUM_CHANNEL = 9
DRUM_BANK = 128
SPAN = SECONDS + SILENCE
"""Seconds from the beginning of one phrase to that of the next."""


class FluidPlayer:
    """One soundfont in a synthesiser."""

    def __init__(self, font: SoundFont) -> None:
        import fluidsynth

        self.synth = fluidsynth.Synth(gain=0.4, samplerate=float(SAMPLE_RATE))
        for room in ("synth.reverb.active", "synth.chorus.active"):
            self.synth.setting(room, 0)
        self.font = self.synth.sfload(str(font.path))

    def has(self, program: int, drums: bool) -> bool:
        """Whether the soundfont has the program, or the kit."""
        return self.synth.sfpreset_name(self.font, DRUM_BANK if drums else 0, program) is not None

    def play(self, phrases: list[list[Struck]], program: int, drums: bool, asides: list[int] | None = None) -> np.ndarray:
        """[phrases, LENGTH] mono, full scale 1. ``asides``: see ``aside``."""
        channel = DRUM_CHANNEL if drums else 0
        self.synth.program_select(channel, self.font, DRUM_BANK if drums else 0, program)
        for controller, value in ((101, 0), (100, 0), (6, BEND)):
            self.synth.cc(channel, controller, value)
        return np.stack([self._phrase(phrase, channel, by) for phrase, by in zip(phrases, asides or [0] * len(phrases))])

    def _phrase(self, phrase: list[Struck], channel: int, by: int) -> np.ndarray:
        self.synth.pitch_bend(channel, -by * 8192 // BEND)
        phrase = aside(phrase, by)
        calls = [(note.end, 0, note.key, 0) for note in phrase] + [(n.start, 1, n.key, n.velocity) for n in phrase]
        parts, position = [], 0
        for time, on, key, velocity in sorted(calls):
            sample = min(int(time * SAMPLE_RATE), LENGTH)
            if sample > position:
                parts.append(self.synth.get_samples(sample - position))
                position = sample
            if on:
                self.synth.noteon(channel, key, velocity)
            else:
                self.synth.noteoff(channel, key)
        parts.append(self.synth.get_samples(LENGTH - position))
        self.synth.cc(channel, 120, 0)  # all sound off
        self.synth.get_samples(int(0.05 * SAMPLE_RATE))
        return np.concatenate(parts).reshape(-1, 2).mean(axis=1)[:LENGTH] / 32768


class TimidityPlayer:
    """A set of patches that TiMidity++ reads."""

    TICKS = 480
    """Of a MIDI file, to half a second."""

    def __init__(self, font: SoundFont) -> None:
        self.config = font.path
        self.programs, self.kits = set(), set()
        chosen = self.programs
        for line in font.path.read_text().splitlines():
            words = line.split()
            if words[:1] == ["drumset"]:
                self.kits.add(int(words[1]))
                chosen = None
            elif words[:1] == ["bank"]:
                chosen = self.programs
            elif len(words) >= 2 and words[0].isdigit() and chosen is not None:
                chosen.add(int(words[0]))

    def has(self, program: int, drums: bool) -> bool:
        return program in (self.kits if drums else self.programs)

    def play(self, phrases: list[list[Struck]], program: int, drums: bool, asides: list[int] | None = None) -> np.ndarray:
        """[phrases, LENGTH] mono, full scale 1. ``asides``: see ``aside``."""
        channel = DRUM_CHANNEL if drums else 0
        events = []
        for i, phrase in enumerate(phrases):
            by = asides[i] if asides else 0
            if asides:
                events.append((i * SPAN - SILENCE / 4, mido.Message("pitchwheel", channel=channel, pitch=-by * 8192 // BEND)))
            for note in aside(phrase, by):
                events.append((i * SPAN + note.start, mido.Message("note_on", channel=channel, note=note.key, velocity=note.velocity)))
                events.append((i * SPAN + note.end, mido.Message("note_off", channel=channel, note=note.key, velocity=0)))
        track, last = mido.MidiTrack([mido.Message("program_change", channel=channel, program=program)]), 0
        for controller, value in ((101, 0), (100, 0), (6, BEND)) if asides else ():
            track.append(mido.Message("control_change", channel=channel, control=controller, value=value))
        for time, message in sorted(events, key=lambda event: (event[0], event[1].type, getattr(event[1], "note", 0))):
            tick = max(round(time * 2 * self.TICKS), 0)
            track.append(message.copy(time=tick - last))
            last = tick
        with tempfile.TemporaryDirectory() as scratch:
            score, sound = Path(scratch) / "line.mid", Path(scratch) / "line.wav"
            mido.MidiFile(ticks_per_beat=self.TICKS, tracks=[track]).save(score)
            options = ["-Ow", "-s", str(SAMPLE_RATE), "--output-mono", "-EFreverb=0", "-EFchorus=0", "--preserve-silence"]
            command = ["timidity", "-c", str(self.config), *options, "-o", str(sound), str(score)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            audio, _ = soundfile.read(sound)
        audio = np.pad(audio, (0, max(0, int(len(phrases) * SPAN * SAMPLE_RATE) + LENGTH - len(audio))))
        starts = [int(i * SPAN * SAMPLE_RATE) for i in range(len(phrases))]
        return np.stack([audio[start : start + LENGTH] for start in starts])


PLAYERS = {
    "fluid": FluidPlayer, "opl3": FluidPlayer, "emu": FluidPlayer, "freepats": TimidityPlayer, "stk": StkPlayer, "additive": AdditivePlayer,
    "sonivox": SonivoxPlayer, "recordings": RecordingsPlayer, "mda": MdaPlayer,
}  # fmt: skip
"""By family."""


def player(font: SoundFont):
    """What plays ``font``: has(program, drums) and play(phrases, program, drums)."""
    return PLAYERS[font.family](font)
