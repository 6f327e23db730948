"""Counts harmony in the training pieces: ``python -m vocalise_symbolic.harmony CORPUS MODELS_DIR``.

Writes MODELS_DIR/harmony.json, which the harmony planner (``src/music/harmony``) reads. A chord is counted as a *state*:
its root above the tonic and one of four families (major, minor, dominant, diminished: ``FAMILIES``), state = 12 family +
root. Within a state a genre prefers certain qualities.

==============  ====================================================================================================
families        the qualities of each family, by name
modes.tones     mode, place (0: begins a half of the bar, 1: elsewhere), state: how often each pitch class above the tonic
modes.leads     mode, half: from the pitch class a bar ends on to the one that the next bar's halves begin with
genres          per genre: source of its numbers, chance of a change in mid-bar, first states, bar-line and mid-bar
                transitions (rows of [state, parts in a thousand], what a row lacks is left to chance), qualities by state
weights         how much the planner trusts what
==============  ====================================================================================================
"""

import argparse
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from . import corpus, genres

QUALITIES = (
    "maj", "min", "dom7", "maj7", "min7", "dim", "hdim7", "dim7", "aug", "sus4", "sus2", "maj6", "min6", "minmaj7",
    "power",
)  # fmt: skip
INTERVALS = (
    (0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10), (0, 3, 6), (0, 3, 6, 10), (0, 3, 6, 9),
    (0, 4, 8), (0, 5, 7), (0, 2, 7), (0, 4, 7, 9), (0, 3, 7, 9), (0, 3, 7, 11), (0, 7),
)  # fmt: skip
FAMILIES = (
    ("maj", "maj7", "maj6", "sus2", "sus4", "aug", "power"), ("min", "min7", "min6", "minmaj7", "power"), ("dom7",),
    ("dim", "hdim7", "dim7"),
)  # fmt: skip
STATES = 48
LABELS = {
    "maj": "maj", "min": "min", "7": "dom7", "maj7": "maj7", "min7": "min7", "dim": "dim", "hdim7": "hdim7",
    "dim7": "dim7", "aug": "aug", "sus4": "sus4", "sus2": "sus2", "maj6": "maj6", "min6": "min6", "minmaj7": "minmaj7",
    "sus4(b7)": "sus4", "major": "maj", "minor": "min", "dominant": "dom7", "minor-seventh": "min7",
    "major-seventh": "maj7", "diminished": "dim", "major-sixth": "maj6", "dominant-ninth": "dom7",
    "diminished-seventh": "dim7", "minor-sixth": "min6", "augmented-seventh": "dom7", "augmented": "aug",
    "half-diminished": "hdim7", "suspended-fourth": "sus4", "dominant-13th": "dom7", "minor-ninth": "min7",
    "augmented-ninth": "dom7", "major-ninth": "maj7", "dominant-11th": "dom7", "minor-major": "minmaj7",
    "minor-11th": "min7", "major-minor": "dom7", "maj69": "maj6", "power": "power", "minor-13th": "min7",
}  # fmt: skip
"""The corpora's names of chords; a ninth or more counts as its seventh chord."""
NOTES = np.array(
    [
        [230, 2, 147, 3, 174, 77, 5, 192, 2, 104, 2, 62],
        [231, 3, 120, 160, 1, 142, 2, 193, 33, 12, 86, 16],
    ]
)
"""What melodies have in a key, as in src/music/key_profiles.rs."""
SEEDS = (
    {(0, 0): 30, (0, 5): 17, (0, 7): 14, (2, 7): 10, (1, 9): 12, (1, 2): 10, (1, 4): 5, (0, 10): 1.5, (2, 0): 1.5,
     (2, 2): 2, (0, 2): 1, (3, 11): 0.7, (2, 4): 0.7, (0, 4): 0.7, (2, 9): 0.7, (1, 5): 0.7, (0, 8): 0.5, (0, 3): 0.4},
    {(1, 0): 30, (1, 5): 11, (0, 7): 5, (2, 7): 9, (1, 7): 6, (0, 8): 12, (0, 10): 12, (0, 3): 10, (2, 10): 3,
     (3, 2): 1.5, (2, 0): 0.7, (2, 2): 0.7, (0, 5): 1, (3, 11): 0.7, (1, 10): 0.4, (0, 1): 0.4, (0, 0): 0.5},
)  # fmt: skip
"""How often (family, root above the tonic) stands in major and minor: only to find the keys of labelled pieces."""
KEY_CHANGE = 9.0
"""What a change of key costs when the keys of a piece are read from its chords, in nats."""
STRONG_WITHIN = 0.13
"""A note this near (in quarters) to the beginning of a half bar begins it."""


@dataclass
class Song:
    """A melody in bars, with the chords that people put under it. Times in quarters."""

    piece: str
    source: str
    label: str
    bar: float
    meter: str
    notes: list[list[tuple[int, float, float, float]]] = field(default_factory=list)
    """Per bar: MIDI key, start within the bar, length, velocity 0..1."""
    halves: list = field(default_factory=list)
    """Per half bar: (root, quality) or None."""
    own: list[list] = field(default_factory=list)
    """Per bar, per note: the chord that sounds where the note begins, or None."""
    keys: list[tuple[int, int]] = field(default_factory=list)
    """Per bar: (tonic, 1 for minor)."""

    @property
    def genre(self) -> int:
        return genres.measured_genre(self.label)

    def strong(self, start: float) -> bool:
        """Whether a note begins on beats 1 and 3 of 4/4, 1 of 3/4, 1 and 4 of 6/8."""
        beats = (0.0, self.bar / 2) if self.meter in ("4/4", "2/2", "6/8", "12/8", "6/4") else (0.0,)
        return any(abs(start - beat) < STRONG_WITHIN for beat in beats)


@cache
def root_of(name: str) -> int | None:
    if not name or name[0] not in "CDEFGAB":
        return None
    return ("C D EF G A B".index(name[0]) + name.count("#") - name[1:].count("b")) % 12


def chord_of(label: str) -> tuple[int, int] | None:
    root, _, quality = label.partition(":")
    quality = LABELS.get(quality.split("/")[0])
    root = root_of(root)
    return None if quality is None or root is None else (root, QUALITIES.index(quality))


def family_of(quality: int) -> int:
    return next(i for i, names in enumerate(FAMILIES) if QUALITIES[quality] in names)


def state_of(chord: tuple[int, int], tonic: int) -> int:
    return 12 * family_of(chord[1]) + (chord[0] - tonic) % 12


def tones(chord: tuple[int, int]) -> set[int]:
    return {(chord[0] + above) % 12 for above in INTERVALS[chord[1]]}


def chords_from_notes(notes: list) -> list[tuple[float, float, tuple[int, int]]]:
    """Nottingham's chords, which are notes in root position."""
    at: dict[float, list] = {}
    for note in notes:
        at.setdefault(note[0], []).append(note)
    found = []
    for onset, together in sorted(at.items()):
        root = int(min(n[2] for n in together)) % 12
        held = {int(n[2] - root) % 12 for n in together}
        best = max(range(len(QUALITIES)), key=lambda q: (len(held & set(INTERVALS[q])) - len(set(INTERVALS[q]) - held), -q))
        if len(together) >= 3:
            found.append((onset, max(n[1] for n in together), (root, best)))
    return found


def chords_from_voices(tracks: list, end: float) -> list[tuple[float, float, tuple[int, int]]]:
    """A chorale's chord on each quarter: the one whose tones sound longest in it, the bass telling the root."""
    voices = [[n for n in t["notes"]] for t in tracks]
    found = []
    for beat in range(int(np.ceil(end))):
        weights, low = np.zeros(12), None
        for voice in voices:
            for onset, length, key in ((n[0], n[1], int(n[2])) for n in voice):
                share = min(onset + length, beat + 1) - max(onset, beat)
                if share > 0:
                    # what begins on the beat makes the harmony, eighths after it pass
                    weights[key % 12] += share * (1.5 if onset <= beat + 0.01 else 0.5)
                    if onset <= beat + 0.01 and (low is None or key < low):
                        low = key
        if not weights.any():
            continue
        def fit(chord: tuple[int, int]) -> float:
            inside = [weights[p] for p in tones(chord)]
            rare = {"maj": 0.3, "min": 0.3, "dom7": 0.1, "dim": 0.05}.get(QUALITIES[chord[1]], -0.3)
            bass = 0.3 * (low is not None and low % 12 == chord[0])
            return 2 * sum(inside) - weights.sum() - 0.8 * sum(w == 0 for w in inside) - 0.1 * len(inside) + rare + bass
        allowed = [QUALITIES.index(q) for q in ("maj", "min", "dom7", "maj7", "min7", "dim", "hdim7", "dim7")]
        found.append((float(beat), 1.0, max(((r, q) for r in range(12) for q in allowed), key=fit)))
    return found


def fits_own_band(piece: dict, chords: list) -> bool:
    """Whether POP909's labels lie under the notes of its own piano; where its beat was lost they do not."""
    inside = heard = 0.0
    starts = np.array([c[0] for c in chords])
    for track in piece["tracks"]:
        if track["role"] != "chords":
            continue
        for onset, length, key in ((n[0], n[1], int(n[2])) for n in track["notes"]):
            i = int(np.searchsorted(starts, onset + 0.1, side="right")) - 1
            if i >= 0 and onset < chords[i][0] + chords[i][1]:
                heard += length
                inside += length * (key % 12 in tones(chords[i][2]))
    return heard > 0 and inside / heard > 0.75


def song_of(piece: dict) -> Song | None:
    source, meter = piece["src"], piece["ts"]
    melody = next((t["notes"] for t in piece["tracks"] if t["role"] == "melody"), [])
    if len(melody) < corpus.MIN_NOTES:
        return None
    table = corpus.monophonic(melody, "melody")
    bar, begin = corpus.bar_quarters(meter), 0.0
    if source == "pop909":
        if meter in ("3/4", "6/8"):
            return None
        begin = corpus.pop909_bar(piece, corpus.grid_offset(table[:, 0]))
        bar, meter = 4.0, "4/4"
    if source == "nottingham":
        chords = chords_from_notes([n for t in piece["tracks"] if t["role"] == "chords" for n in t["notes"]])
    elif source == "jsb":
        chords = chords_from_voices(piece["tracks"], float((table[:, 0] + table[:, 1]).max()))
        # the bars are not given: long notes stand at their beginnings
        votes = np.zeros(4)
        for onset, length, *_ in table:
            votes[round(onset) % 4] += length * (length >= 1.5)
        begin = float(votes.argmax())
    else:
        chords = [(o, d, chord_of(label)) for o, d, label in piece["chords"]]
        chords = [c for c in chords if c[2] is not None]
    if len(chords) < 4 or (source == "pop909" and not fits_own_band(piece, chords)):
        return None
    table[:, 0] -= begin
    chords = [(o - begin, d, c) for o, d, c in chords]
    nearest = np.round(table[:, 0] * corpus.TICKS) / corpus.TICKS
    if source == "pop909":
        close = np.abs(nearest - table[:, 0]) < 0.06
        table[close, 0] = nearest[close]
    first = int(np.floor(table[0, 0] / bar + 1e-6))
    count = int(np.floor(table[-1, 0] / bar + 1e-6)) - first + 1
    song = Song(piece["id"], source, piece["genre"], bar, meter)
    song.notes, song.own = [[] for _ in range(count)], [[] for _ in range(count)]
    starts = np.array([c[0] for c in chords])

    def sounding(at: float) -> tuple[int, int] | None:
        i = int(np.searchsorted(starts, at + 0.15 * (source == "pop909") + 1e-6, side="right")) - 1
        return chords[i][2] if i >= 0 and at < chords[i][0] + chords[i][1] + 0.05 else None

    for onset, length, key, velocity in table:
        place = int(np.floor(onset / bar + 1e-6)) - first
        song.notes[place].append((int(key), round(float(onset - (first + place) * bar), 4), float(length), velocity / 127))
        song.own[place].append(sounding(float(onset)))
    for half in range(2 * count):
        low, high = (first * 2 + half) * bar / 2, (first * 2 + half + 1) * bar / 2
        share: dict = {}
        for i in range(max(0, int(np.searchsorted(starts, low)) - 2), len(chords)):
            onset, length, chord = chords[i]
            if onset >= high:
                break
            if (inside := min(onset + length, high) - max(onset, low)) > 0:
                share[chord] = share.get(chord, 0) + inside
        song.halves.append(max(share, key=share.get) if share else None)
    if sum(h is not None for h in song.halves) < 0.6 * len(song.halves) or count < 4:
        return None
    song.keys = keys_of(song)
    return song


def keys_of(song: Song) -> list[tuple[int, int]]:
    """The key of each bar, by the cheapest way through the piece's chords and melody."""
    seeds = np.full((2, STATES), 0.15)
    for mode, table in enumerate(SEEDS):
        for (family, root), weight in table.items():
            seeds[mode, 12 * family + root] = weight
    seeds = np.log(seeds / seeds.sum(1, keepdims=True))
    notes = np.log(NOTES / NOTES.sum(1, keepdims=True))
    bars = len(song.notes)
    cost = np.zeros((bars, 24))
    for b in range(bars):
        for place in range(24):
            mode, tonic = divmod(place, 12)
            chords = [c for c in song.halves[2 * b : 2 * b + 2] if c is not None]
            cost[b, place] -= sum(seeds[mode, state_of(c, tonic)] for c in chords)
            cost[b, place] -= 0.2 * sum(notes[mode, (n[0] - tonic) % 12] for n in song.notes[b])
    final = next((c for c in reversed(song.halves) if c is not None), None)
    if final is not None:
        for place in range(24):
            mode, tonic = divmod(place, 12)
            cost[-1, place] -= 4.0 * (final[0] == tonic and (family_of(final[1]) == 1) == bool(mode))
    total, back = cost[0].copy(), []
    for b in range(1, bars):
        best = int(total.argmin())
        stay = total <= total[best] + KEY_CHANGE
        back.append(np.where(stay, np.arange(24), best))
        total = np.where(stay, total, total[best] + KEY_CHANGE) + cost[b]
    way = [int(total.argmin())]
    for step in reversed(back):
        way.append(int(step[way[-1]]))
    return [(place % 12, place // 12) for place in reversed(way)]


def songs(path: Path) -> tuple[list[Song], list[Song]]:
    """(training, held-out) pieces with melody and chords."""
    sides: tuple[list[Song], list[Song]] = ([], [])
    for piece in corpus.pieces(path):
        if piece["src"] in corpus.MELODIC_SOURCES and (song := song_of(piece)):
            sides[piece["id"] in corpus.validation_ids()].append(song)
    return sides


WEIGHTS = {
    "trust": 0.706, "key_change": 0.015, "key_hold": 1.001, "played": 0.063, "way": 1.744, "notes": 1.3,
    "cover": 12.245, "quality": 1.292, "lead": 0.711, "lead_within": 0.143, "usual": 0.193, "alike": 4.496,
    "alike_before": 3, "same_number": 1, "in_phase": 0.738, "moved": 0.891, "doubt": 4.14, "recall": 0.222,
    "later": 0.456, "stir": 0.759, "stir_within": 0.474, "tired": 0.381, "back_way": 1.256, "back_notes": 0.909,
    "back_cover": 7.055, "back_quality": 0.5, "back_stir": 0.097, "back_stir_within": 0.101,
}  # fmt: skip
"""What each means is said in ``src/music/harmony/weights.rs``. Found by random search on 287 training pieces with tables
counted in the others, for the share of notes held, agreement with the labels, and changes, variety and qualities near the
pieces' own."""
RULES = {
    "Trap": ("Pop", 0.35, {1: {(1, 0): 1.6, (0, 8): 1.4, (0, 10): 1.1, (0, 1): 2.0}}, {"min": 1.2, "min7": 1.2}),
    "Afrobeat": ("Pop", 0.6, {0: {(0, 5): 1.3, (1, 9): 1.2, (1, 2): 1.2}}, {"min7": 1.6, "maj7": 1.5}),
    "Hip Hop": ("Pop", 0.4, {1: {(1, 0): 1.4, (1, 5): 1.3}}, {"min7": 2.5, "maj7": 2.0}),
    "R&B": ("Pop", 1.0, {0: {(1, 2): 1.4, (1, 4): 1.3, (0, 5): 1.2}, 1: {(1, 5): 1.3}},
            {"min7": 5.0, "maj7": 5.0, "maj6": 1.5}),
    "Electronic": ("Pop", 0.35, {1: {(0, 8): 1.3, (0, 10): 1.2}}, {"sus2": 1.3, "sus4": 1.2, "min7": 1.2}),
    "Rock": ("Rock", 0.7, {0: {(0, 10): 1.5, (0, 5): 1.1}}, {"maj7": 0.4, "maj6": 0.4, "min7": 0.5}),
    "Cinematic": ("Classical", 0.3, {0: {(0, 8): 1.6, (0, 10): 1.3, (1, 5): 1.5}, 1: {(0, 8): 1.3}},
                  {"sus2": 1.5, "sus4": 1.3, "maj7": 1.2}),
}  # fmt: skip
"""What is laid over counts by hand, and is named as rules: genre -> (whose counts are borrowed, how much of its changes in
mid-bar stay, how much likelier a state (family, root) becomes in major (0) and minor (1), how much likelier a quality)."""
POWER = 1.2
"""How often Rock plays root and fifth alone against all else on the root: a rule, no piece writes it."""
OWN = {"Pop": ("pop",), "Jazz": ("jazz", "blues", "unknown"), "Rock": ("rock", "country"), "Classical": ("classical",)}
"""Which labels' pieces a genre with pieces of its own counts first; the others of ``genres.FROM_CORPUS`` fill in."""
FILL = 60.0
"""How many transitions the pieces of all genres are worth in a row of a genre's own."""


def spread(counts: np.ndarray, prior: np.ndarray, worth: float) -> np.ndarray:
    """Rows of counts as probabilities, with ``prior`` worth so many counts."""
    total = counts + worth * prior
    return total / total.sum(-1, keepdims=True)


@dataclass
class Counts:
    share: np.ndarray = field(default_factory=lambda: np.zeros((2, STATES)))
    moves: np.ndarray = field(default_factory=lambda: np.zeros((2, 2, STATES, STATES)))
    """place (0 bar line, 1 mid-bar), mode, from, to"""
    qualities: np.ndarray = field(default_factory=lambda: np.zeros((2, STATES, len(QUALITIES))))

    def add(self, song: Song, weight: float) -> None:
        for i, chord in enumerate(song.halves):
            if chord is None:
                continue
            tonic, mode = song.keys[i // 2]
            state = state_of(chord, tonic)
            self.share[mode, state] += weight
            # a tune book writes triads whatever is played
            if song.source not in ("nottingham", "jsb"):
                self.qualities[mode, state, chord[1]] += weight
            before = song.halves[i - 1] if i else None
            if before is not None and (i % 2 or song.keys[i // 2 - 1] == song.keys[i // 2]):
                self.moves[i % 2, mode, state_of(before, tonic), state] += weight


def tone_tables(training: list[Song]) -> tuple[np.ndarray, np.ndarray]:
    """(tones, leads): see the head of the file."""
    tone, lead = np.zeros((2, 2, STATES, 12)), np.full((2, 2, 12, 12), 0.5)
    for song in training:
        weight, last = 30 / max(30, len(song.notes)), None
        for b, notes in enumerate(song.notes):
            (tonic, mode), before = song.keys[b], last
            for key, start, length, _ in notes:
                above = (key - tonic) % 12
                half = min(1, int(2 * (start + 0.01) / song.bar))
                chord = song.halves[2 * b + half]
                strong = abs(start - half * song.bar / 2) < STRONG_WITHIN
                if chord is not None:
                    tone[mode, 0 if strong else 1, state_of(chord, tonic), above] += weight * min(1.5, length + 0.25)
                if strong and before is not None:
                    lead[mode, half, (before - tonic) % 12, above] += weight
                last = key
    # a rare chord's notes are guessed from those of the same family on other roots, times those of the mode
    modes = tone.sum(2, keepdims=True)
    modes = spread(modes, np.ones(12) / 12, 1.0)
    smooth = np.zeros_like(tone)
    for family in range(4):
        on_root = np.full((2, 12), 0.5)
        for root in range(12):
            on_root += np.roll(tone[:, :, 12 * family + root], -root, axis=-1).sum(0)
        on_root /= on_root.sum(-1, keepdims=True)
        for root in range(12):
            prior = np.roll(on_root, root, axis=-1)[None] * np.sqrt(modes[:, :, 0])
            prior /= prior.sum(-1, keepdims=True)
            smooth[:, :, 12 * family + root] = spread(tone[:, :, 12 * family + root], prior, 30.0)
    smooth = 0.985 * smooth + 0.015 / 12
    return smooth, lead / lead.sum(-1, keepdims=True)


def genre_tables(training: list[Song]) -> dict[str, dict]:
    everything, by_label = Counts(), {}
    for song in training:
        # long pieces say much the same again
        weight = 30 / max(30, len(song.notes))
        everything.add(song, weight)
        by_label.setdefault(song.label, Counts()).add(song, weight)
    everything_share = spread(everything.share, np.ones(STATES) / STATES, 20.0)
    all_moves = spread(everything.moves, everything_share[None, :, None], 5.0)
    tables = {}
    for genre in genres.GENRES:
        base, mid, lean, liked = RULES.get(genre, (genre, 1.0, {}, {}))
        counts, pieces = Counts(), 0
        for label, found in by_label.items():
            own = label in OWN[base]
            pieces += own * sum(s.label == label for s in training)
            for name in ("share", "moves", "qualities"):
                part = genres.FROM_CORPUS[label].get(base, 0) / sum(genres.FROM_CORPUS[label].values())
                getattr(counts, name)[...] += (1.0 if own else 0.1 * part) * getattr(found, name)
        share = spread(counts.share, everything_share, 50.0)
        moves = spread(counts.moves, all_moves, FILL)
        for mode, states in lean.items():
            for (family, root), times in states.items():
                share[mode, 12 * family + root] *= times
                moves[:, mode, :, 12 * family + root] *= times
        share /= share.sum(-1, keepdims=True)
        moves /= moves.sum(-1, keepdims=True)
        stay = np.eye(STATES, dtype=bool)
        moves[1, :, ~stay] *= mid
        moves[1] += stay * (1 - moves[1].sum(-1, keepdims=True))
        tables[genre] = {
            "source": source_of(genre, base, pieces), "share": rounded(share),
            "bar": [sparse(m) for m in moves[0]], "mid": [sparse(m) for m in moves[1]],
            "qualities": quality_rows(counts.qualities, everything.qualities, liked, genre),
        }  # fmt: skip
    return tables


def source_of(genre: str, base: str, pieces: int) -> str:
    if genre not in RULES:
        return f"counted in {pieces} pieces"
    return f"rules over what was counted in {pieces} pieces of {base}"


def quality_rows(counts: np.ndarray, everything: np.ndarray, liked: dict, genre: str) -> list:
    """[mode][state]: parts in a thousand of the qualities of its family."""
    rows = []
    for mode in range(2):
        rows.append([])
        for state in range(STATES):
            names = FAMILIES[state // 12]
            columns = [QUALITIES.index(q) for q in names]
            whole = counts[:, 12 * (state // 12) : 12 * (state // 12) + 12][..., columns].sum((0, 1)) + 0.5
            prior = whole / whole.sum()
            row = spread(counts[mode, state, columns], prior, 15.0)
            row = np.array([p * liked.get(q, 1.0) for p, q in zip(row, names)])
            if "power" in names:
                row[names.index("power")] = POWER * row.sum() if genre == "Rock" else 0.0
            rows[-1].append(np.round(1000 * row / row.sum()).astype(int).tolist())
    return rows


def sparse(rows: np.ndarray) -> list:
    return [[v for to in np.flatnonzero(row >= 0.004) for v in (int(to), int(round(1000 * row[to])))] for row in rows]


def rounded(table: np.ndarray) -> list:
    return np.round(1000 * table, 1).tolist()


def write(training: list[Song], path: Path, weights: dict) -> None:
    tone, lead = tone_tables(training)
    found = {
        "families": [list(names) for names in FAMILIES], "weights": weights,
        "tones": rounded(tone), "leads": rounded(lead), "genres": genre_tables(training),
    }  # fmt: skip
    lines = [f'"{name}": {json.dumps(value, separators=(",", ":"))}' for name, value in found.items() if name != "genres"]
    rows = [f'"{name}": {json.dumps(value, separators=(",", ":"))}' for name, value in found["genres"].items()]
    lines.append('"genres": {\n' + ",\n".join(rows) + "\n}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("models", type=Path, help="folder that gets harmony.json")
    args = parser.parse_args()
    training, held_out = songs(args.corpus)
    write(training, args.models / "harmony.json", WEIGHTS)
    print(f"{len(training)} training pieces, {len(held_out)} held out")


if __name__ == "__main__":
    main()
