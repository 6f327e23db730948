"""Where the sound of instruments comes from: General MIDI sound sets and models that Debian and npm have as packages, and our own."""

from dataclasses import dataclass
from pathlib import Path

SOUNDS = Path("/usr/share/sounds")
RECORDINGS = Path.home() / ".cache/vocalise_timbre"
"""Where ``recordings`` puts what it fetches."""


@dataclass(frozen=True)
class SoundFont:
    """One set of sounds."""

    package: str
    """Of Debian; npm: see ``recordings``; empty: it is part of this one."""
    path: Path
    """A .sf2 or .sf3, a configuration of TiMidity++, a program, a library, or a folder."""
    family: str
    """Sets of one family share recordings: nothing may be trained on one and called unheard on another."""
    licence: str
    recorded: bool = True
    """Whether people played it; what is computed trains half as often."""

    @property
    def available(self) -> bool:
        return self.path.exists()


FONTS = {
    "fluid": SoundFont("fluid-soundfont-gm", SOUNDS / "sf2/FluidR3_GM.sf2", "fluid", "MIT"),
    "musescore": SoundFont("musescore-general-soundfont-small", SOUNDS / "sf3/MuseScore_General_Lite.sf3", "fluid", "MIT"),
    "opl3": SoundFont("opl3-soundfont", SOUNDS / "sf2/OPL-3_FM_128M.sf2", "opl3", "CC BY-SA 4.0", False),
    "freepats": SoundFont("freepats", Path("/etc/timidity/freepats.cfg"), "freepats", "GPL-2+ with an exception"),
    "csound": SoundFont("csound-soundfont", SOUNDS / "sf2/sf_GMbank.sf2", "emu", "public domain"),
    "stk": SoundFont("stk", Path("/usr/bin/stk-demo"), "stk", "permissive", False),
    "additive": SoundFont("", Path(__file__).parent / "additive.py", "additive", "ours", False),
    "timgm": SoundFont("timgm6mb-soundfont", SOUNDS / "sf2/TimGM6mb.sf2", "emu", "GPL-2"),
    "sonivox": SoundFont("libsonivox3", Path("/usr/lib/x86_64-linux-gnu/libsonivox.so.3"), "sonivox", "Apache-2.0"),
    "recordings": SoundFont("npm: python -m vocalise_timbre.recordings", RECORDINGS, "recordings", "CC BY 3.0"),
    "mda": SoundFont("mda-lv2", Path("/usr/lib/lv2/mda.lv2"), "mda", "GPL-3+", False),
}
"""By the name that data files have. The place decides which phrases are drawn, so new ones go to the end. TimGM6mb holds many of
the samples of Csound's bank, MuseScore's set most of Fluid's."""
HELD_OUT_FAMILY = "emu"
"""What the shipped weights never heard: every figure of the card is measured on it."""
