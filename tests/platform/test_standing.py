"""What `careteam status` says of the sign-in and of integrators."""

from typing import Any, Final

import pytest

from cli.clinic.standing import checkpoint_owed, tell_of_the_rest, with_the_lag_of_the_feed

INTEGRATOR: Final = {
    "name": "billing",
    "status": "active",
    "waiting": 3,
    "waiting_since": "2026-03-10T17:00:00Z",
    "failed": 1,
}


def beside(reached: str = "17.40", trouble: str | None = None) -> dict[str, Any]:
    return {
        "sign_in": {"healthy": trouble is None, "trouble": trouble, "notices_waiting": 2},
        "integrators": {"reached": reached, "items": [INTEGRATOR]},
    }


@pytest.mark.parametrize(
    ("reached", "said", "lag"),
    [("17.40", [40, 12], 0), ("17.40", [41, 52], 12), ("0.0", [None, None], 0), ("17.9", [], 0)],
)
def test_the_feed_is_behind_by_what_was_said_to_the_public_since(
    reached: str, said: list[int | None], lag: int
) -> None:
    numbers = [{"published_public_sequence": one} for one in said]
    assert with_the_lag_of_the_feed(beside(reached), numbers)["integrators"]["lag"] == lag


def test_where_nobody_answers_there_is_no_lag_to_tell() -> None:
    away = {"sign_in": None, "integrators": None}
    assert with_the_lag_of_the_feed(away, []) == away


@pytest.mark.parametrize(("seconds", "said"), [(None, 0), (300.0, 0), (300.5, 1)])
def test_an_audit_that_nobody_vouches_for_is_named(seconds: float | None, said: int) -> None:
    assert len(checkpoint_owed(seconds)) == said


def test_each_integrator_is_told_of_and_trouble_goes_to_where_troubles_go(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_of_the_rest(with_the_lag_of_the_feed(beside(), []))
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "sign-in: ready, 2 ends not told yet",
        "integrators: the feed is 0 events behind",
        "  billing: 3 waiting since 2026-03-10T17:00:00Z, 1 given up",
    ]
    tell_of_the_rest({**beside(trouble="no checkpoint"), "integrators": None})
    assert capsys.readouterr() == ("", "sign-in: no checkpoint\n")


@pytest.mark.parametrize(
    ("waiting", "taken_at", "said"),
    [
        (4, "2026-03-10T17:00:00Z", "4 waiting on NATS, last taken 2026-03-10T17:00:00Z"),
        (0, None, "0 waiting on NATS, last taken never"),
        (None, None, "not known what is waiting on NATS, last taken never"),
    ],
)
def test_who_pulls_over_nats_is_told_of_as_far_as_nats_tells(
    waiting: int | None, taken_at: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = {"name": "ledger", "waiting": waiting, "taken_at": taken_at}
    told = with_the_lag_of_the_feed(beside(), [])
    tell_of_the_rest({**told, "integrators": {**told["integrators"], "feeds": [feed]}})
    assert capsys.readouterr().out.splitlines()[-1] == f"  ledger: {said}"
