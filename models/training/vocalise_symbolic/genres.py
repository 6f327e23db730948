"""The ten genres and twenty instruments, and how the corpus' labels become them."""

GENRES = ("Trap", "Pop", "Afrobeat", "Hip Hop", "R&B", "Electronic", "Rock", "Jazz", "Classical", "Cinematic")
INSTRUMENTS = (
    "Piano", "Electric Piano", "Organ", "Synth Lead", "Pad", "Acoustic Guitar", "Electric Guitar", "Bass", "Strings",
    "Solo Violin", "Choir", "Brass", "Trumpet", "Saxophone", "Woodwinds", "Flute", "Mallets", "Plucked Synth",
    "Sub Bass", "Drums",
)  # fmt: skip
DRUMS = INSTRUMENTS.index("Drums")

FROM_CORPUS = {
    "pop": {"Pop": 16, "R&B": 1, "Electronic": 1, "Hip Hop": 1, "Trap": 1, "Afrobeat": 1},
    "folk": {"Pop": 6, "Rock": 2, "Cinematic": 2, "Afrobeat": 1, "Electronic": 1},
    "country": {"Rock": 2, "Pop": 1},
    "unknown": {"Pop": 1, "Rock": 1, "Jazz": 1},
    "classical": {"Classical": 5, "Cinematic": 1},
    "rock": {"Rock": 1},
    "jazz": {"Jazz": 1},
    "blues": {"Jazz": 1},
    "rnb_soul": {"R&B": 1},
    "funk": {"R&B": 1},
    "hip-hop": {"Hip Hop": 3, "Trap": 1},
    "electronic": {"Electronic": 1},
    "latin": {"Afrobeat": 1},
    "reggae": {"Afrobeat": 1},
    "world": {"Afrobeat": 1},
}
"""Corpus genre to genres with weights, drawn in training; the first is the one measured with.

Genres without melodies of their own borrow some of Pop's and folk's, so that their embedding is a trained one. That
makes them safe, not characteristic, and the model cards say so.
"""

FOR_ROLE = {
    "melody": tuple(i for i, name in enumerate(INSTRUMENTS) if name not in ("Bass", "Sub Bass", "Drums")),
    "bass": (INSTRUMENTS.index("Bass"), INSTRUMENTS.index("Sub Bass")),
    "drums": (DRUMS,),
}
"""Which instruments a line may be said to be played by, by its role; inner voices count as melodies."""


def genre_weights(label: str) -> tuple[list[int], list[float]]:
    """(genre indices, probabilities) of a corpus label."""
    weights = FROM_CORPUS[label]
    total = sum(weights.values())
    return [GENRES.index(g) for g in weights], [w / total for w in weights.values()]


def measured_genre(label: str) -> int:
    return GENRES.index(next(iter(FROM_CORPUS[label])))


def instruments(role: str) -> tuple[int, ...]:
    return FOR_ROLE.get(role, FOR_ROLE["melody"])
