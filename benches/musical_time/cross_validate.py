"""Measures the beat tracker on every drummer of Groove with patterns that were fitted without them.

    python cross_validate.py CORPUS.jsonl.gz SCRATCH

Two drummers are held out for good (see corpus.rs), and play in two ways only: here five groups of the
ten take turns. What is committed is measured, in a worktree below SCRATCH, whose patterns are fitted
anew for each group; fits are kept by commit. Needs what fit_patterns.py needs, git and cargo; takes
half an hour. Groove's `eval_session` is the same ten grooves played by four of the drummers, so a
drummer who is left out has not left out all that he plays; and what is no pattern, such as how long
a tempo is held, was chosen with most of these drummers in view.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

GROUPS = [["drummer5", "drummer10"], ["drummer7"], ["drummer1", "drummer2"], ["drummer8", "drummer9"], ["drummer3", "drummer4", "drummer6"]]
HERE = Path(__file__).resolve().parent
COLUMNS = ("tempo", "or x2, /2", "F", "or x2, /2", "F from the first beat")


def replaced(source, patterns):
    """Rust source with its constant replaced."""
    start = source.index("#[rustfmt::skip]\npub(super) const PATTERNS")
    end = source.index("\n];\n", start) + len("\n];\n")
    return source[:start] + patterns + source[end:]


def main():
    corpus, scratch = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    tree, target = scratch / "tree", scratch / "target"
    git = lambda *words, check=True: subprocess.run(["git", *words], cwd=HERE, check=check, capture_output=True, text=True)
    commit = git("rev-parse", "--short", "HEAD").stdout.strip()
    git("worktree", "remove", "--force", tree, check=False)
    git("worktree", "prune")
    git("worktree", "add", "--detach", tree)
    source = tree / "src/music/rhythm_patterns.rs"
    sums, count = [0.0] * len(COLUMNS), 0
    for group in GROUPS:
        fitted = scratch / f"{commit}-{'-'.join(group)}.rs"
        if not fitted.exists():
            subprocess.run([sys.executable, HERE / "fit_patterns.py", corpus, fitted, "--without", *group], check=True)
        source.write_text(replaced(source.read_text(), fitted.read_text()))
        command = ["cargo", "bench", "--bench", "musical_time", "--", "drummers", ",".join(group)]
        env = os.environ | {"VOCALISE_CORPUS": str(corpus), "CARGO_TARGET_DIR": str(target)}
        said = subprocess.run(command, cwd=tree, env=env, check=True, capture_output=True, text=True).stdout
        n, *values = (float(cell) for cell in re.search(r"\| drums .*?\|(.*)\|", said)[1].split("|"))
        print(" ".join(group), int(n), *(f"{value:.3f}" for value in values[: len(COLUMNS)]), flush=True)
        sums, count = [total + n * value for total, value in zip(sums, values)], count + n
    git("worktree", "remove", "--force", tree)
    print("all", int(count), *(f"{name} {total / count:.3f}" for name, total in zip(COLUMNS, sums)))


if __name__ == "__main__":
    main()
