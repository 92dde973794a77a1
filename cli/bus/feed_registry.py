"""The file of the integrators on the bus, and what may be done to it."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cli.bus.feed_accounts import MOST_FEEDS
from cli.bus.feed_provisioning import subjects_wanted
from cli.clinic.secrets import write_private
from cli.trouble import Trouble
from shared.messaging.feeds import FEEDS, Feed, read_feeds

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


@dataclass(frozen=True, slots=True)
class FeedRegistry:
    """Whoever writes holds a lock, so that two commands at once do not undo each other's work."""

    file: Path

    def feeds(self) -> tuple[Feed, ...]:
        """All of them; those that were revoked too."""
        try:
            return read_feeds(self.file)
        except ValueError as damage:
            raise Trouble(f"{self.file} is damaged: restore it from a backup") from damage

    def find(self, name: str) -> Feed | None:
        """Who has the name and is not revoked."""
        present = (one for one in self.feeds() if one.name == name and not one.revoked_at)
        return next(present, None)

    def known(self, name: str) -> Feed:
        """The same; a sentence where there is nobody."""
        found = self.find(name)
        if found is None:
            raise Trouble(f"no integrator on NATS is called {name}: see `careteam integrator list`")
        return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else changes it meanwhile."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(
            self.file.with_name(f".{self.file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def put(self, feed: Feed) -> None:
        """Keep this, in the place of whoever had its name."""
        others = [one for one in self.feeds() if one.name != feed.name]
        self.write(tuple(sorted((*others, feed), key=lambda one: one.name)))

    def write(self, feeds: tuple[Feed, ...]) -> None:
        """Keep these and no others."""
        write_private(self.file, FEEDS.dump_json(feeds, indent=2).decode() + "\n")

    def make(self) -> None:
        """An empty list, where there is none."""
        if not self.file.exists():
            self.write(())

    def new(self, name: str, types: tuple[str, ...], now: datetime) -> Feed:
        """A feed that could be added, whom nobody is let in by yet; a sentence why not. What was
        begun under this name and not finished is begun again."""
        if not _NAME.fullmatch(name):
            raise Trouble("a name has two to forty small letters, figures and hyphens")
        subjects_wanted(types)
        present = [one for one in self.feeds() if not one.revoked_at and one.name != name]
        taken = self.find(name)
        if taken is not None and taken.key is not None:
            raise Trouble(f"an integrator on NATS is called {name} already")
        if len(present) >= MOST_FEEDS:
            raise Trouble(
                f"{MOST_FEEDS} integrators have a feed of their own on NATS, and there is room for"
                " no more: revoke one, or tell this one by a webhook"
            )
        return Feed(
            name=name, types=tuple(sorted(set(types))), key=None, added_at=now, key_since=now
        )


def rekeyed(feed: Feed, key: str, now: datetime) -> Feed:
    """The same with another key, from now on. The one before it ends at once: nothing is lost by
    that, for the feed's consumer remembers how far the integrator was."""
    return replace(feed, key=key, key_since=now)


def revoked(feed: Feed, now: datetime) -> Feed:
    """It is let in no more."""
    return replace(feed, key=None, revoked_at=now)
