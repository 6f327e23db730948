"""A page for blind listening, from any clip: ``python -m vocalise_band.listen OUT CLIP...`` writes OUT/listen.html.

A CLIP is a sung recording (wav, flac, mp3) or a melody (.mid); ``--piece ID --corpus CORPUS`` takes a held-out piece of
the corpus, its melody as the clip and its people as ``real``. Each clip is heard with the same melody and several bands:
``ours`` (``vocalise render``), ``retrieval`` (with --data), ``shuffled``, and ``real`` where there is one
(``listen_versions`` says what they are), by one soundfont, equally loud and long. The page names none of them:
OUT/key.json does, and stays with whoever runs the test.

``--serve OUT`` serves the page on this machine and writes OUT/scores.csv; opened as a file, the page gives each listener
a scores-NAME.csv to send back, which goes into OUT. ``--scores OUT`` prints mean opinion scores.
"""

import argparse
import base64
import json
import re
import secrets
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vocalise_symbolic.genres import GENRES

from . import listen_audio, listen_scores, listen_server, listen_versions

REPOSITORY = Path(__file__).parents[3]
LEAD_OUT = 1.5
"""Seconds that an excerpt goes on behind the last sung note."""
SHORTEST = 4.0
SLUGS = {re.sub(r"[ &]", lambda m: "-" if m[0] == " " else "-and-", genre.lower()): genre for genre in GENRES}


class Refused(Exception):
    """What is missing or wrong, and what to do about it, in one line."""


@dataclass
class Clip:
    """``source`` is what our program is given; ``real`` or ``piece`` say what people play to it."""

    name: str
    source: Path
    genre: str
    real: Path | None = None
    piece: listen_versions.HeldOut | None = None


def page(clips: list[dict], seconds: float, kind: str) -> str:
    """The HTML of clips ``{"id", "genre", "melody": bytes, "versions": {token: bytes}}``."""
    said = lambda sound: base64.b64encode(sound).decode()
    data = {
        "page": secrets.token_hex(4), "type": f"audio/{kind}", "seconds": seconds, "questions": listen_scores.QUESTIONS,
        "clips": [
            {
                "id": clip["id"], "genre": clip["genre"], "melody": said(clip["melody"]),
                "versions": [{"token": token, "audio": said(clip["versions"][token])} for token in sorted(clip["versions"])],
            }
            for clip in clips
        ],
    }  # fmt: skip
    template = (Path(__file__).parent / "listen_page.html").read_text()
    return template.replace("__DATA__", json.dumps(data).replace("<", "\\u003c"))


def write_page(out: Path, clips: list[dict], seconds: float, kind: str) -> None:
    """``clips`` as ``page`` takes them, with ``name``, and versions by name: draws tokens, and keeps the keys of earlier
    pages in the folder, so that their scores can still be read."""
    out.mkdir(parents=True, exist_ok=True)
    key = listen_scores.read_key(out) if (out / "key.json").exists() else {}
    for entry in key.values():
        entry["number"] = 0
    hidden = []
    for number, clip in enumerate(clips, 1):
        tokens = {secrets.token_hex(6): version for version in clip["versions"]}
        key |= {token: {"clip": clip["name"], "number": number, "version": version} for token, version in tokens.items()}
        hidden.append(clip | {"id": str(number), "versions": {token: clip["versions"][version] for token, version in tokens.items()}})
    (out / "key.json").write_text(json.dumps({"versions": key}, indent=1) + "\n")
    (out / "listen.html").write_text(page(hidden, seconds, kind))


def rendered(vocalise: Path, clip: Clip, into: Path, instrument: str) -> tuple[Path, tuple[int, bool]]:
    """(our file, (tonic, minor)) of a clip."""
    target = into / f"{clip.name}.ours.mid"
    command = [vocalise, "render", clip.source, "--output", target, "--genre", clip.genre, "--timing", "aligned"]
    ran = subprocess.run([*map(str, command), "--instrument", instrument, "--json"], capture_output=True, text=True)
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    if ran.returncode or not lines or not target.exists():
        why = (ran.stderr.strip() or ran.stdout.strip() or "no word").splitlines()[-1]
        raise Refused(f"{clip.source}: vocalise render failed: {why}")
    return target, listen_versions.key_of(json.loads(lines[-1]).get("key") or "C major")


def heard(clip: Clip, args: argparse.Namespace, made: Path) -> dict[str, np.ndarray]:
    """The sound of every version of a clip, and of the melody alone ("melody")."""
    path, key = rendered(args.vocalise, clip, made, args.instrument)
    song = listen_versions.read_midi(path)
    if song.melody is None:
        raise Refused(f"{clip.source}: vocalise hears no note in it; choose a clip with singing")
    melody = song.timed([song.melody])[0]
    sung = melody.notes[melody.notes[:, 1] > args.begin]
    if not len(sung) or not song.band:
        raise Refused(f"{clip.source}: nothing sung or played behind {args.begin:g} s; take a longer clip or a smaller --from")
    begin = max(args.begin, float(sung[0, 0]) - 0.3)
    seconds = min(args.seconds, float(sung[-1, 1]) + LEAD_OUT - begin)
    if seconds < SHORTEST:
        raise Refused(f"{clip.source}: only {seconds:.1f} s are sung; a version needs {SHORTEST:g} s")
    rng = np.random.default_rng(list(clip.name.encode()))
    bands = {"ours": song.timed(song.band), "shuffled": song.timed(listen_versions.shuffled(song, rng))}
    if args.data:
        if round(4 * song.bar) in (12, 16):
            bands["retrieval"] = song.timed(listen_versions.retrieval(song, args.data, GENRES.index(SLUGS[clip.genre]), key))
        else:
            print(f"{clip.name}: no retrieval: there are no training bars of {song.bar:g} quarters")
    if clip.piece is not None:
        bands["real"] = song.timed(listen_versions.peoples(clip.piece, song))
    elif clip.real:
        theirs = listen_versions.read_midi(clip.real)
        bands["real"] = listen_versions.accompaniment(theirs.timed(theirs.parts), melody)
    play = lambda parts: listen_audio.play(parts, begin, seconds, args.soundfont)
    sound = {version: play(parts) for version, parts in bands.items()}
    for version, audio in sound.items():
        if np.isneginf(listen_audio.loudness(audio)):
            raise Refused(f"{clip.source}: the band of '{version}' is silent from {begin:.1f} s to {begin + seconds:.1f} s; choose other seconds by --from")
    return listen_audio.mixes(play([melody]), {"melody": None} | sound)


def clips_of(args: argparse.Namespace, made: Path) -> list[Clip]:
    """What is asked for, checked."""
    if args.real and len(args.real) != len(args.clips):
        raise Refused(f"--real is given {len(args.real)} times for {len(args.clips)} clips; give it once a clip, in their order")
    for path in [*args.clips, *(args.real or [])]:
        if not path.is_file():
            raise Refused(f"{path}: no such file")
    if args.piece and not (args.corpus and args.corpus.is_file()):
        raise Refused("--piece needs the corpus it is from: --corpus corpus.jsonl.gz")
    found, taken = [], set()

    def named(wanted: str) -> str:
        base = re.sub(r"[^\w-]+", "-", wanted).strip("-") or "clip"
        name = next(n for n in (base, *(f"{base}-{i}" for i in range(2, 999))) if n not in taken)
        taken.add(name)
        return name

    for number, path in enumerate(args.clips):
        found.append(Clip(named(path.stem), path, args.genre or "pop", real=args.real[number] if args.real else None))
    for wanted in args.piece or []:
        try:
            piece = listen_versions.held_out(args.corpus, wanted)
        except ValueError as error:
            raise Refused(str(error)) from None
        name = named(wanted)
        listen_versions.write_melody(made / f"{name}.mid", piece)
        found.append(Clip(name, made / f"{name}.mid", args.genre or list(SLUGS)[piece.genre], piece=piece))
    if not found:
        raise Refused("name a clip (a sung recording or a melody .mid), or a piece: --piece pop909/002 --corpus CORPUS")
    return found


def make(args: argparse.Namespace) -> None:
    try:
        import mido  # noqa: F401
    except ModuleNotFoundError as error:
        raise Refused(f"{error.name} is missing: pip install '.[listen]' in models/training") from None
    if not args.vocalise.is_file():
        raise Refused(f"{args.vocalise}: no such program; build it (cargo build --release) or name it by --vocalise")
    if args.data and not all((args.data / f"{track}.npz").is_file() for track in ("drums", "bass", "chords", "melody")):
        raise Refused(f"{args.data}: no training bars there; make them by: python -m vocalise_band.prepare CORPUS {args.data}")
    try:
        listen_audio.check(args.soundfont)
    except listen_audio.Missing as error:
        raise Refused(str(error)) from None
    kind, ready = args.format or listen_audio.best_kind(), []
    with tempfile.TemporaryDirectory() as made:
        for clip in clips_of(args, Path(made)):
            sound = {version: listen_audio.encoded(audio, kind) for version, audio in heard(clip, args, Path(made)).items()}
            ready.append({"name": clip.name, "genre": SLUGS[clip.genre], "melody": sound.pop("melody"), "versions": sound})
            print(f"{clip.name}: {', '.join(sound)}", flush=True)
    write_page(args.out, ready, args.seconds, kind)
    size = (args.out / "listen.html").stat().st_size / 1e6
    print(f"{args.out / 'listen.html'} ({size:.1f} MB); its key is {args.out / 'key.json'}: keep that from listeners")


def serve(out: Path, port: int) -> None:
    try:
        server = listen_server.Server(out, port)
    except OSError as error:
        raise Refused(f"port {port} cannot be used ({error.strerror}); choose another by --port") from None
    print(f"http://127.0.0.1:{server.server_port}/ until Ctrl+C; scores go to {out / 'scores.csv'}", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("clips", type=Path, nargs="*", metavar="CLIP")
    parser.add_argument("--serve", action="store_true", help="serve the page in OUT on this machine")
    parser.add_argument("--scores", action="store_true", help="print mean opinion scores of OUT/scores*.csv")
    parser.add_argument("--vocalise", type=Path, default=REPOSITORY / "target" / "release" / "vocalise")
    parser.add_argument("--genre", choices=list(SLUGS), help="default: pop, or the piece's own")
    parser.add_argument("--instrument", default="flute", help="what plays the melody, as `vocalise render` names it; default: flute")
    parser.add_argument("--data", type=Path, help="folder of `prepare`: adds retrieval")
    parser.add_argument("--real", type=Path, action="append", metavar="FILE.mid", help="what people play to a clip, from the clip's own beginning")
    parser.add_argument("--piece", action="append", metavar="ID", help="a held-out piece of the corpus, such as pop909/002")
    parser.add_argument("--corpus", type=Path, help="corpus.jsonl.gz")
    parser.add_argument("--from", dest="begin", type=float, default=0.0, metavar="S", help="where in the clips excerpts begin")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long they are")
    parser.add_argument("--soundfont", type=Path, default=listen_audio.SOUNDFONT)
    parser.add_argument("--format", choices=("ogg", "wav"), help="default: ogg where soundfile can write it")
    parser.add_argument("--port", type=int, default=8765)
    args = parser.parse_args()
    try:
        if args.serve or args.scores:
            if not (args.out / "key.json").is_file() or not (args.out / "listen.html").is_file():
                raise Refused(f"{args.out}: no listening page there; make one by: python -m vocalise_band.listen {args.out} CLIP...")
            print(listen_scores.table(args.out)) if args.scores else serve(args.out, args.port)
        else:
            make(args)
    except Refused as error:
        raise SystemExit(f"listen: {error}") from None


if __name__ == "__main__":
    main()
