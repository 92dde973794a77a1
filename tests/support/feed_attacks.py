"""Two integrators and what one of them tries: the table of attacks on feeds (reliability 2.6)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cli.bus.feed_accounts import SOURCE_API
from cli.bus.names import HUB_API, STREAM, feed_account, integrator_account
from cli.clinic.secrets import nkey_seed, public_nkey
from shared.messaging.feeds import API_OF_A_FEED, STREAM_OF_A_FEED, feed_api
from tests.support.bus_talk import event_of, published, stored
from tests.support.integrators import Puller, held, let_in
from tests.support.nats_part import EmbeddedNats, embedded_nats
from tests.support.postgres_part import apart
from tests.support.waiting import eventually

CREATE: Final = f"CONSUMER.CREATE.{STREAM}"


@dataclass(frozen=True)
class Ring:
    """The server, the attacker, whoever is attacked, and the insider's keys."""

    bus: EmbeddedNats
    acme: Puller
    zeta: Puller
    inside: Puller
    outside: Puller

    async def counted(self) -> tuple[object, ...]:
        """What is in the events stream and in both feeds, and what of them is not acknowledged."""
        return (
            (await stored(self.bus)).messages,
            await held(self.bus, "acme"),
            await held(self.bus, "zeta"),
        )


@contextmanager
def attacked(folder: Path) -> Iterator[Ring]:
    """A server with both, and the insiders."""
    with embedded_nats(folder) as bus:
        acme = apart(lambda: let_in(bus, folder, "acme", "careteam.scheduling.*"))
        zeta = apart(lambda: let_in(bus, folder, "zeta"))
        inside, outside = folder / "inside.key", folder / "outside.key"
        _let_insiders_in(bus.config_file, inside, outside)
        bus.stop()
        bus.start()
        ring = Ring(bus, acme, zeta, Puller(bus.url, "in", inside), Puller(bus.url, "out", outside))
        apart(lambda: _fill(ring))
        yield ring


def _let_insiders_in(file: Path, inside: Path, outside: Path) -> None:
    config = json.loads(file.read_text())
    for account, seed in ((feed_account("acme"), inside), (integrator_account("acme"), outside)):
        users = config["accounts"][account].setdefault("users", [])
        users.append({"nkey": public_nkey(nkey_seed(seed))})
    file.write_text(json.dumps(config))


async def _fill(ring: Ring) -> None:
    bus = ring.bus
    async with bus.connected("intake") as intake, bus.connected("scheduling") as scheduling:
        for number in range(3):
            await published(intake, event_of("intake", number))
            await published(intake, "careteam.int.intake.noted.v1.p00")
            await published(scheduling, "careteam.evt.scheduling.session_scheduled.v1.p00")

    async def filled() -> bool:
        return (await held(bus, "acme"))[0] == (await held(bus, "zeta"))[0] == 6

    await eventually(filled)


class Refusals:
    """What the server says to a client that it refused."""

    def __init__(self) -> None:
        self.said: set[str] = set()
        self.heard: set[str] = set()

    async def hear(self, error: Exception) -> None:
        words = str(error).lower()
        if "permissions violation for publish" in words:
            self.said.add(words.split('"')[1])
        elif "permissions violation for subscription" in words:
            self.heard.add(words.split('"')[1])

    async def all(self, *, said: int = 0, heard: int = 0) -> bool:
        """Whether so many were refused."""
        return len(self.said) >= said and len(self.heard) >= heard


FORBIDDEN_TO_SAY: Final = (
    event_of("intake"),
    event_of("acme"),
    "careteam.int.intake.noted.v1.p00",
    "careteam.canary.intake",
    "careteam.mark.intake",
    "careteam.door.intake",
    "careteam.rpc.prescribing.standing",
    "careteam.audit.intake",
    "feed.acme.S.guessed",
    "feed.zeta.S.guessed",
    f"{API_OF_A_FEED}.CONSUMER.MSG.NEXT.{STREAM_OF_A_FEED}.zeta",
    f"{API_OF_A_FEED}.CONSUMER.INFO.{STREAM_OF_A_FEED}.zeta",
    f"$JS.ACK.{STREAM_OF_A_FEED}.zeta.1.1.1.1.0",
    f"$JS.ACK.{STREAM}.intake.1.1.1.1.0",
    f"$JS.FC.{STREAM}.guessed.guessed",
    *(
        f"{api}.{question}"
        for api in (API_OF_A_FEED, "$JS.API", feed_api("acme"), feed_api("zeta"))
        for question in (
            "INFO",
            "STREAM.NAMES",
            "STREAM.CREATE.MINE",
            f"STREAM.INFO.{STREAM_OF_A_FEED}",
            f"STREAM.UPDATE.{STREAM_OF_A_FEED}",
            f"STREAM.PURGE.{STREAM_OF_A_FEED}",
            f"STREAM.DELETE.{STREAM_OF_A_FEED}",
            f"STREAM.MSG.GET.{STREAM_OF_A_FEED}",
            f"STREAM.MSG.DELETE.{STREAM_OF_A_FEED}",
            f"STREAM.SNAPSHOT.{STREAM_OF_A_FEED}",
            f"DIRECT.GET.{STREAM_OF_A_FEED}",
            f"CONSUMER.CREATE.{STREAM_OF_A_FEED}.mine",
            f"CONSUMER.DURABLE.CREATE.{STREAM_OF_A_FEED}.mine",
            f"CONSUMER.DELETE.{STREAM_OF_A_FEED}.acme",
            f"CONSUMER.PAUSE.{STREAM_OF_A_FEED}.acme",
        )
    ),
    *(
        f"{api}.{question}"
        for api in (SOURCE_API, HUB_API, "$JS.API")
        for question in (
            f"{CREATE}.mine.careteam.evt.>",
            f"{CREATE}.mine.careteam.int.>",
            f"{CREATE}.mine",
            f"CONSUMER.MSG.NEXT.{STREAM}.intake",
            f"CONSUMER.DELETE.{STREAM}.intake",
            f"STREAM.INFO.{STREAM}",
            f"STREAM.MSG.GET.{STREAM}",
            f"STREAM.DELETE.{STREAM}",
        )
    ),
    "$SYS.REQ.SERVER.PING",
    "_INBOX_zeta.anything",
    "_INBOX_intake.anything",
)


FORBIDDEN_TO_HEAR: Final = (
    ">",
    "*.>",
    "careteam.>",
    "careteam.evt.>",
    "careteam.evt.scheduling.session_scheduled.v1.*",
    "careteam.mark.*",
    "careteam.rpc.>",
    "feed.>",
    "feed.acme.>",
    "feed.zeta.>",
    "_INBOX.>",
    "_INBOX_zeta.>",
    "_INBOX_bus.>",
    "_R_.>",
    "$JSC.>",
    "$JS.>",
    "$JS.API.>",
    "$JS.EVENT.ADVISORY.>",
    f"{API_OF_A_FEED}.>",
    "$SYS.>",
)


FOREIGN: Final = (
    event_of("prescribing", 7),
    "careteam.int.prescribing.noted.v1.p00",
    "careteam.canary.prescribing",
    "careteam.rpc.prescribing.standing",
    "feed.acme.S.guessed",
    "feed.zeta.S.guessed",
    f"{SOURCE_API}.{CREATE}.mine.careteam.evt.>",
    *(
        f"{api}.{question}"
        for api in ("$JS.API", API_OF_A_FEED, feed_api("acme"), feed_api("zeta"))
        for question in (
            f"STREAM.PURGE.{STREAM_OF_A_FEED}",
            f"STREAM.DELETE.{STREAM_OF_A_FEED}",
            f"CONSUMER.DELETE.{STREAM_OF_A_FEED}.acme",
            f"CONSUMER.DELETE.{STREAM_OF_A_FEED}.zeta",
        )
    ),
    f"$JS.API.STREAM.DELETE.{STREAM}",
    f"$JS.API.STREAM.PURGE.{STREAM}",
)


BODIES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (f"{CREATE}.mine.careteam.int.>", {"filter_subject": "careteam.int.>"}),
    (f"{CREATE}.mine.careteam.>", {"filter_subject": "careteam.>"}),
    (f"{CREATE}.mine", {}),
    (f"{CREATE}", {}),
    (f"CONSUMER.DURABLE.CREATE.{STREAM}.mine", {"durable_name": "mine"}),
    (f"{CREATE}.mine.careteam.evt.>", {"filter_subject": "careteam.int.>"}),
    (f"{CREATE}.mine.careteam.evt.>", {}),
    (f"{CREATE}.mine.careteam.evt.>", {"filter_subjects": ["careteam.evt.>", "careteam.int.>"]}),
    (
        f"{CREATE}.mine.careteam.evt.>",
        {"filter_subject": "careteam.evt.>", "filter_subjects": ["careteam.int.>"]},
    ),
    (
        f"{CREATE}.mine.careteam.evt.>",
        {"filter_subject": "careteam.evt.>", "deliver_subject": event_of("prescribing")},
    ),
    (f"CONSUMER.MSG.NEXT.{STREAM}.intake", {}),
    (f"CONSUMER.DELETE.{STREAM}.intake", {}),
    (f"CONSUMER.INFO.{STREAM}.intake", {}),
    (f"STREAM.INFO.{STREAM}", {}),
    (f"STREAM.MSG.GET.{STREAM}", {}),
    (f"STREAM.PURGE.{STREAM}", {}),
    (f"STREAM.DELETE.{STREAM}", {}),
)
