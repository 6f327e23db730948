"""Writes ``pack.toml``, the manifest that Vocalise checks a model folder against before it loads it."""

import hashlib
import subprocess
import tomllib
from pathlib import Path

from . import features, model

ROLES = ("pitch", "refined")
"""The models that this package makes, in the manifest's order."""
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


def section(role: str, onnx_path: Path, commit: str) -> str:
    """The tables of ``role``, "pitch" or "refined": file, hash, timing, every tensor's shape with -1 where it is free."""
    shape = lambda dims: "[" + ", ".join(str(d) for d in dims) + "]"
    states = model.STATES if role == "pitch" else {}
    inputs = {"features": (1, -1, 2, features.BANDS), **states}
    outputs = {name: (1, -1, size) for name, size in model.HEADS.items()}
    outputs |= {f"{name}_next": dims for name, dims in states.items()}
    lines = [
        f"[{role}]",
        f'file = "{onnx_path.name}"',
        f'sha256 = "{sha256(onnx_path)}"',
        f"sample_rate = {features.SAMPLE_RATE}",
        f"hop = {features.HOP}",
        f"delay_frames = {features.DELAY_FRAMES}",
        f'training_commit = "{commit}"',
        "",
        f"[{role}.inputs]",
        *(f"{name} = {shape(dims)}" for name, dims in inputs.items()),
        "",
        f"[{role}.outputs]",
        *(f"{name} = {shape(dims)}" for name, dims in outputs.items()),
    ]
    return "\n".join(lines) + "\n"


def write(folder: Path, role: str, onnx_path: Path, commit: str) -> Path:
    """Writes ``folder``/pack.toml for the model of ``role`` at ``onnx_path`` (which lies in the folder).

    What the file said of the other role stays, if that model is still there.
    """
    path = folder / "pack.toml"
    known = tomllib.loads(path.read_text()) if path.exists() else {}
    models = {
        name: (folder / known[name]["file"], known[name]["training_commit"])
        for name in ROLES
        if name in known and (folder / known[name]["file"]).exists()
    }
    models[role] = (onnx_path, commit)
    sections = (section(name, *models[name]) for name in ROLES if name in models)
    path.write_text("\n".join([HEADER, *sections]))
    return path
