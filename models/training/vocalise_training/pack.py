"""Writes ``pack.toml``, the manifest that Vocalise checks a model folder against before it loads it."""

import hashlib
import subprocess
import tomllib
from pathlib import Path

import onnx

from . import features

ROLES = ("pitch", "refined")
"""The models that listen: their tables say what a frame is."""
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


def shapes(values) -> dict[str, list[int]]:
    """Every tensor's shape with -1 where it is free, as the exported file declares it."""
    return {v.name: [d.dim_value if d.HasField("dim_value") else -1 for d in v.type.tensor_type.shape.dim] for v in values}


def describe(role: str, onnx_path: Path, commit: str) -> dict:
    """The table of ``role``: file, hash, timing of frames where it has them, inputs and outputs."""
    graph = onnx.load(onnx_path).graph
    frames = {"sample_rate": features.SAMPLE_RATE, "hop": features.HOP, "delay_frames": features.DELAY_FRAMES}
    return {
        "file": onnx_path.name,
        "sha256": sha256(onnx_path),
        **(frames if role in ROLES else {}),
        "training_commit": commit,
        "inputs": shapes(graph.input),
        "outputs": shapes(graph.output),
    }


def section(name: str, table: dict) -> str:
    """``table`` in TOML: plain values first, then the tables within."""
    quoted = lambda value: f'"{value}"' if isinstance(value, str) else str(value)
    lines = [f"[{name}]", *(f"{key} = {quoted(value)}" for key, value in table.items() if not isinstance(value, dict))]
    inner = (section(f"{name}.{key}", value) for key, value in table.items() if isinstance(value, dict))
    return "\n".join(["\n".join(lines) + "\n", *inner])


def write(folder: Path, role: str, onnx_path: Path, commit: str) -> Path:
    """Writes ``folder``/pack.toml for the model of ``role`` at ``onnx_path`` (which lies in the folder).

    What the file said of other models stays, if their files are still there.
    """
    path = folder / "pack.toml"
    known = tomllib.loads(path.read_text()) if path.exists() else {}
    models = {name: table for name, table in known.items() if "file" in table and (folder / table["file"]).exists()}
    models[role] = describe(role, onnx_path, commit)
    ordered = sorted(models, key=lambda name: ROLES.index(name) if name in ROLES else len(ROLES))
    path.write_text("\n".join([HEADER, *(section(name, models[name]) for name in ordered)]))
    return path
