"""What the probe says of a service, as an exit status; and what the guard makes of that."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cli.probe import MISUSED, READY, SILENT, UNREADY, probe
from tests.compose.compose_file import ROOT

BROKEN = 3
"""What `nats-probe` says of a server that could not write."""


@contextmanager
def service(ready: int | None, live: int | None = 200) -> Iterator[str]:
    """A service with these answers; None is no answer at all, as from a stuck one."""
    enough = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = ready if self.path == "/health/ready" else live
            if status is None:
                enough.wait()
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"said")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        enough.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("answers", "status"), [(200, READY), (503, UNREADY), (500, UNREADY)])
def test_who_answers_is_ready_or_not(answers: int, status: int) -> None:
    with service(answers) as url:
        assert probe(url) == (status, "said")


def test_who_waits_for_its_database_lives() -> None:
    with service(None, live=200) as url:
        assert probe(url, seconds=2) == (UNREADY, "TimeoutError")


def test_who_does_not_answer_at_all_is_silent() -> None:
    with service(None, live=None) as url:
        assert probe(url, seconds=0.1) == (SILENT, "TimeoutError")


def test_who_is_not_there_is_silent() -> None:
    with service(200) as url:
        pass
    assert probe(url) == (SILENT, "ConnectionRefusedError")


def test_it_runs_as_a_command() -> None:
    with service(503) as url:
        assert command(url).returncode == UNREADY
    assert command().returncode == MISUSED


def command(*words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "cli.probe", *words], cwd=ROOT, capture_output=True, check=False
    )


class Guard:
    """The guard with limits that are not reached: here it must end nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look(self, status: int) -> int:
        done = subprocess.run(
            [ROOT / "deploy" / "guard", "900", "900", "sh", "-c", f"exit {status}"],
            env={"PATH": "/usr/bin:/bin", "TMPDIR": str(self._folder)},
            check=False,
        )
        return done.returncode

    @property
    def looks(self) -> str | None:
        """(looks that were not well, silent looks), as kept for the next look."""
        file = self._folder / "guard"
        return file.read_text().strip() if file.exists() else None


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    return Guard(tmp_path)


def test_who_was_never_well_is_not_judged(guard: Guard) -> None:
    assert guard.look(SILENT) == 1
    assert guard.look(UNREADY) == 1
    assert guard.looks is None


def test_who_says_that_only_a_new_start_helps_is_judged_from_the_start(guard: Guard) -> None:
    assert guard.look(BROKEN) == 1
    assert guard.looks == "1 0"


def test_looks_are_counted_from_the_last_good_one(guard: Guard) -> None:
    assert guard.look(READY) == 0
    assert [guard.look(UNREADY), guard.look(SILENT), guard.look(SILENT)] == [1, 1, 1]
    assert guard.looks == "3 2"
    assert guard.look(READY) == 0
    assert guard.looks == "0 0"


def test_an_answer_ends_the_silence(guard: Guard) -> None:
    for status in (READY, SILENT, SILENT, UNREADY):
        guard.look(status)
    assert guard.looks == "3 0"
