"""Renders training data: ``python -m vocalise_training.render DATA_DIR --hours H [--voices DIR]``.

Writes shards of features (float16) and labels (.npy pairs) that ``dataset`` maps into memory. A shard is determined by
its number alone; those that exist are kept, so an interrupted run goes on where it stopped and a later run may add
hours. About 185 MB an hour.
"""

import argparse
import multiprocessing
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one worker per core; BLAS threads on top would only contend
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

from . import clip  # noqa: E402

CLIPS_PER_SHARD = 60
HELD_OUT = 10_000_000
"""Shards of the validation set draw their seeds from here on."""
_voices: list = []


def load_voices(folder: Path | None) -> None:
    """Analyses the recordings once, before workers are forked."""
    _voices.clear()
    if folder:
        from . import world_voice

        _voices.extend(world_voice.load(folder))
        if not _voices:
            raise SystemExit(f"render: no voice recordings below {folder}")


def shard(job: tuple[Path, int]) -> str:
    """Renders shard ``number`` to ``path``.features.npy and .labels.npy."""
    path, number = job
    write(path, [clip.make(number * CLIPS_PER_SHARD + i, _voices) for i in range(CLIPS_PER_SHARD)])
    return path.name


def complete(path: Path) -> bool:
    """Whether shard ``path`` has been written to its end."""
    return path.with_name(f"{path.name}.features.npy").exists()


def write(path: Path, clips: list[clip.Clip]) -> None:
    """``clips`` as ``path``.features.npy and .labels.npy."""
    for name in ("labels", "features"):  # features last: their presence means the shard is complete
        target = path.with_name(f"{path.name}.{name}.npy")
        scratch = target.with_suffix(".tmp")
        with open(scratch, "wb") as file:
            np.save(file, np.stack([getattr(c, name) for c in clips]))
        os.replace(scratch, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--hours", type=float, default=10.0)
    parser.add_argument("--voices", type=Path, help="folder of recorded voices to re-synthesise")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    started = time.time()
    load_voices(args.voices)
    print(f"{len(_voices)} voices analysed in {time.time() - started:.0f} s", flush=True)
    count = max(int(round(args.hours * 3600 / (CLIPS_PER_SHARD * clip.SECONDS))), 1)
    jobs = [(args.data / "valid-0000", HELD_OUT)] + [(args.data / f"train-{i:04d}", i) for i in range(count)]
    jobs = [job for job in jobs if not complete(job[0])]
    with multiprocessing.get_context("fork").Pool(args.workers) as pool:
        for name in pool.imap_unordered(shard, jobs):
            print(f"{name} {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
