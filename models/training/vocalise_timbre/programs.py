"""The twenty instruments as General MIDI plays them: each one's own program, close relatives, and range."""

from dataclasses import dataclass

from vocalise_symbolic.genres import INSTRUMENTS


@dataclass(frozen=True)
class Played:
    """How one instrument is played."""

    own: int
    """General MIDI program, from 0, that the plugin sends for it; of the drums, the standard kit."""
    relatives: tuple[int, ...]
    """Programs of the same kind of instrument (of the drums: other kits). They train its place; ``own`` is what is measured."""
    lowest: int
    """MIDI keys, sounding, as in ``src/music/instrument.rs``."""
    highest: int


PLAYED = {
    "Piano": Played(0, (1, 2, 3), 21, 108),
    "Electric Piano": Played(4, (5,), 28, 103),
    "Organ": Played(16, (17, 18, 19, 20), 36, 96),
    "Synth Lead": Played(81, (80, 84, 87), 36, 108),
    "Pad": Played(89, (88, 90, 94, 95), 36, 96),
    "Acoustic Guitar": Played(25, (24,), 40, 84),
    "Electric Guitar": Played(27, (26, 28, 29, 30), 40, 88),
    "Bass": Played(33, (32, 34, 35, 36, 37), 28, 67),
    "Strings": Played(48, (44, 49, 50), 28, 103),
    "Solo Violin": Played(40, (41, 110), 55, 103),
    "Choir": Played(52, (53, 54), 40, 84),
    "Brass": Played(61, (57, 60, 62, 63), 34, 84),
    "Trumpet": Played(56, (59,), 54, 86),
    "Saxophone": Played(65, (64, 66, 67), 49, 81),
    "Woodwinds": Played(71, (68, 69, 70), 50, 91),
    "Flute": Played(73, (72, 74, 75), 60, 96),
    "Mallets": Played(11, (9, 12, 13), 53, 89),
    "Plucked Synth": Played(98, (), 36, 96),
    "Sub Bass": Played(39, (38,), 24, 55),
    "Drums": Played(0, (8, 16, 24, 25, 32, 40, 48), 35, 81),
}
DRUMS = INSTRUMENTS.index("Drums")
TABLE = tuple(PLAYED[name] for name in INSTRUMENTS)
"""In the order of the instruments, which is the order of the embeddings and of the scores."""
