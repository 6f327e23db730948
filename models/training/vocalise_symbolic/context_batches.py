"""Training batches of the context model: pieces of lines, re-timed by people's deviations, with something left out.

Two kinds. ``hindsight``: notes with pitches, velocities or durations masked, to be read from both sides.
``foresight``: notes followed by one query for each, which says what little may be known of it; the mask of
``context_model.look_back`` keeps every query from its answer.
"""

from dataclasses import dataclass

import numpy as np

from . import deviations, genres
from . import note_features as nf
from .corpus import TICKS, Line

NOTHING = -100
"""Class of what is not asked for."""


@dataclass
class Batch:
    notes: np.ndarray
    genre: np.ndarray
    instrument: np.ndarray
    note: np.ndarray
    timing: np.ndarray
    dynamics: np.ndarray


@dataclass
class Excerpt:
    """A stretch of a line as somebody performed it."""

    pitch: np.ndarray
    score: np.ndarray
    place: np.ndarray
    gap: np.ndarray
    duration: np.ndarray
    velocity: np.ndarray
    scored: bool
    real_velocity: bool
    bar: float
    bar_known: bool
    bpm: float


def perform(line: Line, start: int, length: int, late: np.ndarray | None, bpm: float, transpose: int = 0) -> Excerpt:
    """``late``: seconds by which each note misses its score position; None leaves the line as it is."""
    part = slice(start, start + length)
    score = line.onset[part]
    score = score - np.floor(score[0] / line.bar) * line.bar
    place = score.copy()
    if late is not None and line.scored:
        place = np.maximum.accumulate(score + late * bpm / 60)
    velocity = line.velocity[part] if line.real_velocity else np.full(len(score), np.nan)
    return Excerpt(
        line.pitch[part] + transpose, score, place, np.diff(place, prepend=np.nan), line.duration[part], velocity,
        line.scored, line.real_velocity, line.bar, line.bar_known, bpm,
    )  # fmt: skip


def to_notes(excerpts: list[Excerpt], **changes: np.ndarray) -> nf.Notes:
    """Stacked [B, T]; ``changes`` replace fields (of what is masked)."""
    stack = lambda name: np.stack([getattr(e, name) for e in excerpts])
    fields = {name: stack(name) for name in ("pitch", "place", "gap", "duration", "velocity")}
    fields |= {name: np.array([getattr(e, name) for e in excerpts]) for name in ("bar_known", "bar", "bpm")}
    fields |= {"query": np.zeros(fields["pitch"].shape, bool)}
    return nf.Notes(**(fields | changes))


def timing_targets(excerpts: list[Excerpt], place: np.ndarray) -> np.ndarray:
    score = np.stack([e.score for e in excerpts])
    on_line = np.abs(score * TICKS - np.round(score * TICKS)) < 1e-3
    found = nf.timing_class(score, place)
    scored = np.array([e.scored for e in excerpts])[:, None]
    return np.where(scored & on_line & (found >= 0), found, NOTHING)


def velocity_targets(excerpts: list[Excerpt]) -> np.ndarray:
    velocity = np.stack([e.velocity for e in excerpts])
    return np.where(np.isnan(velocity), NOTHING, nf.dynamics_bin(np.nan_to_num(velocity)))


class Sampler:
    """Draws excerpts: a source by its weight, then a line by its length."""

    WEIGHTS = {"pop909": 0.4, "nottingham": 0.18, "openewld": 0.14, "jsb": 0.13, "groove": 0.15}

    def __init__(self, lines: list[Line], bank: list[deviations.Sequence], seed: int, human: bool = True) -> None:
        self.rng = np.random.default_rng(seed)
        self.human = human
        self.sources = [s for s in self.WEIGHTS if any(line.source == s for line in lines)]
        self.lines = {s: [line for line in lines if line.source == s] for s in self.sources}
        self.chances = np.array([self.WEIGHTS[s] for s in self.sources])
        self.chances /= self.chances.sum()
        self.bank = {s: [q for q in bank if q.source == s] for s in ("groove", "elbongosero", "sung")}

    def late(self, length: int) -> np.ndarray | None:
        """Deviations of a drummer, of a tapper, of a made-up singer, or of one of these two as the pitch model hears a
        voice; now and then none."""
        if not self.human or self.rng.random() < 0.05:
            return None
        kind = self.rng.choice(4, p=(0.25, 0.25, 0.25, 0.25) if self.bank["sung"] else (0.32, 0.32, 0.36, 0.0))
        if kind == 2:
            return deviations.singer(length, self.rng)
        person = self.replay(("groove", "elbongosero")[kind if kind < 2 else self.rng.integers(2)], length)
        return person + self.replay("sung", length) if kind == 3 else person

    def replay(self, source: str, length: int) -> np.ndarray:
        known = self.bank[source]
        # a little more of a shift, so that the lags of a few players are not all there is
        return deviations.replay(known[self.rng.integers(len(known))], length, self.rng) + self.rng.normal(0, 0.006)

    def excerpt(self, length: int) -> tuple[Excerpt, int, int]:
        """(excerpt, genre, instrument) of ``length`` notes."""
        rng = self.rng
        while True:
            source = self.sources[rng.choice(len(self.sources), p=self.chances)]
            line = self.lines[source][rng.integers(len(self.lines[source]))]
            if len(line) >= length and rng.random() < len(line) / 400 + 0.2:
                break
        names, weights = genres.genre_weights(line.label)
        drums = line.role == "drums"
        low, high = max(-6, 21 - line.pitch.min()), min(6, 108 - line.pitch.max())
        transpose = 0 if drums or low > high else int(rng.integers(low, high + 1))
        bpm = float(line.bpm if drums else rng.uniform(60, 180))
        start = int(rng.integers(len(line) - length + 1))
        found = perform(line, start, length, None if drums else self.late(length), bpm, transpose)
        found.bar_known = found.bar_known and rng.random() > 0.1
        if found.real_velocity and rng.random() < 0.5:
            found.velocity = np.clip(found.velocity + rng.normal(0, 8), 1, 127)
        return found, int(rng.choice(names, p=weights)), int(rng.choice(genres.instruments(line.role)))

    def draw(self, size: int, length: int) -> tuple[list[Excerpt], np.ndarray, np.ndarray]:
        excerpts, genre, instrument = zip(*(self.excerpt(length) for _ in range(size)))
        return list(excerpts), np.array(genre), np.array(instrument)

    def hindsight(self, size: int, length: int) -> Batch:
        rng = self.rng
        excerpts, genre, instrument = self.draw(size, length)
        notes = to_notes(excerpts)
        shape = notes.pitch.shape
        hidden = rng.random(shape) < 0.15
        unheard = rng.random(shape) < rng.choice([0.15, 0.5, 1.0], (size, 1), p=(0.6, 0.3, 0.1))
        endless = rng.random(shape) < 0.1
        endless[:, -1] |= rng.random(size) < 0.5
        note = np.where(hidden, notes.pitch, NOTHING)
        dynamics = np.where(unheard, velocity_targets(excerpts), NOTHING)
        masked = to_notes(
            excerpts,
            pitch=np.where(hidden, -1, notes.pitch),
            velocity=np.where(unheard, np.nan, notes.velocity),
            duration=np.where(endless, np.nan, notes.duration),
        )
        timing = timing_targets(excerpts, notes.place)
        return Batch(nf.features(masked), genre, instrument, note, timing, dynamics)

    def foresight(self, size: int, length: int) -> Batch:
        rng = self.rng
        excerpts, genre, instrument = self.draw(size, length)
        sung = to_notes(excerpts)
        unheard = rng.random((size, length)) < rng.choice([0.0, 0.15, 1.0], (size, 1), p=(0.5, 0.4, 0.1))
        endless = rng.random((size, length)) < rng.choice([0.0, 0.5], (size, 1))
        placed = np.repeat(rng.random((size, 1)) < 0.3, length, 1)
        given = to_notes(
            excerpts,
            velocity=np.where(unheard, np.nan, sung.velocity),
            duration=np.where(endless, np.nan, sung.duration),
        )
        nan = np.full((size, length), np.nan)
        query = to_notes(
            excerpts,
            pitch=np.full((size, length), -1),
            place=np.where(placed, sung.place, np.nan),
            duration=nan,
            velocity=nan,
            query=np.ones((size, length), bool),
        )
        loud = velocity_targets(excerpts)
        coming = sung.pitch.copy()
        coming[:, 0] = NOTHING  # pitches are heard against the first note, so it cannot be asked for
        return Batch(
            np.concatenate([nf.features(given), nf.features(query)], 1),
            genre,
            instrument,
            np.concatenate([np.full((size, length), NOTHING), coming], 1),
            np.concatenate([timing_targets(excerpts, sung.place), timing_targets(excerpts, query.place)], 1),
            np.concatenate([np.where(unheard, loud, NOTHING), loud], 1),
        )
