"""Writes ``pack.toml``, the manifest that Vocalise checks a model folder against before it loads it."""

import hashlib
import subprocess
from pathlib import Path

from . import features, model

HEADER = """\
[pack]
format = 1
name = "Vocalise factory"
version = "0.1.0"
licence = "MIT OR Apache-2.0"
author = "Vocalise"
"""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def repository_commit() -> str:
    """Short hash of the code that trains, or "unknown" outside a repository."""
    here = Path(__file__).parent
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=here, capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def pitch_section(onnx_path: Path, commit: str) -> str:
    """The [pitch] tables: file, hash, timing, and every tensor's shape with -1 where it is free."""
    shape = lambda dims: "[" + ", ".join(str(d) for d in dims) + "]"
    inputs = {"features": (1, -1, 2, features.BANDS), **model.STATES}
    outputs = {name: (1, -1, size) for name, size in model.HEADS.items()}
    outputs |= {f"{name}_next": dims for name, dims in model.STATES.items()}
    lines = [
        "[pitch]",
        f'file = "{onnx_path.name}"',
        f'sha256 = "{sha256(onnx_path)}"',
        f"sample_rate = {features.SAMPLE_RATE}",
        f"hop = {features.HOP}",
        f"delay_frames = {features.DELAY_FRAMES}",
        f'training_commit = "{commit}"',
        "",
        "[pitch.inputs]",
        *(f"{name} = {shape(dims)}" for name, dims in inputs.items()),
        "",
        "[pitch.outputs]",
        *(f"{name} = {shape(dims)}" for name, dims in outputs.items()),
    ]
    return "\n".join(lines) + "\n"


def write(folder: Path, onnx_path: Path, commit: str) -> Path:
    """Writes ``folder``/pack.toml for the pitch network at ``onnx_path`` (which lies in the folder)."""
    path = folder / "pack.toml"
    path.write_text(HEADER + "\n" + pitch_section(onnx_path, commit))
    return path
