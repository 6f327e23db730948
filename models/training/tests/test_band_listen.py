"""The listening page: nothing on it says which version is which, orders are fair, scores are counted right."""

import csv
import http.client
import io
import json
import re
import shutil
import subprocess
import sys
import wave
from collections import Counter
from html.parser import HTMLParser
from threading import Thread

import numpy as np
import pytest

from vocalise_band import batches, listen, listen_audio, listen_scores, listen_server, listen_versions, rolls
from vocalise_band import condition as c
from vocalise_band.listen_versions import Part, Song

VERSIONS = ("ours", "real", "retrieval", "shuffled")
TOKENS = ["0a", "1b", "2c", "3d"]


@pytest.fixture
def out(tmp_path):
    """A folder with a page of two clips whose sounds are a few bytes."""
    clips = [
        {"name": name, "genre": "Pop", "melody": b"m", "versions": {v: bytes([i]) for i, v in enumerate(VERSIONS)}}
        for name in ("hummed", "sung-by-ear")
    ]
    listen.write_page(tmp_path, clips, 20.0, "ogg")
    return tmp_path


def token(out, clip, version):
    return next(t for t, e in listen_scores.read_key(out).items() if (e["clip"], e["version"]) == (clip, version) and e["number"])


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_each_listener_meets_every_version_once_in_an_order_of_their_own():
    orders = [tuple(listen_scores.order(f"listener {i}", "1", TOKENS)) for i in range(2400)]
    assert all(sorted(found) == TOKENS for found in orders)
    assert listen_scores.order("Ada ", "1", TOKENS) == listen_scores.order("ada", "1", TOKENS[::-1])
    often = Counter(orders)
    assert len(often) == 24 and min(often.values()) > 60 and max(often.values()) < 145
    again = [tuple(listen_scores.order(f"listener {i}", "2", TOKENS)) for i in range(2400)]
    assert np.mean([a == b for a, b in zip(orders, again)]) < 0.08


@pytest.mark.skipif(not shutil.which("node"), reason="needs node to run the page's script")
def test_the_page_puts_versions_in_the_order_that_the_scores_are_read_by(out):
    page = (out / "listen.html").read_text()
    script = re.search(r"<script>\n(.*?)</script>", page, re.DOTALL)[1]
    asked = [[name, clip, TOKENS[:count]] for name in ("Ada", "Jürgen K.", "李") for clip in ("1", "clips") for count in (2, 3, 4)]
    script += f"\nconsole.log(JSON.stringify({json.dumps(asked)}.map(a => order(...a))));"
    script += 'console.log(table("A, B", [{time: "t", clip: "1", token: "0a", question: "fits", score: 3}]).split("\\r\\n")[1]);'
    ran = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout.splitlines()
    assert json.loads(ran[0]) == [listen_scores.order(*a) for a in asked]
    assert ran[1] == 't,"A, B",1,0a,fits,3'


def test_the_page_says_neither_versions_nor_clips_and_asks_for_nothing_from_elsewhere(out):
    page = (out / "listen.html").read_text()
    for word in (*VERSIONS, "hummed", "sung-by-ear"):
        assert not re.search(rf"\b{word}\b", page, re.IGNORECASE)
    clips = data_of(page)["clips"]
    assert [[v["token"] for v in clip["versions"]] for clip in clips] == [sorted(v["token"] for v in clip["versions"]) for clip in clips]
    assert "__DATA__" not in page and "://" not in page

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.ids, self.labelled, self.open = [], [], []

        def handle_starttag(self, tag, found):
            found = dict(found)
            assert "src" not in found and found.get("href", "data:,") == "data:,"
            self.ids.extend(filter(None, [found.get("id")]))
            self.labelled.extend(filter(None, [found.get("for")]))
            if tag not in ("meta", "link", "input", "br"):
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    reader = Reader()
    reader.feed(page)
    assert not reader.open and len(set(reader.ids)) == len(reader.ids) and set(reader.labelled) <= set(reader.ids)
    assert set(re.findall(r'\bat\("(\w+)"\)', page)) <= set(reader.ids)


def test_sounds_that_look_like_markup_stay_data():
    page = listen.page([{"id": "1", "genre": "</script>", "melody": b"", "versions": {"0a": b"x"}}], 20.0, "wav")
    assert data_of(page)["clips"][0]["genre"] == "</script>"


def rating(token="0a", question="fits", score=3):
    return {"token": token, "question": question, "score": score}


@pytest.mark.parametrize(
    "said",
    [
        None, [], {}, {"listener": "Ada"}, {"listener": "Ada", "ratings": []}, {"listener": "Ada", "ratings": [None]},
        {"listener": "=cmd()", "ratings": [rating()]}, {"listener": "", "ratings": [rating()]},
        {"listener": "a\nb", "ratings": [rating()]}, {"listener": 7, "ratings": [rating()]},
        *({"listener": "Ada", "ratings": [rating(), bad]} for bad in (
            rating(token="9z"), rating(token=["0a"]), rating(question="why"), rating(question=["fits"]), rating(score=0),
            rating(score=6), rating(score=2.5), rating(score="3"), rating(score=True), rating(score=None),
        )),
        {"listener": "Ada", "ratings": [rating()] * 65},
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_nothing_of_it_is_written(tmp_path, said):
    with pytest.raises(listen_scores.Invalid):
        listen_server.append(tmp_path, said, {"0a": {"clip": "x", "number": 1, "version": "ours"}})
    assert not (tmp_path / "scores.csv").exists()


@pytest.fixture
def served(out):
    with listen_server.Server(out, 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield out, server.server_port
        server.shutdown()


def ask(port, method, path, body=None, **headers):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request(method, path, body if body is None or isinstance(body, bytes) else json.dumps(body), headers)
    reply = link.getresponse()
    return reply.status, reply.read()


def test_the_server_gives_the_page_and_appends_ratings(served):
    out, port = served
    status, page = ask(port, "GET", "/")
    assert status == 200 and page == (out / "listen.html").read_bytes()
    is_json = {"Content-Type": "application/json"}
    for version, score in (("ours", 4), ("real", 5)):
        said = {"listener": "Jürgen", "ratings": [rating(token(out, "hummed", version), "overall", score)]}
        assert ask(port, "POST", "/ratings", said, **is_json) == (200, b'{"written": 1}')
    with (out / "scores.csv").open(newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["time", "listener", "clip", "version", "question", "score"]
    assert [row[1:] for row in rows[1:]] == [["Jürgen", "hummed", "ours", "overall", "4"], ["Jürgen", "hummed", "real", "overall", "5"]]


def test_the_server_gives_away_no_key_and_refuses_nonsense(served):
    out, port = served
    for path in ("/key.json", "/scores.csv", "/../key.json", "/listen.html/../key.json", "/."):
        assert ask(port, "GET", path)[0] == 404
    is_json = {"Content-Type": "application/json"}
    good = {"listener": "Ada", "ratings": [rating(token(out, "hummed", "ours"))]}
    assert ask(port, "POST", "/ratings", b"{", **is_json)[0] == 400
    assert ask(port, "POST", "/ratings", b"\xff\xfe", **is_json)[0] == 400
    assert ask(port, "POST", "/ratings", {"listener": "Ada", "ratings": [rating()]}, **is_json)[0] == 400
    assert ask(port, "POST", "/elsewhere", good, **is_json)[0] == 404
    assert ask(port, "POST", "/ratings", good, **{"Content-Type": "text/plain"})[0] == 404
    assert ask(port, "POST", "/ratings", good, **is_json, Host="example.org:80")[0] == 404
    assert ask(port, "POST", "/ratings", b" " * 20_000, **is_json)[0] == 413
    assert not (out / "scores.csv").exists()
    assert ask(port, "POST", "/ratings", good, **is_json)[0] == 200


def test_the_table_of_scores_is_right(out):
    line = lambda time, who, clip, version, question, score: f"2026-01-0{time}T10:00:00Z,{who},{clip},{version},{question},{score}\n"
    head = ",".join(listen_scores.COLUMNS) + "\n"
    served = [line(1, who, "hummed", "ours", "overall", score) for who, score in (("Ada", 1), ("Bo", 4), ("Cy", 3))]
    served += [line(2, "ada", "hummed", "ours", "overall", 5), line(1, "Bo", "hummed", "ours", "overall", 9), "rubbish\n"]
    (out / "scores.csv").write_text(head + "".join(served))
    theirs = [line(1, "Di", "2", token(out, "sung-by-ear", "shuffled"), "fits", 2), line(1, "Di", "2", "ffff", "fits", 1)]
    (out / "scores-Di.csv").write_text(head + "".join(theirs))
    listen.write_page(out, [{"name": "new", "genre": "Pop", "melody": b"", "versions": {"ours": b""}}], 20.0, "ogg")
    said = listen_scores.table(out)
    assert "Listeners: 4. Clips: 2." in said
    # 5, 4, 3: mean 4, deviation 1, t of 2 degrees of freedom 4.303, over the root of 3
    assert "| ours |  |  | 4.00 ± 2.48 (3) |" in said and "| shuffled | 2.00 (1) |  |  |" in said


def test_scores_are_counted_by_place(out):
    places = listen_scores.order("Ada", "1", [t for t, e in listen_scores.read_key(out).items() if e["number"] == 1])
    said = {"listener": "Ada", "ratings": [rating(t, "overall", 5 - i) for i, t in enumerate(places)]}
    listen_server.append(out, said, listen_scores.read_key(out))
    assert "A 5.00 (1), B 4.00 (1), C 3.00 (1), D 2.00 (1)" in listen_scores.table(out)


def test_no_scores_are_no_table(out):
    assert "no scores" in listen_scores.table(out)


def part(name, notes, drums=False):
    return Part(name, 0, drums, np.array(notes, float).reshape(-1, 4))


def song():
    """Four bars of C in 4/4 at 120: a melody, chords and a drum that says which bar it is in."""
    melody = part("Melody", [[i, i + 0.9, 60 + (i % 4), 80] for i in range(16)])
    chords = part("Chords", [[4 * bar, 4 * bar + 4, p, 70] for bar in range(4) for p in (48, 52, 55)])
    drums = part("Drums", [[4 * bar + 1, 4 * bar + 1.2, 36 + bar, 90] for bar in range(4)], drums=True)
    return Song([melody, chords, drums], np.array([[0, 0, 0.5]]), 4.0)


def test_shuffling_moves_every_bar_and_turns_pitches_against_the_melody():
    for seed in range(20):
        chords, drums = listen_versions.shuffled(song(), np.random.default_rng(seed))
        bars = {int(pitch) - 36: int(onset // 4) for onset, _, pitch, _ in drums.notes}
        assert sorted(bars) == sorted(bars.values()) == [0, 1, 2, 3] and all(a != b for a, b in bars.items())
        assert np.allclose(drums.notes[:, 0] % 4, 1) and set(chords.notes[:, 2]) == {49, 53, 56}


def test_times_follow_changes_of_tempo():
    two = Song([], np.array([[0, 0, 0.5], [4, 2, 1.0]]), 4.0)
    assert two.seconds(np.array([0, 3, 4, 6])).tolist() == [0, 1.5, 2, 4]


def test_retrieval_plays_the_nearest_training_bar_where_ours_plays(monkeypatch):
    pytest.importorskip("torch", reason="retrieval is measured with torch: see setup.sh")
    asked = listen_versions.descriptions(song(), song().part("Chords"), 0, False)
    assert list(asked) == [0, 1, 2, 3] and all(a[c.HINDSIGHT] == 0 and a[c.CHORD] == 1 for a in asked.values())
    assert not asked[0][: c.CHORD].any() and asked[1][: c.CHORD].any(), "the bar before"
    roll = np.stack([np.rint(255 * rolls.encode(np.array([[s, 4, p, 90]]), "chords")) for s, p in ((0, 60), (8, 64))]).astype(np.uint8)
    condition = np.zeros((2, 2, c.SIZE), np.float32)
    condition[0, 0], condition[1, 0, :12] = asked[1], 9
    stored = batches.Bars("chords", roll, condition, np.ones(2, int), np.full(2, 16), np.ones(2, bool), np.zeros(2, bool), np.array(["x"] * 2))
    monkeypatch.setattr(listen_versions, "_training_bars", lambda data, track: stored if track == "chords" else stored.where([]))
    only_chords = Song(song().parts[:2], song().tempi, 4.0)
    (made,) = listen_versions.retrieval(only_chords, None, 1, (2, False))
    assert made.notes[:, 0].tolist() == [0, 4, 8, 12] and set(made.notes[:, 2]) == {62}, "D: two semitones up"


def test_the_real_band_is_heard_without_its_singer():
    melody = song().melody
    doubled = part("Piano right hand", melody.notes + [0.02, 0, 12, 0])
    found = listen_versions.accompaniment([doubled, part("Lead Vocal", [[0, 1, 50, 9]]), *song().band, part("Empty", [])], melody)
    assert [p.name for p in found] == ["Chords", "Drums"]


@pytest.mark.parametrize(("said", "key"), [("F# dorian", (6, True)), ("Bb major", (10, False)), ("Cb minor", (11, True))])
def test_keys_are_read(said, key):
    assert listen_versions.key_of(said) == key


def test_files_are_read_track_by_track(tmp_path):
    mido = pytest.importorskip("mido")
    file = mido.MidiFile(ticks_per_beat=100)
    track = mido.MidiTrack([
        mido.MetaMessage("track_name", name="Melody"), mido.MetaMessage("set_tempo", tempo=250_000),
        mido.MetaMessage("time_signature", numerator=3, denominator=4), mido.Message("program_change", program=73),
        mido.Message("pitchwheel", pitch=100, time=50), mido.Message("note_on", note=60, velocity=70, time=50),
        mido.Message("note_on", note=60, velocity=0, time=100), mido.Message("note_on", note=36, velocity=9, channel=9),
        mido.Message("note_off", note=36, channel=9, time=10),
    ])  # fmt: skip
    file.tracks.append(track)
    file.save(tmp_path / "x.mid")
    found = listen_versions.read_midi(tmp_path / "x.mid")
    assert found.bar == 3 and found.melody.program == 73 and found.melody.controls[0][0] == 0.5
    assert [(p.drums, p.notes.tolist()) for p in found.timed(found.parts)] == [(False, [[0.25, 0.5, 60, 70]]), (True, [[0.5, 0.525, 36, 9]])]


def test_loudness_is_that_of_the_standard_and_all_versions_have_it():
    time = np.arange(3 * listen_audio.RATE) / listen_audio.RATE
    tone = lambda hz, level: np.stack([level * np.sin(2 * np.pi * hz * time), 0 * time], 1)
    assert abs(listen_audio.loudness(tone(997, 1)) + 3.01) < 0.05
    assert np.isneginf(listen_audio.loudness(0 * tone(997, 1)))
    made = listen_audio.mixes(tone(440, 0.5), {"alone": None, "quiet": tone(300, 0.001), "loud": tone(300, 0.9)})
    assert len({audio.shape for audio in made.values()}) == 1
    assert all(abs(listen_audio.loudness(audio) - listen_audio.TARGET) < 0.01 for audio in made.values())
    assert np.allclose(made["quiet"], made["loud"]) and np.abs(made["loud"][[0, -1]]).max() < 1e-3


def test_a_wav_needs_nothing_but_python():
    with wave.open(io.BytesIO(listen_audio.encoded(np.zeros((441, 2)) + 0.5, "wav"))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 44100, 441)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--vocalise", "/none"], "build it"), (["--data", "."], "vocalise_band.prepare"),
        (["--soundfont", "/none"], "oundfont|FluidSynth|pyfluidsynth"), (["--scores"], "make one by"), (["--serve"], "make one by"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_one_line(tmp_path, monkeypatch, arguments, said):
    pytest.importorskip("mido")
    program = tmp_path / "vocalise"
    program.write_text("")
    monkeypatch.setattr(sys, "argv", ["listen", str(tmp_path / "out"), "--vocalise", str(program), *arguments])
    with pytest.raises(SystemExit) as stopped:
        listen.main()
    assert re.search(said, stopped.value.code) and "\n" not in stopped.value.code
    assert not (tmp_path / "out").exists()
