"""Grammars of style for the genres and tracks that the corpus has no music of.

Each grammar takes a bar's context, the genre's name, how busy (0..1) and how loud (0..1) the bar shall be, and a random
generator, and writes notes [N, 4] in the key's own frame. Patterns are strings, one character a sixteenth, so that they
can be read and sung; ``grammar`` says what turns them into notes. Every bar made here is marked as made by rules.
"""

from . import bass, chords, drums, melody

GRAMMARS = {"drums": drums.play, "bass": bass.play, "chords": chords.play, "melody": melody.play}
