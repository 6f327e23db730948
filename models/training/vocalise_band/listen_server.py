"""Serves OUT/listen.html on this machine and appends ratings to OUT/scores.csv; nothing else in OUT is served.

``POST /ratings`` takes ``{"listener": NAME, "ratings": [{"token": ..., "question": ..., "score": 1..5}, ...]}`` as JSON:
all of them are written, or, where one is nonsense, none.
"""

import csv
import json
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from .listen_scores import COLUMNS, Invalid, checked, read_key

LONGEST = 16_384
MOST = 64
"""Bytes of a request, and ratings in it."""


def append(out: Path, said: object, key: dict[str, dict]) -> int:
    """Writes the ratings of a request, and says how many they were; Invalid where it is not one."""
    if not isinstance(said, dict) or not isinstance(said.get("ratings"), list) or not 1 <= len(said["ratings"]) <= MOST:
        raise Invalid("a request has a listener and a list of ratings")
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    rows = [(now, *checked(rating, said.get("listener"), key)) for rating in said["ratings"]]
    path = out / "scores.csv"
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerows([COLUMNS, *rows] if new else rows)
    return len(rows)


class Handler(BaseHTTPRequestHandler):
    server: "Server"
    timeout = 30

    def do_GET(self) -> None:
        if self.path not in ("/", "/listen.html"):
            return self.answer(404, {"error": "only the listening page is here"})
        self.answer(200, (self.server.out / "listen.html").read_bytes())

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST:
            self.close_connection = True
            return self.answer(413, {"error": "too long, or of unknown length"})
        body = self.rfile.read(int(length))
        # another site's page cannot send JSON here without asking first, and is never answered yes
        if self.path != "/ratings" or self.headers.get_content_type() != "application/json" or not self.from_here():
            return self.answer(404, {"error": "ratings go to /ratings, as JSON, from the page itself"})
        try:
            with self.server.lock:
                written = append(self.server.out, json.loads(body), read_key(self.server.out))
        except (Invalid, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            return self.answer(400, {"error": str(error)})
        except OSError as error:
            return self.answer(500, {"error": f"scores.csv cannot be written: {error.strerror}"})
        self.answer(200, {"written": written})

    def from_here(self) -> bool:
        """The page was asked for by this machine's own name, not by a foreign one that points here."""
        return (self.headers.get("Host") or "").rpartition(":")[0] in ("127.0.0.1", "localhost")

    def answer(self, status: int, said: dict | bytes) -> None:
        page = isinstance(said, bytes)
        body = said if page else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if page else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Listens to this machine only."""

    daemon_threads = True

    def __init__(self, out: Path, port: int) -> None:
        self.out, self.lock = out, Lock()
        super().__init__(("127.0.0.1", port), Handler)
