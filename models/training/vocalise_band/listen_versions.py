"""What is compared by ear: other bands around the melody of a file that ``vocalise render`` wrote.

- retrieval: each bar of each track is the training bar of the genre whose condition is nearest, in the bars in which our
  track plays, to our chords; what is compared is what is played, not when somebody plays.
- shuffled: our bars in another order, and what has pitch a semitone too high: the lower anchor.
- real: what people play to the melody, without the melody itself.

Times are quarters in a ``Song`` as it is read, and seconds in the parts that are rendered.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from . import harmony, pieces, rolls
from .condition import Description, condition

ROLES = {"Drums": "drums", "Bass": "bass", "Chords": "chords", "Counter": "melody"}
"""Tracks of the plugin's files that a generator plays."""
MELODY_NAME = re.compile(r"melod|vocal|voice|lead|sing", re.IGNORECASE)
SAME_NOTE, SAME_TUNE, AS_MANY = 0.12, 0.6, 1.6
"""A part is the melody if so large a share of the melody's notes begin in it within so many seconds, in any octave, and
it has at most so many times as many notes."""
AGAINST = 1
"""Semitones: five of seven notes of the key leave it."""
MINOR_MODES = ("minor", "dorian", "phrygian", "locrian", "aeolian")


@dataclass
class Part:
    """``notes`` [N, 4]: onset, end, pitch, velocity. ``controls``: (time, message of mido), bends and controllers."""

    name: str
    program: int
    drums: bool
    notes: np.ndarray
    controls: list = field(default_factory=list)


@dataclass
class Song:
    """``tempi`` [N, 3]: quarter from which it holds, seconds there, seconds a quarter. ``bar``: quarters a bar."""

    parts: list[Part]
    tempi: np.ndarray
    bar: float

    def seconds(self, quarters: np.ndarray | float) -> np.ndarray:
        at = np.maximum(0, np.searchsorted(self.tempi[:, 0], quarters, side="right") - 1)
        begin, seconds, each = self.tempi[at].T
        return seconds + (quarters - begin) * each

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name and len(part.notes)), None)

    @property
    def melody(self) -> Part:
        return self.part("Melody")

    @property
    def band(self) -> list[Part]:
        return [part for part in self.parts if part.name != "Melody" and len(part.notes)]

    def timed(self, parts: list[Part]) -> list[Part]:
        """The parts in seconds."""
        found = []
        for part in parts:
            notes = part.notes.copy()
            notes[:, :2] = self.seconds(notes[:, :2].ravel()).reshape(-1, 2)
            found.append(replace(part, notes=notes, controls=[(float(self.seconds(at)), m) for at, m in part.controls]))
        return found


def read_midi(path: Path) -> Song:
    """A part for each track and channel."""
    import mido

    file = mido.MidiFile(path)
    tempi, bar, parts = [(0.0, 0.5)], 4.0, []
    for number, track in enumerate(file.tracks):
        now, name, found, sounding = 0, "", {}, {}
        for message in track:
            now += message.time
            at = now / file.ticks_per_beat
            if message.type == "track_name":
                name = message.name.strip()
            elif message.type == "set_tempo":
                tempi.append((at, message.tempo / 1e6))
            elif message.type == "time_signature" and now == 0:
                bar = 4 * message.numerator / message.denominator
            if message.is_meta or not hasattr(message, "channel"):
                continue
            part = found.setdefault(message.channel, Part("", 0, message.channel == 9, []))
            if message.type == "program_change":
                part.program = message.program
            elif message.type in ("control_change", "pitchwheel"):
                part.controls.append((at, message))
            elif message.type in ("note_on", "note_off"):
                key = message.channel, message.note
                if key in sounding:
                    onset, velocity = sounding.pop(key)
                    part.notes.append([onset, at, message.note, velocity])
                if message.type == "note_on" and message.velocity:
                    sounding[key] = at, message.velocity
        for part in found.values():
            part.name = name or f"Track {number}"
            part.notes = np.array(sorted(part.notes), float).reshape(-1, 4)
        parts.extend(found.values())
    at, each = np.array(sorted(dict(sorted(tempi, key=lambda t: t[0])).items())).T
    seconds = np.concatenate([[0], np.cumsum(np.diff(at) * each[:-1])])
    return Song(parts, np.stack([at, seconds, each], 1), bar)


def key_of(said: str) -> tuple[int, bool]:
    """``F# dorian`` to (tonic, whether the third is minor)."""
    letter, _, mode = said.replace("\u266f", "#").replace("\u266d", "b").partition(" ")
    tonic = harmony.LETTERS[letter[0].upper()] + letter.count("#") - letter[1:].count("b")
    return tonic % 12, mode.strip().lower() in MINOR_MODES


def shuffled(song: Song, rng: np.random.Generator) -> list[Part]:
    """Every bar of the band at another bar's place, all tracks alike, and pitched tracks against the melody."""
    bar_of = lambda notes: np.floor(notes[:, 0] / song.bar + 1e-6).astype(int)
    played = np.concatenate([bar_of(part.notes) for part in song.band])
    first, count = played.min(), played.max() - played.min() + 1
    place = np.arange(count)
    for i in range(count - 1, 0, -1):  # Sattolo: one cycle, so that no bar stays
        j = rng.integers(i)
        place[i], place[j] = place[j], place[i]
    found = []
    for part in song.band:
        notes, bars = part.notes.copy(), bar_of(part.notes) - first
        notes[:, :2] += ((place[bars] - bars) * song.bar)[:, None]
        if not part.drums:
            notes[:, 2] = np.minimum(127, notes[:, 2] + AGAINST)
        found.append(replace(part, notes=notes[np.argsort(notes[:, 0], kind="stable")]))
    return found


def _voice(part: Part) -> pieces.Voice:
    return pieces.voice([[on, end - on, pitch, velocity] for on, end, pitch, velocity in part.notes], 0)


@cache
def _training_bars(data: Path, track: str):
    from . import batches

    return batches.load(data, track)


def descriptions(song: Song, part: Part, tonic: int, minor: bool) -> dict[int, np.ndarray]:
    """By number of each bar that a part of ours plays in: the condition that it could have been asked with, live."""
    steps, sung, own = round(4 * song.bar), _voice(song.melody), _voice(part)
    harmonic = [_voice(p) for p in song.band if p.name in ("Chords", "Bass")]
    first, found = int(sung.notes[0, 0]) // steps, {}
    for bar in np.unique(own.notes[:, 0] // steps):
        begin = int(bar) * steps
        half = lambda a, b: harmony.relative(harmony.from_weights(*pieces.sounding(harmonic, begin + a, begin + b)), tonic)
        chords = half(0, steps // 2), half(steps // 2, steps)
        notes, _ = own.within(begin, steps)
        wanted = rolls.density(notes), rolls.intensity(notes)
        before = sung.heard(begin - steps, steps)
        found[int(bar)] = condition(Description(tonic, minor, steps, int(bar) - first, before, chords, *wanted, False))
    return found


def retrieval(song: Song, data: Path, genre: int, key: tuple[int, bool]) -> list[Part]:
    """The baseline of ``evaluate``, around a melody."""
    from . import evaluate
    from .finished import Finished

    steps, found = round(4 * song.bar), []
    for part in song.band:
        track = ROLES.get(part.name)
        if not track:
            continue
        asked = descriptions(song, part, *key)
        count = len(asked)
        empty = Finished(track, [rolls.NO_NOTES] * count, np.full(count, genre), np.full(count, steps), np.array(list(asked.values())))
        played = evaluate.retrieved(_training_bars(data, track), empty)
        shift, notes = 0 if part.drums else rolls.frame_shift(key[0]), []
        for bar, bars_notes in zip(asked, played.notes):
            for step, length, pitch, velocity in bars_notes[bars_notes[:, 0] < steps]:
                length = min(length, steps - step) - 0.1
                begin = bar * song.bar + step / 4
                notes.append([begin, begin + length / 4, np.clip(pitch + shift, 0, 127), velocity])
        found.append(replace(part, notes=np.array(sorted(notes), float).reshape(-1, 4), controls=[]))
    return [part for part in found if len(part.notes)]


def accompaniment(parts: list[Part], melody: Part) -> list[Part]:
    """What people play: parts in seconds without those that are the melody (in seconds), by name or by their notes."""

    def sung(part: Part) -> bool:
        if part.drums or not len(part.notes):
            return not len(part.notes)
        if MELODY_NAME.search(part.name):
            return True
        close = np.abs(melody.notes[:, None, 0] - part.notes[None, :, 0]) < SAME_NOTE
        same = (melody.notes[:, None, 2] - part.notes[None, :, 2]) % 12 == 0
        return (close & same).any(1).mean() > SAME_TUNE and len(part.notes) < AS_MANY * len(melody.notes)

    return [part for part in parts if not sung(part)]


@dataclass
class HeldOut:
    """A piece of the corpus: its melody as notes in quarters from the first bar, what people play to it, and where."""

    melody: list
    others: dict[str, list]
    bpm: float
    steps: int
    genre: int


def held_out(corpus_path: Path, wanted: str) -> HeldOut:
    """Raises ValueError where a piece cannot be heard against its people, and says why."""
    from vocalise_symbolic import corpus, genres

    raw = next((piece for piece in corpus.pieces(corpus_path) if piece["id"] == wanted), None)
    if raw is None:
        raise ValueError(f"{wanted}: no such piece in {corpus_path}")
    if wanted not in corpus.validation_ids():
        raise ValueError(f"{wanted}: our models trained on it; take one named in vocalise_symbolic/splits/validation.txt")
    piece = pieces.read(raw) if raw["src"] in pieces.MELODIC else None
    tracks = {track["role"]: track["notes"] for track in raw["tracks"]}
    if piece is None or "melody" not in tracks or len(tracks) < 2:
        raise ValueError(f"{wanted}: not a melody with an accompaniment in bars of 3 or 4 quarters; try one of pop909 or jsb")
    sung = np.array(pieces.single(tracks["melody"]), float)
    begin = float(np.median(np.sort(sung[:, 0]) - piece.voices["melody"].notes[:, 0] / 4))
    moved = {role: [[max(0, o - begin), d, p, v] for o, d, p, v in notes] for role, notes in tracks.items()}
    melody = [[max(0, o - begin), d, p, v] for o, d, p, v in sung]
    del moved["melody"]
    return HeldOut(melody, moved, raw["bpm"], piece.steps, genres.measured_genre(raw["genre"]))


def write_melody(path: Path, piece: HeldOut) -> None:
    """The melody as a file for ``vocalise render``."""
    import mido

    ticks, file = 480, mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(piece.bpm)))
    track.append(mido.MetaMessage("time_signature", numerator=piece.steps // 4, denominator=4))
    events = []
    for onset, duration, pitch, velocity in piece.melody:
        events.append((round(onset * ticks), 1, int(pitch), int(velocity)))
        events.append((max(round(onset * ticks) + 1, round((onset + duration) * ticks)), 0, int(pitch), 0))
    now = 0
    for at, begins, pitch, velocity in sorted(events):
        track.append(mido.Message("note_on" if begins else "note_off", note=pitch, velocity=velocity, time=at - now))
        now = at
    file.save(path)


def peoples(piece: HeldOut, song: Song) -> list[Part]:
    """What people play to a piece of the corpus, in quarters, with the sounds of our tracks of the same kind: the corpus
    says notes, not sounds."""
    sound = lambda name, default: next((part.program for part in song.parts if part.name == name), default)
    programs = {"chords": sound("Chords", 0), "bass": sound("Bass", 33), "tenor": sound("Chords", 0)}
    found = []
    for role, notes in piece.others.items():
        table = np.array([[o, o + d, p, v] for o, d, p, v in sorted(notes)], float)
        found.append(Part(role, programs.get(role, sound("Counter", 48)), role == "drums", table))
    return found
