"""Measures an exported network: ``python -m vocalise_training.evaluate MODEL.onnx REF_DIR PRED_DIR [--decoder fast]``.

REF_DIR has one folder per set with NAME.flac (or .wav), NAME.notes.tsv (onset_s offset_s midi_pitch; offset nan =
not annotated) and/or NAME.f0.tsv (time_s f0_hz, 0 = unvoiced). Every clip goes through the front end, the network hop
by hop, and the reference decoder; predictions are written to PRED_DIR in the same formats. Printed per set, with 95 %
bootstrap intervals over clips: F1 of onsets (COn), + pitch (COnP), + offset (COnPOff), after Molina et al., ISMIR
2014, as mir_eval computes them (50 ms, 50 cents, 20 % or 50 ms); raw pitch accuracy, voicing recall, false alarm.
"""

import argparse
import dataclasses
import functools
import warnings
from pathlib import Path

import mir_eval
import numpy as np
import onnxruntime
import scipy.signal
import soundfile

from .decoder import Decoded, Settings, decode
from .f0_track import f0_track
from .features import DELAY_FRAMES, HOP, SAMPLE_RATE, features
from .presets import PRESETS
from .streaming import StreamingSession, take_outputs


def read_audio(path: Path) -> np.ndarray:
    """Mono at SAMPLE_RATE, float32."""
    audio, rate = soundfile.read(path, dtype="float64", always_2d=True)
    audio = audio.mean(axis=1)
    if rate != SAMPLE_RATE:
        common = np.gcd(rate, SAMPLE_RATE)
        audio = scipy.signal.resample_poly(audio, SAMPLE_RATE // common, rate // common)
    return audio.astype(np.float32)


def listener(model: Path):
    """A function from features [N, 2, BANDS] to network outputs, for a streaming or a refined model."""
    inputs = {value.name for value in onnxruntime.InferenceSession(str(model)).get_inputs()}
    return StreamingSession(model).run if len(inputs) > 1 else functools.partial(take_outputs, model)


def outputs_of(listen, audio: np.ndarray) -> dict[str, np.ndarray]:
    """Network outputs for audio, with enough silence appended for its last frames to be described."""
    return listen(features(np.pad(audio, (0, HOP * (DELAY_FRAMES + 3)))))


def write_predictions(folder: Path, name: str, notes: list[Decoded], track: np.ndarray) -> None:
    """NAME.notes.tsv and NAME.f0.tsv."""
    rows = [f"{max(n.onset, 0):.4f}\t{n.offset:.4f}\t{n.pitch:.3f}\t{n.velocity:.3f}\t{n.decided:.4f}" for n in notes]
    header = "#onset_s\toffset_s\tmidi_pitch\tvelocity\tdecided_s"
    (folder / f"{name}.notes.tsv").write_text("\n".join([header, *rows]) + "\n")
    rows = [f"{time:.4f}\t{hz:.3f}" for time, hz in track]
    (folder / f"{name}.f0.tsv").write_text("\n".join(["#time_s\tf0_hz", *rows]) + "\n")


def read_table(path: Path, columns: int) -> np.ndarray:
    rows = [line.split()[:columns] for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    return np.array(rows, float).reshape(-1, columns)


def note_counts(reference: np.ndarray, notes: list[Decoded]) -> dict[str, np.ndarray]:
    """Per measure [hits, reference notes, estimated notes] of one clip, plus onset errors and delays in seconds."""
    estimate = np.array([[max(n.onset, 0), n.offset, n.pitch, n.decided] for n in notes]).reshape(-1, 4)
    annotated = not np.isnan(reference[:, 1]).any()
    spans = np.where(np.isnan(reference[:, :2]), reference[:, :1] + 0.1, reference[:, :2])
    hz = lambda x: 440 * 2 ** ((x[:, 2] - 69) / 12)
    sizes = [len(reference), len(estimate)]
    result = {"COn": [0, *sizes], "COnP": [0, *sizes], "error": [], "delay": []}
    if annotated:
        result["COnPOff"] = [0, *sizes]
    if len(estimate) and len(reference):
        match = mir_eval.transcription
        both = (spans, hz(reference), estimate[:, :2], hz(estimate))
        result["COn"][0] = len(match.match_note_onsets(spans, estimate[:, :2]))
        pairs = match.match_notes(*both, offset_ratio=None)
        result["COnP"][0] = len(pairs)
        if annotated:
            result["COnPOff"][0] = len(match.match_notes(*both))
        loose = match.match_note_onsets(spans, estimate[:, :2], onset_tolerance=0.1)
        result["error"] = [estimate[j, 0] - reference[i, 0] for i, j in loose]
        result["delay"] = [estimate[j, 3] - reference[i, 0] for i, j in pairs]
    return {name: np.array(value, float) for name, value in result.items()}


def f0_scores(reference: np.ndarray, track: np.ndarray) -> dict[str, float]:
    scores = mir_eval.melody.evaluate(reference[:, 0], reference[:, 1], track[:, 0], track[:, 1])
    names = {"RPA": "Raw Pitch Accuracy", "VR": "Voicing Recall", "VFA": "Voicing False Alarm"}
    return {short: scores[long] for short, long in names.items()}


def bootstrap(values: np.ndarray, statistic, rounds: int = 1000) -> tuple[float, float, float]:
    """(statistic, lower, upper) of [clips, ...] ``values``, 95 % over resampled clips."""
    rng = np.random.default_rng(0)
    resampled = [statistic(values[rng.integers(len(values), size=len(values))]) for _ in range(rounds)]
    return statistic(values), *np.percentile(resampled, [2.5, 97.5])


def f1(counts: np.ndarray) -> float:
    """[clips, 3] hits, reference, estimated -> micro-averaged F1."""
    hits, reference, estimated = counts.sum(axis=0)
    return 2 * hits / max(reference + estimated, 1)


def weighted(rows: np.ndarray) -> float:
    """[clips, 2] value, weight -> weighted mean."""
    return float((rows[:, 0] * rows[:, 1]).sum() / max(rows[:, 1].sum(), 1e-9))


def note_report(label: str, clips: list[dict[str, np.ndarray]]) -> str:
    parts = []
    for name in ("COn", "COnP", "COnPOff"):
        rows = [clip[name] for clip in clips if name in clip]
        if rows:
            parts.append("{} {:.3f} [{:.3f} {:.3f}]".format(name, *bootstrap(np.array(rows), f1)))
    error, delay = (np.concatenate([clip[name] for clip in clips]) for name in ("error", "delay"))
    total = sum(clip["COn"] for clip in clips)
    parts.append(f"notes {total[2]:.0f}/{total[1]:.0f}")
    if len(error) and len(delay):
        parts.append(f"onset bias {1000 * np.median(error):+.0f} ms")
        parts.append(f"decided after {1000 * np.median(delay):.0f} ms (p95 {1000 * np.quantile(delay, 0.95):.0f})")
    return f"{label:20s} " + "  ".join(parts)


def f0_report(label: str, clips: list[tuple[dict[str, float], int]]) -> str:
    parts = []
    for name in ("RPA", "VR", "VFA"):
        rows = np.array([[scores[name], frames] for scores, frames in clips])
        parts.append("{} {:.3f} [{:.3f} {:.3f}]".format(name, *bootstrap(rows, weighted)))
    return f"{label:20s} " + "  ".join(parts)


def evaluate(model: Path, reference: Path, predictions: Path, settings: Settings) -> None:
    """Writes predictions for every clip below ``reference`` and prints the report."""
    listen = listener(model)
    predictions.mkdir(parents=True, exist_ok=True)
    for folder in sorted(p for p in reference.iterdir() if p.is_dir()):
        notes, gold, tracks = [], [], []
        for path in sorted(p for p in folder.iterdir() if p.suffix in (".flac", ".wav")):
            audio = read_audio(path)
            outputs = outputs_of(listen, audio)
            decoded, track = decode(outputs, settings), f0_track(outputs, audio)
            write_predictions(predictions, path.stem, decoded, track)
            note_file, f0_file = (folder / f"{path.stem}.{kind}.tsv" for kind in ("notes", "f0"))
            if note_file.exists():
                notes.append(note_counts(read_table(note_file, 3), decoded))
                if "COnPOff" in notes[-1]:
                    gold.append(notes[-1])
            if f0_file.exists():
                table = read_table(f0_file, 2)
                tracks.append((f0_scores(table, track), len(table)))
        if notes:
            print(note_report(f"{folder.name}/notes", notes))
        if gold and len(gold) < len(notes):
            print(note_report(f"{folder.name}/notes-gold", gold))
        if tracks:
            print(f0_report(f"{folder.name}/f0", tracks))


def main() -> None:
    warnings.filterwarnings("ignore", module="mir_eval")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("predictions", type=Path)
    parser.add_argument("--decoder", choices=PRESETS, default="sure")
    parser.add_argument("--lag", type=int, help="frames, instead of the preset's")
    args = parser.parse_args()
    settings = PRESETS[args.decoder]
    if args.lag is not None:
        settings = dataclasses.replace(settings, lag=args.lag)
    evaluate(args.model, args.reference, args.predictions, settings)


if __name__ == "__main__":
    main()
