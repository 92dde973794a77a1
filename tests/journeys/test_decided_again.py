"""Whole courses decided again: to the letter by the same protocol, otherwise by a changed one."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from careteam_contracts.catalogue import CATALOGUE
from cli.explaining.asking import Question, ask_again
from cli.journeys.catalogue import JOURNEYS
from cli.journeys.stage import stage
from shared.protocol.loader import DEFAULT_CLINIC
from tests.support.started_clinic import CARETEAM, CLIENT, ROOT, StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real]

PLAYED = ("J1", "J2", "J5")
PROTOCOL = DEFAULT_CLINIC.read_text()


def changed(*changes: tuple[str, str]) -> str:
    text = PROTOCOL
    for pattern, by in changes:
        text, times = re.subn(pattern, by, text, count=1)
        assert times == 1, pattern
    return text


def careteam(clinic: StartedClinic, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CARETEAM, *words, "--data", str(clinic.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def refused_now(clinic: StartedClinic, protocol: str, **more: Any) -> dict[str, set[str]]:
    """By gate, the rules that refuse only under this protocol."""
    asked = await ask_again(clinic.reach, Question(protocol=protocol, name="changed", **more))
    assert asked.silent == {}
    found: dict[str, set[str]] = {}
    for one in asked.differences:
        found.setdefault(one["gate"], set()).update(rule["slug"] for rule in one["appear"])
    return found


async def test_the_journeys_again(clinic: StartedClinic, tmp_path: Path) -> None:
    """One play of each, then every question about what was decided."""
    for name in PLAYED:
        async with stage(clinic.reach, lambda _line: None) as place:
            checked = await JOURNEYS[name].play(place)
        assert all(one.holds for one in checked), name

    same = await ask_again(clinic.reach, Question(protocol=PROTOCOL, name="default.yaml"))
    assert same.silent == {}
    assert same.differences == ()
    assert [one for one in same.decisions if not one["to_the_letter"]] == []
    gates = {one["gate"] for one in same.decisions}
    assert gates >= {
        "approval",
        "consent",
        "G-BOOK",
        "G-START",
        "G-DISCHARGE",
        "G-DOSE",
        "PRE-DOSE-CHECK",
        "AUTHORISATION",
        "CLEARANCE",
        "ACTIVATION",
        "notify",
        "aftercare-close",
    }

    more_preparation = changed((r"min_sessions: 2 ", "min_sessions: 3 "))
    assert await refused_now(clinic, more_preparation) == {
        "G-BOOK": {"preparation-not-planned"},
        "G-START": {"preparation-not-completed"},
    }
    narrower = changed(
        (r"bp_review: \{sys: 140, dia: 90\}", "bp_review: {sys: 110, dia: 70}"),
        (r"bp_hold: \{sys: 160, dia: 100\}", "bp_hold: {sys: 115, dia: 75}"),
    )
    held = await refused_now(clinic, narrower)
    assert held["PRE-DOSE-CHECK"] >= {"readings-on-hold"}
    assert held["G-DOSE"] == {"pre-dose-check-not-valid"}
    longer = changed((r"min_observation_minutes: 120", "min_observation_minutes: 170"))
    assert "minimum-observation-not-over" in (await refused_now(clinic, longer))["CLEARANCE"]
    assert await refused_now(clinic, longer, gates=("G-BOOK",)) == {}

    file = tmp_path / "changed.yaml"
    file.write_text(more_preparation)
    said = careteam(clinic, "what-if", str(file), "--gate", "G-START")
    assert said.returncode == 0, said.stderr
    assert "preparation-not-completed (INV-4)" in said.stdout
    assert "needed 3" in said.stdout
    assert "allowed → refused" in said.stdout
    assert "/api/v1/sessions/" in said.stdout
    assert re.search(r"\d+ decisions, \d+ differ", said.stdout)
    told = json.loads(careteam(clinic, "what-if", str(file), "--json").stdout)
    assert told["decisions"] == len(same.decisions)
    starts = [one for one in told["differences"] if one["gate"] == "G-START"]
    assert all(one["followed_by"] for one in starts if one["allowed_before"])

    file.write_text(changed((r"min_hours: 8 ", "min_hours: 6 ")))
    below = careteam(clinic, "what-if", str(file))
    assert below.returncode == 2
    assert re.search(r"changed\.yaml:\d+: aftercare\.min_hours: below the floor", below.stderr)

    await _the_account_of_a_day(clinic, same.decisions)
    await _what_is_missing(clinic)
    _the_stream_told_again(clinic)


async def _the_account_of_a_day(clinic: StartedClinic, decisions: Any) -> None:
    """How J1's client stood at the start, as it is known now."""
    start = next(one for one in decisions if one["gate"] == "G-START" and one["allowed_before"])
    session_id = start["subject_id"]
    async with stage(clinic.reach, lambda _line: None) as place:
        session = await place.see("therapist", "scheduling", f"/sessions/{session_id}")
    told = careteam(
        clinic,
        *("timeline", session["client_id"], "--as-of", start["decided_at"]),
        *("--standing", "--json"),
    )
    assert told.returncode == 0, told.stderr
    account = json.loads(told.stdout)
    (course,) = [c for c in account["courses"] if c["course_id"] == session["course_id"]]
    lines = {line["what"]: line["state"] for line in course["standing"]}
    assert lines["course"] == "open, approved and prepared"
    assert lines["session dosing"] == "in progress"
    assert lines["pre-dose check"] == "pass"
    assert lines["escort"] == "confirmed"
    assert lines["dose order"].startswith("authorised until ")
    assert "restriction" not in lines
    before = careteam(clinic, "timeline", session["client_id"], "--as-of", "never")
    assert before.returncode == 2
    assert "is no time" in before.stderr


async def _what_is_missing(clinic: StartedClinic) -> None:
    """A new client's course waits for its first step, and says where it is taken."""
    async with stage(clinic.reach, lambda _line: None) as place:
        made = await place.do("front_desk", "intake", "/clients", CLIENT)
    said = careteam(clinic, "why", made["course_id"])
    assert said.returncode == 0, said.stderr
    first, *_ = said.stdout.partition("What would unblock it\n")[2].splitlines()
    assert first.startswith("  1. the screening: record the intake form")
    told = json.loads(careteam(clinic, "why", made["course_id"], "--json").stdout)
    facts = [one["fact"] for one in told["missing"]]
    assert "consent to the treatment" in facts
    assert len(facts) == len(set(facts))
    consent = next(one for one in told["missing"] if one["fact"] == "consent to the treatment")
    assert consent["url"].endswith(f"/api/v1/courses/{made['course_id']}/consents")


def _the_stream_told_again(clinic: StartedClinic) -> None:
    """Whole, as it stands; told again to whoever asks, and only what is for everybody."""
    verified = careteam(clinic, "events", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    report = json.loads(verified.stdout)
    assert report["whole"]
    assert report["events"] > 60
    lines = careteam(clinic, "events", "replay", "--from", "1", "--to", "20").stdout.splitlines()
    assert {json.loads(line)["specversion"] for line in lines} == {"1.0"}
    assert len(lines) <= 20
    with listening() as (url, taken):
        done = careteam(clinic, "events", "replay", "--to", "60", "--forward-to", url)
        assert done.returncode == 0, done.stderr
        assert f"{len(taken)} events were taken" in done.stderr
        assert taken
        assert all(CATALOGUE[event["type"]].public for event in taken)
        del taken[:]
    with listening(refuses_after=3) as (url, taken):
        broken = careteam(clinic, "events", "replay", "--forward-to", url)
        assert broken.returncode == 1
        assert len(taken) == 3
        assert re.search(r"answered 503 at sequence \d+; go on with --from \d+", broken.stderr)
    late = careteam(clinic, "events", "replay", "--from", "999999")
    assert late.returncode == 1
    assert "the stream ends at" in late.stderr


@contextmanager
def listening(refuses_after: int | None = None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Somebody outside who takes CloudEvents over HTTP."""
    taken: list[dict[str, Any]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            full = refuses_after is not None and len(taken) >= refuses_after
            if not full:
                assert self.headers["Content-Type"] == "application/cloudevents+json"
                taken.append(json.loads(body))
            self.send_response(503 if full else 204)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
