"""Collects more recorded and synthetic speakers for re-synthesis: ``python -m vocalise_training.voices FOLDER``.

All come from Debian packages whose licences ask for no more than their notice: the four speakers of ``flite`` (Carnegie
Mellon University, BSD-like) read sentences, and ``festvox-ru`` holds recordings of a Russian speaker (BSD-like).
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

FLITE_VOICES = ("slt", "rms", "awb", "kal16")
SENTENCES = (
    "We were away a year ago, and the yellow moon rose over a quiet lane where nobody remembered our names.",
    "Will you ever follow me along the long and narrow road, under the old willow, to the river and the sea?",
    "Early morning light was falling on the open window, while all the children sang la la la and na na na.",
)
RUSSIAN_RECORDINGS = 6


def read_aloud(folder: Path) -> None:
    """One file per flite voice and sentence."""
    for voice in FLITE_VOICES:
        for i, sentence in enumerate(SENTENCES):
            target = folder / f"flite-{voice}-{i}.wav"
            subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", str(target)], check=True)


def russian(folder: Path) -> None:
    """The longest recordings of the package's sentences."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["apt-get", "download", "-q", "festvox-ru"], check=True, cwd=scratch)
        package = next(Path(scratch).glob("festvox-ru*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(package), scratch], check=True)
        recordings = sorted(Path(scratch).rglob("*.wav"), key=lambda path: path.stat().st_size)
        if not recordings:
            raise SystemExit("voices: festvox-ru holds no .wav files any more")
        for path in recordings[-RUSSIAN_RECORDINGS:]:
            (folder / f"festvox-ru-{path.name}").write_bytes(path.read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if folder.exists() and not folder.is_dir():
        raise SystemExit(f"voices: {folder} is not a folder")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        read_aloud(folder)
        russian(folder)
    except FileNotFoundError as missing:
        raise SystemExit(f"voices: {missing.filename} is missing; install the Debian package of that name") from None
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"voices: {failed.cmd[0]} failed: {' '.join(failed.cmd)}") from None
    print(f"{len(list(folder.glob('*.wav')))} recordings in {folder}")


if __name__ == "__main__":
    main()
