"""Fits the constants of src/music/key_profiles.rs from melodies whose key is known.

    cargo bench --bench musical_time -- train dump DIR
    python fit_keys.py CORPUS.jsonl.gz DIR/keys.tsv

Needs numpy. The first command derives the keys (see keys.rs) of the training part.
"""

import gzip
import json
import sys

import numpy as np

TONICS = "C Db D Eb E F F# G Ab A Bb B".split()
ALIASES = {"C#": "Db", "G#": "Ab"}
LONGEST = 4  # beats that a note counts at most


def main():
    keys = {}
    for line in open(sys.argv[2]):
        name, truth, _ = line.rstrip("\n").split("\t")
        tonic, scale = truth.split(" ")
        keys[name] = TONICS.index(ALIASES.get(tonic, tonic)), int(scale == "minor")
    notes, first = np.full((2, 12), 0.5), np.full((2, 12), 0.5)
    steps = np.full((2, 12, 12), 0.3)
    for line in gzip.open(sys.argv[1]):
        piece = json.loads(line)
        if piece["id"] not in keys:
            continue
        tonic, mode = keys[piece["id"]]
        melody = sorted(n for t in piece["tracks"] if t["role"] == "melody" for n in t["notes"])
        weight = 50 / max(20, len(melody))
        above = [(round(n[2]) - tonic) % 12 for n in melody]
        first[mode, above[0]] += 1
        for note, place in zip(melody, above):
            notes[mode, place] += weight * min(note[1], LONGEST)
        for before, after in zip(above, above[1:]):
            steps[mode, before, after] += weight
    for name, table in ("NOTES", notes), ("FIRST_NOTES", first), ("STEPS", steps):
        shares = table / table.sum(-1, keepdims=True)
        print(name, np.maximum(1, np.round(shares * 1000)).astype(int).tolist())


main()
