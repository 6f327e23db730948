"""A sung note, and the tab-separated files that notes are kept in."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Note:
    """What a listener would write down for one sung syllable."""

    onset: float
    """Seconds; the syllable's vowel begins, or the pitch has mostly moved to it."""
    offset: float
    """Seconds; the vowel has died away or its successor's consonant begins."""
    pitch: float
    """MIDI pitch of the note's centre as sung: with the singer's mistuning, without vibrato or slides."""
    velocity: float
    """Loudness, 0 to 1."""


def write(path: Path, notes: list[Note]) -> None:
    """Tab-separated rows of onset_s offset_s midi_pitch velocity under a # header."""
    rows = [f"{n.onset:.4f}\t{n.offset:.4f}\t{n.pitch:.3f}\t{n.velocity:.3f}" for n in notes]
    Path(path).write_text("\n".join(["#onset_s\toffset_s\tmidi_pitch\tvelocity", *rows]) + "\n")


def read(path: Path) -> list[Note]:
    """Inverse of ``write``; the velocity column may be missing, the offset may be nan (not annotated)."""
    rows = (line.split() for line in Path(path).read_text().splitlines() if line.strip() and line[0] != "#")
    return [Note(*(float(x) for x in row[:3]), float(row[3]) if len(row) > 3 else 0.7) for row in rows]
