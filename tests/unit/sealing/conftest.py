"""A keyring in a folder of its own, and a second process that shares it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.storage.keyring import Keyring


class Shared:
    """One keyring, as each of several processes has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "keyring"
        self.master = folder / "master"
        self.master.write_text("ab" * 32)
        self.id = self.process().found()

    def process(
        self, service: str = "intake", monotonic: Callable[[], float] = time.monotonic
    ) -> Keyring:
        return Keyring(service, self.folder, self.master, monotonic=monotonic)

    def opened(self, monotonic: Callable[[], float] = time.monotonic) -> Keyring:
        keyring = self.process(monotonic=monotonic)
        keyring.open(self.id)
        return keyring


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path)
