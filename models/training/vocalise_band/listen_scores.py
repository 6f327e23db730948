"""Scores of listeners: the key that says which version is behind which token, the order each heard, and the table.

OUT/key.json: ``versions``: token to clip (name), number (of the clip on the page; 0 once the page was made anew) and
version. A page knows tokens and numbers only. Scores lie in OUT/scores*.csv: the server's own, with names, and files
that listeners downloaded, with tokens and numbers.
"""

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np

COLUMNS = ("time", "listener", "clip", "version", "question", "score")
QUESTIONS = {
    "fits": "Fits the singing",
    "genre": "Sounds like the genre",
    "overall": "Overall",
}
LISTENER = re.compile(r"\w[\w .'-]{0,59}")
"""A name: letters, digits and a few signs; none that a spreadsheet takes for a formula."""
PLACES = "ABCDEFGH"


class Invalid(ValueError):
    """A rating that is none; the message says why."""


def read_key(out: Path) -> dict[str, dict]:
    return json.loads((out / "key.json").read_text())["versions"]


def order(listener: str, clip: str, tokens: list[str]) -> list[str]:
    """In what order a listener meets the versions of a clip (or, with clip "clips", the clips). The page does the same:
    FNV-1a of "listener\\nclip" is the seed of mulberry32, which shuffles (Fisher-Yates) the sorted tokens."""
    seed = 0x811C9DC5
    for byte in f"{listener.strip().lower()}\n{clip}".encode():
        seed = (seed ^ byte) * 0x01000193 & 0xFFFFFFFF
    found = sorted(tokens)
    for i in range(len(found) - 1, 0, -1):
        seed = (seed + 0x6D2B79F5) & 0xFFFFFFFF
        t = (seed ^ seed >> 15) * (1 | seed) & 0xFFFFFFFF
        t = (t + ((t ^ t >> 7) * (61 | t) & 0xFFFFFFFF) & 0xFFFFFFFF) ^ t
        j = int((t ^ t >> 14) / 2**32 * (i + 1))
        found[i], found[j] = found[j], found[i]
    return found


def checked(rating: object, listener: object, key: dict[str, dict]) -> tuple[str, str, str, str, int]:
    """(listener, clip, version, question, score) of a rating by token, or Invalid."""
    if not isinstance(listener, str) or not LISTENER.fullmatch(listener):
        raise Invalid("a listener's name is 1 to 60 letters, digits, spaces or .'-")
    if not isinstance(rating, dict):
        raise Invalid("a rating has token, question and score")
    token, question, score = (rating.get(name) for name in ("token", "question", "score"))
    if not isinstance(token, str) or token not in key:
        raise Invalid("no such version on this page; load it again")
    if question not in list(QUESTIONS):
        raise Invalid("no such question")
    if type(score) is not int or not 1 <= score <= 5:
        raise Invalid("a score is a whole number from 1 to 5")
    return listener, key[token]["clip"], key[token]["version"], question, score


def read_scores(out: Path, key: dict[str, dict]) -> list[dict]:
    """The last score that each listener (in whatever case a name is written) gave to each version and question; lines
    that are no scores of this folder's pages are passed over."""
    known = {(entry["clip"], entry["version"]) for entry in key.values()}
    rows = []
    for path in sorted(out.glob("scores*.csv")):
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows.extend(csv.DictReader(lines))
    found = {}
    for row in sorted(rows, key=lambda row: row.get("time") or ""):
        entry = key.get(row.get("version"), {"clip": row.get("clip"), "version": row.get("version")})
        known_version = (entry["clip"], entry["version"]) in known
        if not known_version or row.get("question") not in QUESTIONS or row.get("score") not in ("1", "2", "3", "4", "5"):
            continue
        found[row["listener"].strip().lower(), entry["clip"], entry["version"], row["question"]] = int(row["score"])
    return [dict(zip(COLUMNS[1:], (*at, score))) for at, score in found.items()]


def mean_and_half(scores: list[int]) -> tuple[float, float]:
    """(mean, half of its 95 % interval by Student's t; NaN for a single score), every score taken as independent."""
    from scipy.special import stdtrit

    count = len(scores)
    if count < 2:
        return float(np.mean(scores)), np.nan
    return float(np.mean(scores)), float(stdtrit(count - 1, 0.975) * np.std(scores, ddof=1) / np.sqrt(count))


def said(scores: list[int]) -> str:
    if not scores:
        return ""
    mean, half = mean_and_half(scores)
    return f"{mean:.2f} ({len(scores)})" if np.isnan(half) else f"{mean:.2f} ± {half:.2f} ({len(scores)})"


def table(out: Path) -> str:
    """Mean opinion scores by version and question, and by the place at which a version was met."""
    key = read_key(out)
    rows = read_scores(out, key)
    if not rows:
        return f"no scores in {out} yet: listeners' files go there as scores-NAME.csv"
    by, by_place = defaultdict(list), defaultdict(list)
    current = {(entry["clip"], entry["version"]): (token, entry["number"]) for token, entry in key.items() if entry["number"]}
    tokens = defaultdict(list)
    for token, number in current.values():
        tokens[number].append(token)
    for row in rows:
        by[row["version"], row["question"]].append(row["score"])
        token, number = current.get((row["clip"], row["version"]), (None, 0))
        if token and row["question"] == "overall":
            by_place[order(row["listener"], str(number), tokens[number]).index(token)].append(row["score"])
    versions = sorted({row["version"] for row in rows}, key=lambda v: -np.mean(by[v, "overall"] or [0]))
    listeners, clips = (len({row[name] for row in rows}) for name in ("listener", "clip"))
    lines = [
        f"Listeners: {listeners}. Clips: {clips}. Mean ± half of the 95 % interval (number of scores)", "", "| version | " + " | ".join(QUESTIONS.values()) + " |", "|---" * (1 + len(QUESTIONS)) + "|",
    ]  # fmt: skip
    lines += [f"| {version} | " + " | ".join(said(by[version, q]) for q in QUESTIONS) + " |" for version in versions]
    if by_place:
        places = ", ".join(f"{PLACES[place]} {said(by_place[place])}" for place in sorted(by_place))
        lines += ["", f"Overall by the place on the page (alike, if the order does not matter): {places}"]
    return "\n".join(lines)
