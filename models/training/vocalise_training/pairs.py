"""Training data from recordings with their MIDI: ``python -m vocalise_training.pairs FOLDER DATA_DIR [--copies N]``.

FOLDER holds, at any depth, NAME.wav, .flac, .mp3 or .ogg beside NAME.mid or .midi. The MIDI need not fit in time
(``alignment`` bends it to the recording) nor in octave or tuning, but it must be that melody in that key. Its one line of
notes is taken from the only track that has notes or from ``--track``; a sustain pedal is ignored. Where notes overlap a
little the earlier one ends; of notes that sound together the highest counts; a file with many of those is no melody and
refused, because the recording would hold notes that the labels deny.

Of every pair, the recording as it is and N - 1 changed copies become clips of ten seconds, each through ``augment``, in
a shard of its own. Half of the changed clips are resampled, which moves pitch, time and formants together and suits any
sound; the others are taken apart by WORLD as in ``world_voice``, which moves the three freely and suits voices.
Both change labels exactly. Pitch labels are WORLD's where they lie within a semitone of the note; other voiced moments
(slides, octave errors, sounds that the MIDI does not have) are marked unknown and teach nothing.
Pairs whose shard exists are kept as they are.
"""

import argparse
import multiprocessing
import os
import time
import zlib
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one worker per core; BLAS threads on top would only contend
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import mido  # noqa: E402
import numpy as np  # noqa: E402
import pyworld  # noqa: E402
import scipy.signal  # noqa: E402
import soundfile  # noqa: E402

from . import alignment, labels, render, world_voice  # noqa: E402
from .alignment import Alignment, Heard  # noqa: E402
from .augment import augment  # noqa: E402
from .clip import SECONDS, Clip  # noqa: E402
from .features import HOP, SAMPLE_RATE, features  # noqa: E402
from .labels import TICK, Labels  # noqa: E402
from .notes import Note  # noqa: E402

RECORDINGS, MIDI = (".wav", ".flac", ".mp3", ".ogg"), (".mid", ".midi")
DRUMS = 9
"""MIDI channel of percussion, from 0."""
FEWEST = 5
"""Notes under which no alignment can be believed."""
LONGEST = 1200
"""Seconds of a recording or its MIDI: the coarse search needs memory in proportion to both."""
CHORD_SPREAD = 0.05
"""Seconds within which the notes of a chord begin: a note that lasts no longer until a higher one is part of it."""
CHORDS = 0.05
"""Largest share of notes that may sound together with another."""
HEARD, HEARD_NOTES = 0.4, 0.8
"""A note is heard where this share of its ticks has its pitch; so many of the notes must be heard."""
EXPLAINED = 0.5
"""Least share of what is sung that must lie inside notes."""
IRREGULAR = 0.3
"""Largest share of notes with lengths of their own."""
UNWRITTEN = 0.15
"""Seconds of voice outside all notes that make the MIDI's silence there doubtful."""
RESAMPLED_SEMITONES, WORLD_SEMITONES = 3.0, 5.0
"""Largest change of pitch by resampling and by WORLD."""
STRETCH = 1.25
"""Largest change of time by WORLD, to either side."""
FORMANTS = (0.9, 1.15)
"""Range by which WORLD's copies move the formants."""
DYNAMIC_RANGE = 26.0
"""Decibels between velocity 0 and 1, as ``performance`` sings them."""


class Refused(Exception):
    """Why a pair cannot be used, in one sentence."""


@dataclass(frozen=True)
class Truth:
    """A recording and what is known about it, tick by tick."""

    heard: Heard
    notes: list[Note]
    """As sung, in the recording's time."""
    midi: np.ndarray
    """[ticks] as ``Labels.midi``."""
    known: np.ndarray
    """[ticks] as ``Labels.known``."""


def read_audio(path: Path) -> np.ndarray:
    """[N] float64 mono at SAMPLE_RATE."""
    try:
        audio, rate = soundfile.read(path, dtype="float64", always_2d=True)
    except soundfile.LibsndfileError:
        raise Refused("the recording cannot be read") from None
    if len(audio) > LONGEST * rate:
        raise Refused(f"the recording is longer than {LONGEST // 60} minutes; cut it")
    common = np.gcd(rate, SAMPLE_RATE)
    audio = scipy.signal.resample_poly(audio.mean(axis=1), SAMPLE_RATE // common, rate // common)
    if len(audio) < SAMPLE_RATE or np.abs(audio).max() < 1e-4:
        raise Refused("the recording is silent or shorter than a second")
    return audio


def read_melody(path: Path, track: str | None = None) -> list[Note]:
    """The melody line of a MIDI file in its own time; ``track`` is a name or a number from 0."""
    try:
        file = mido.MidiFile(path, clip=True)
    except (OSError, EOFError, ValueError, KeyError, IndexError):
        raise Refused("the MIDI file cannot be read") from None
    changes = [(0, 500_000)]
    for events in file.tracks:
        position = 0
        for event in events:
            position += event.time
            if event.type == "set_tempo":
                changes.append((position, event.tempo))
    changes.sort(key=lambda change: change[0])

    def seconds(position):
        total = 0.0
        for (start, tempo), (stop, _) in zip(changes, [*changes[1:], (position, 0)]):
            total += max(min(stop, position) - start, 0) * tempo / 1e6 / file.ticks_per_beat
        return total

    lines = {}
    for number, events in enumerate(file.tracks):
        found = [Note(seconds(a), seconds(b), pitch, velocity / 127) for a, b, pitch, velocity in _held(events)]
        if found:
            lines[number] = found
    if not lines:
        raise Refused("the MIDI file holds no notes")
    named = ", ".join(f"{n} {file.tracks[n].name!r}" for n in lines)
    chosen = [n for n in lines if track is None or track in (str(n), file.tracks[n].name)]
    if len(chosen) != 1:
        raise Refused(f"--track must choose one of the tracks with notes: {named}")
    return monophonic(lines[chosen[0]])


def _held(events) -> list[tuple[int, int, int, int]]:
    """(start tick, end tick, pitch, velocity) of a MIDI track's notes, percussion left out."""
    position, sounding, out = 0, {}, []
    for event in events:
        position += event.time
        if event.type not in ("note_on", "note_off") or event.channel == DRUMS:
            continue
        key = event.channel, event.note
        if key in sounding:
            start, velocity = sounding.pop(key)
            if position > start:
                out.append((start, position, event.note, velocity))
        if event.type == "note_on" and event.velocity > 0:
            sounding[key] = position, event.velocity
    return out


def monophonic(notes: list[Note]) -> list[Note]:
    """Notes in order without overlaps; refuses what is no single line."""
    line, together = [], 0
    for note in sorted(notes, key=lambda n: (n.onset, n.pitch)):
        if line:
            last = line[-1]
            overlap = last.offset - note.onset
            if overlap > 0.5 * min(last.offset - last.onset, note.offset - note.onset):
                together += 1
                if note.pitch <= last.pitch:
                    continue
            line[-1] = replace(last, offset=min(last.offset, note.onset))
            if line[-1].offset - line[-1].onset < CHORD_SPREAD:
                line.pop()
        line.append(note)
    if together > CHORDS * len(notes):
        raise Refused(f"{together} of {len(notes)} notes sound together with another; a melody has one at a time")
    if len(line) < FEWEST:
        raise Refused(f"the melody has fewer than {FEWEST} notes")
    if line[-1].offset - line[0].onset > LONGEST:
        raise Refused(f"the MIDI file is longer than {LONGEST // 60} minutes; cut it")
    return line


def learn(audio: np.ndarray, melody: list[Note]) -> tuple[Truth, Alignment]:
    """What a pair teaches; refuses where the melody is not believably that of the recording."""
    heard = alignment.listen(audio)
    found = alignment.align(heard, melody)
    share = float((found.heard > HEARD).mean())
    if share < HEARD_NOTES:
        raise Refused(f"only {share:.0%} of the notes are heard in the recording")
    if found.irregular > IRREGULAR:
        raise Refused(f"{found.irregular:.0%} of the notes would have to be stretched beyond belief")
    if found.explained < EXPLAINED:
        raise Refused(f"only {found.explained:.0%} of what is sung has notes")
    notes = found.notes
    if len({note.velocity for note in melody}) == 1:
        notes = loudness(heard, notes)
    ticks = len(heard.midi)
    written = alignment.pitch_at(notes, ticks)
    pitched = ~np.isnan(heard.midi)
    agreed = np.abs(heard.midi - written) < 1
    midi = np.where(agreed, heard.midi, np.nan)
    midi[(pitched | heard.periodic) & ~agreed] = 0
    known = np.ones(ticks)
    for note, share in zip(notes, found.heard):
        if share <= HEARD:
            known[max(int(note.onset / TICK) - labels.EDGE, 0) : int(note.offset / TICK) + labels.EDGE + 1] = 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (pitched & np.isnan(written)).astype(int), [0]])))
    for start, stop in zip(edges[::2], edges[1::2]):
        if stop - start > UNWRITTEN / TICK:
            known[start:stop] = 0
    return Truth(heard, notes, midi, known), found


def loudness(heard: Heard, notes: list[Note]) -> list[Note]:
    """``notes`` with velocities as they sound, for MIDI that has but one; the loudest gets 0.9."""
    levels = [heard.level[int(n.onset / TICK) : int(n.offset / TICK) + 1].max() for n in notes]
    decibels = 20 * np.log10(np.maximum(levels, 1e-4) / max(levels))
    return [replace(n, velocity=float(max(0.9 + d / DYNAMIC_RANGE, 0.05))) for n, d in zip(notes, decibels)]


def excerpt(truth: Truth, start: float, factor: float, semitones: float, ticks: int) -> Labels:
    """Labels of ``ticks`` ticks from tick ``start`` on, with time stretched and pitch moved."""
    out = labels.silence(ticks)
    at = start + np.arange(ticks) / factor
    inside = at <= len(truth.midi) - 1
    below = at[inside].astype(int)
    above, weight = np.minimum(below + 1, len(truth.midi) - 1), at[inside] % 1
    near = truth.midi[np.where(weight < 0.5, below, above)]
    between = truth.midi[below] * (1 - weight) + truth.midi[above] * weight
    midi = np.where((truth.midi[below] > 0) & (truth.midi[above] > 0), between, near)
    out.midi[inside] = np.where(midi > 0, midi + semitones, midi)
    out.known[inside] = np.minimum(truth.known[below], truth.known[above])
    moved = lambda seconds: (seconds - start * TICK) * factor
    labels.place(out, [Note(moved(n.onset), moved(n.offset), n.pitch + semitones, n.velocity) for n in truth.notes])
    return out


def resampled(truth: Truth, start: int, up: int, down: int, length: int) -> np.ndarray:
    """[length] audio from tick ``start`` on, played ``up / down`` times as long and as much lower."""
    return scipy.signal.resample_poly(_part(truth.heard.audio, start * HOP, -(-length * down // up)), up, down)[:length]


def resung(rng: np.random.Generator, truth: Truth, start: int, factor: float, semitones: float, length: int) -> np.ndarray:
    """[length] audio from tick ``start`` on by WORLD, ``factor`` times as long, pitch and formants moved."""
    heard, period = truth.heard, TICK / 2
    ticks = int(np.ceil(length / factor / HOP)) + 1
    audio, hz = _part(heard.audio, start * HOP, ticks * HOP), _part(heard.hz, 2 * start, 2 * ticks)
    times = np.arange(len(hz)) * period
    spectrum = pyworld.cheaptrick(audio, hz, times, SAMPLE_RATE)
    aperiodicity = pyworld.d4c(audio, hz, times, SAMPLE_RATE)
    index = np.minimum(np.rint(np.arange(2 * length // HOP + 2) / factor).astype(int), len(hz) - 1)
    spectrum = np.ascontiguousarray(world_voice.warp(spectrum[index], rng.uniform(*FORMANTS)))
    hz = hz[index] * 2 ** (semitones / 12)
    return pyworld.synthesize(hz, spectrum, aperiodicity[index], SAMPLE_RATE, 1000 * period)[:length]


def _part(values: np.ndarray, start: int, size: int) -> np.ndarray:
    """[size] of ``values`` from ``start`` on, zeros after their end."""
    part = values[start : start + size]
    return np.pad(part, (0, size - len(part)))


def clips(rng: np.random.Generator, truth: Truth, changed: bool) -> list[Clip]:
    """One pass through a recording in clips of ``clip.SECONDS``, each changed in its own way or all as recorded."""
    ticks, start, out = int(SECONDS * SAMPLE_RATE) // HOP, 0, []
    while start == 0 or start + int(1 / TICK) < len(truth.midi):
        kind = rng.choice(["resampled", "resung"]) if changed else "recorded"
        factor, semitones = 1.0, 0.0
        if kind == "recorded":
            audio = _part(truth.heard.audio, start * HOP, ticks * HOP)
        elif kind == "resampled":
            ratio = Fraction(2 ** (rng.uniform(-1, 1) * RESAMPLED_SEMITONES / 12)).limit_denominator(40)
            factor = float(ratio)
            semitones = -12 * np.log2(factor)
            audio = resampled(truth, start, ratio.numerator, ratio.denominator, ticks * HOP)
        else:
            factor, semitones = STRETCH ** rng.uniform(-1, 1), rng.uniform(-1, 1) * WORLD_SEMITONES
            audio = resung(rng, truth, start, factor, semitones, ticks * HOP)
        audio = augment(rng, np.pad(audio, (0, ticks * HOP - len(audio))))
        table = labels.shift(excerpt(truth, start, factor, semitones, ticks).table())
        out.append(Clip(audio, features(audio).astype(np.float16), table))
        start += int(ticks / factor)
    return out


def find(folder: Path) -> list[tuple[str, Path, Path | None]]:
    """(name, recording, MIDI if there is one) of all recordings below ``folder``, in order."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    midi = {p.with_suffix(""): p for p in files if p.suffix.lower() in MIDI}
    recordings = {p.with_suffix(""): p for p in files if p.suffix.lower() in RECORDINGS}
    return [("-".join(stem.relative_to(folder).parts), path, midi.get(stem)) for stem, path in recordings.items()]


def bring_in(pair: tuple[str, Path, Path | None], target: Path, split: str, track: str | None, copies: int) -> tuple[bool, str]:
    """Writes one pair's shard: (whether it is usable, a line about it)."""
    name, recording, midi = pair
    path = target / f"{split}-pair-{name}"
    if render.complete(path):
        return True, f"{name}: kept"
    try:
        if midi is None:
            raise Refused("there is no MIDI file of that name")
        melody = read_melody(midi, track)
        truth, found = learn(read_audio(recording), melody)
    except Refused as reason:
        return False, f"{name}: refused: {reason}"
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    made = [c for copy in range(copies) for c in clips(rng, truth, changed=copy > 0)]
    render.write(path, made)
    return True, f"{name}: {len(melody)} notes, {np.mean(found.heard > HEARD):.0%} heard, {len(made)} clips"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--copies", type=int, default=4, help="versions of each recording, the first one unchanged")
    parser.add_argument("--track", help="name or number (from 0) of the melody's MIDI track, where there are several")
    parser.add_argument("--split", choices=("train", "valid"), default="train", help="what the shards are for")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    args = parser.parse_args()
    if args.copies < 1:
        raise SystemExit("pairs: --copies must be at least 1")
    found = find(args.folder)
    if not found:
        raise SystemExit(f"pairs: no recordings below {args.folder}")
    args.data.mkdir(parents=True, exist_ok=True)
    started, usable = time.time(), 0
    job = partial(bring_in, target=args.data, split=args.split, track=args.track, copies=args.copies)
    with multiprocessing.get_context("fork").Pool(args.workers) as pool:
        for done, (used, line) in enumerate(pool.imap_unordered(job, found), 1):
            usable += used
            print(f"{done}/{len(found)} {line} ({time.time() - started:.0f} s)", flush=True)
    print(f"{usable} of {len(found)} pairs usable")
    if not usable:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
