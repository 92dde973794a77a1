"""What the accounts of integrators may do, read from the configuration; and who may have one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from careteam_contracts.catalogue import CATALOGUE
from cli.bus.accounts import accounts
from cli.bus.feed_accounts import MOST_FEEDS, with_feeds
from cli.bus.feed_provisioning import subjects_wanted
from cli.bus.feed_registry import FeedRegistry, rekeyed, revoked
from cli.bus.names import AUDITOR, PROVISIONER
from cli.clinic.services import IDENTITY, SERVICES
from cli.trouble import Trouble
from shared.messaging.feeds import Feed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = {user: f"U{user.upper()}" for user in (*SERVICES, IDENTITY, PROVISIONER, AUDITOR)}


def feed(name: str, key: str | None = "UKEY", *types: str) -> Feed:
    return Feed(name=name, types=types, key=key, added_at=NOW, key_since=NOW)


def section(*feeds: Feed) -> dict[str, Any]:
    return with_feeds(accounts(SERVICES, KEYS), feeds, most_bytes=1000)


def test_an_integrator_may_say_three_things_and_hear_its_inbox() -> None:
    (user,) = section(feed("billing"))["INTEGRATOR_billing"]["users"]
    assert user["nkey"] == "UKEY"
    assert user["permissions"] == {
        "publish": {
            "allow": [
                "FEED.API.CONSUMER.MSG.NEXT.FEED.billing",
                "FEED.API.CONSUMER.INFO.FEED.billing",
                "$JS.ACK.FEED.billing.>",
            ]
        },
        "subscribe": {"allow": ["_INBOX_billing.>"]},
    }


def test_nobody_comes_in_where_the_stream_is_and_no_stream_is_where_it_comes_in() -> None:
    made = section(feed("billing"))
    assert "users" not in made["FEED_billing"]
    assert "jetstream" not in made["INTEGRATOR_billing"]
    assert made["FEED_billing"]["jetstream"] == {
        "max_file": 1000,
        "max_mem": 0,
        "max_streams": 1,
        "max_consumers": 1,
    }


@pytest.mark.parametrize("closed", [feed("billing", None), revoked(feed("billing"), NOW)])
def test_without_a_key_nobody_comes_in_and_the_account_stays(closed: Feed) -> None:
    made = section(closed)
    assert made["INTEGRATOR_billing"]["users"] == []
    assert "jetstream" in made["FEED_billing"]


def test_a_pull_is_answered_once() -> None:
    """A way back for more would be kept for each, and fill the server's memory."""
    exports = section(feed("billing"))["FEED_billing"]["exports"]
    assert not [one for one in exports if "response_type" in one]


def test_of_a_service_only_the_reader_may_ask_and_only_how_far_it_is() -> None:
    made = section(feed("billing"))
    for service in (*SERVICES, IDENTITY):
        imports = [str(one) for one in made[service.upper()].get("imports", ())]
        about = [one for one in imports if "FEED_billing" in one]
        assert len(about) == (service == "notifications")
        assert all("CONSUMER.INFO.FEED.billing" in one for one in about)


def test_two_integrators_share_nothing() -> None:
    made = section(feed("billing"), feed("calendar"))
    for own, other in (("billing", "calendar"), ("calendar", "billing")):
        for account in (f"FEED_{own}", f"INTEGRATOR_{own}"):
            assert other not in str(made[account])
    lists = [one["accounts"] for one in made["BUS"]["exports"] if "FEED_" in str(one)]
    assert {len(one) for one in lists} == {1}


def test_without_integrators_the_services_have_what_they_had() -> None:
    made, before = section(), accounts(SERVICES, KEYS)
    assert {**made, "BUS": {**made["BUS"], "imports": None}} == {
        **before,
        "BUS": {**before["BUS"], "imports": None},
    }


def test_types_become_subjects() -> None:
    assert subjects_wanted(()) == ["careteam.evt.>"]
    assert subjects_wanted(["careteam.scheduling.session_scheduled.v1"]) == [
        "careteam.evt.scheduling.session_scheduled.v1.*"
    ]
    public = {name for name, entry in CATALOGUE.items() if entry.public}
    assert len(subjects_wanted(["careteam.*"])) == len(public)
    twice = ["careteam.intake.*", "careteam.intake.client_approved.v1"]
    assert len(subjects_wanted(twice)) == len(set(subjects_wanted(twice)))


@pytest.mark.parametrize(
    "pattern", ["careteam.intake.consent_granted.v1", "careteam.int.>", "careteam.evt.>", ">", ""]
)
def test_what_no_public_type_is_called_is_refused(pattern: str) -> None:
    with pytest.raises(Trouble, match="no public type"):
        subjects_wanted([pattern])


def test_the_list_says_who_there_is(tmp_path: Path) -> None:
    registry = FeedRegistry(tmp_path / "secrets" / "feeds.json")
    assert registry.feeds() == ()
    registry.make()
    billing = rekeyed(registry.new("billing", ("careteam.intake.*",), NOW), "UNEW", NOW)
    registry.put(billing)
    assert registry.find("billing") == registry.known("billing") == billing
    assert registry.file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Trouble, match="called billing already"):
        registry.new("billing", (), NOW)
    registry.put(revoked(billing, NOW))
    assert registry.find("billing") is None
    assert registry.new("billing", (), NOW).key is None
    with pytest.raises(Trouble, match="is called nobody"):
        registry.known("nobody")


@pytest.mark.parametrize("name", ["", "a", "Billing", "a.b", "a b", "../x", ">", "*", "x" * 41])
def test_a_name_is_no_pattern_and_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(Trouble, match="small letters"):
        FeedRegistry(tmp_path / "feeds.json").new(name, (), NOW)


def test_there_is_room_for_so_many(tmp_path: Path) -> None:
    registry = FeedRegistry(tmp_path / "feeds.json")
    registry.write(tuple(feed(f"one-{number}") for number in range(MOST_FEEDS)))
    with pytest.raises(Trouble, match="room for no more"):
        registry.new("another", (), NOW)
    registry.put(revoked(feed("one-0"), NOW))
    assert registry.new("another", (), NOW).name == "another"


def test_a_damaged_list_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "feeds.json"
    file.write_text("[{]")
    with pytest.raises(Trouble, match="is damaged"):
        FeedRegistry(file).feeds()
