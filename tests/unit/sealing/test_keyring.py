"""A key for each client: there before it is needed, gone for good once destroyed, for everybody."""

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest

from shared.storage.keyring import (
    BELIEVED_SECONDS,
    NOBODY,
    KeyDestroyedError,
    KeyMissingError,
    Keyring,
    KeyringAwayError,
    KeyringError,
)
from tests.unit.sealing.conftest import Shared


def round_trip(one: Keyring, another: Keyring, owner: object) -> bool:
    sealed = one.cipher(owner).encrypt(b"n" * 12, b"word", None)  # type: ignore[arg-type]
    return another.cipher(owner).decrypt(b"n" * 12, sealed, None) == b"word"  # type: ignore[arg-type]


async def test_processes_share_a_key_whoever_made_it(shared: Shared) -> None:
    client = uuid4()
    one, another = shared.opened(), shared.opened()
    await one.prepare([client])
    await another.prepare([client])
    assert round_trip(one, another, client)
    files = [*shared.folder.iterdir()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sorted(file.name for file in files) == sorted(
        ["keyring", f"{NOBODY}.key", f"{client}.key"]
    )


async def test_a_key_lies_there_wrapped(shared: Shared) -> None:
    client = uuid4()
    await shared.opened().prepare([client])
    _master, wrapped = (shared.folder / f"{client}.key").read_text().split()
    assert len(bytes.fromhex(wrapped)) == 12 + 32 + 16, "nonce, key and tag"


async def test_a_destroyed_key_is_destroyed_for_everybody_within_what_they_believe(
    shared: Shared,
) -> None:
    client, other = uuid4(), uuid4()
    now = [1000.0]
    one, another = shared.opened(lambda: now[0]), shared.opened(lambda: now[0])
    await one.prepare([client, other])
    assert round_trip(one, another, client)
    await one.destroy([client])
    with pytest.raises(KeyDestroyedError):
        one.cipher(client)
    another.cipher(client)  # it believes what it read a moment ago
    now[0] += BELIEVED_SECONDS
    assert BELIEVED_SECONDS <= 60
    with pytest.raises(KeyDestroyedError):
        another.cipher(client)
    assert round_trip(one, another, other)


async def test_a_destroyed_key_never_comes_back(shared: Shared) -> None:
    client, unknown = uuid4(), uuid4()
    keyring = shared.opened()
    await keyring.prepare([client])
    await keyring.destroy([client, unknown])
    await keyring.destroy([client])
    for late in (client, unknown):
        await shared.opened().prepare([late])
        with pytest.raises(KeyDestroyedError):
            shared.opened().cipher(late)


async def test_a_key_that_was_overwritten_and_not_yet_marked_is_destroyed(shared: Shared) -> None:
    """A crash between the two leaves zeros."""
    client = uuid4()
    await shared.opened().prepare([client])
    file = shared.folder / f"{client}.key"
    file.write_bytes(b"\0" * file.stat().st_size)
    with pytest.raises(KeyDestroyedError):
        shared.opened().cipher(client)


async def test_a_key_of_its_own_is_forgotten_without_a_word(shared: Shared) -> None:
    draft = uuid4()
    keyring = shared.opened()
    await keyring.prepare([draft])
    await keyring.forget([draft])
    with pytest.raises(KeyMissingError):
        keyring.cipher(draft)
    assert not (shared.folder / f"{draft}.key").exists()


async def test_a_key_that_cannot_be_written_leaves_nothing_half_there(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = uuid4()
    keyring = shared.opened()
    before = sorted(shared.folder.iterdir())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(KeyringAwayError, match="No space left"):
            await keyring.prepare([client])
    assert sorted(shared.folder.iterdir()) == before
    await keyring.prepare([client])
    keyring.cipher(client)


async def test_a_moved_or_altered_key_file_opens_nothing(shared: Shared) -> None:
    one, another, third = uuid4(), uuid4(), uuid4()
    await shared.opened().prepare([one, another, third])
    (shared.folder / f"{one}.key").replace(shared.folder / f"{another}.key")
    altered = bytearray((shared.folder / f"{third}.key").read_bytes())
    altered[-2] ^= 1
    (shared.folder / f"{third}.key").write_bytes(altered)
    for owner in (one, another, third):
        with pytest.raises(KeyMissingError):
            shared.opened().cipher(owner)


def test_a_newer_master_key_opens_what_the_older_one_wrapped(shared: Shared) -> None:
    shared.master.write_text("ab" * 32 + "\n" + "cd" * 32)
    shared.opened().cipher(NOBODY)
    shared.master.write_text("cd" * 32)
    with pytest.raises(KeyringError, match="another master key"):
        shared.opened()


def test_what_is_missing_or_anothers_is_named(shared: Shared, tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="bring it up to date"):
        shared.process().open(None)
    with pytest.raises(KeyringError, match="not the keyring of this database"):
        shared.process().open(uuid4())
    with pytest.raises(KeyringError, match="there is no keyring"):
        Keyring("intake", tmp_path / "nowhere", shared.master).open(shared.id)
    with pytest.raises(KeyringError, match="another master key"):
        shared.process("scheduling").open(shared.id)
    with pytest.raises(KeyringError, match="CARETEAM_KEYRING_FOLDER"):
        Keyring("intake", None, shared.master).open(shared.id)
    with pytest.raises(KeyringError, match="CARETEAM_SEALING_KEY_FILE"):
        Keyring("intake", shared.folder, None).open(shared.id)
    with pytest.raises(KeyringError, match="No such file"):
        Keyring("intake", shared.folder, tmp_path / "lost").open(shared.id)


def test_a_keyring_without_its_mark_is_not_founded_again(shared: Shared) -> None:
    assert shared.process().found() == shared.id
    (shared.folder / "keyring").unlink()
    with pytest.raises(KeyringError, match="there is no keyring"):
        shared.process().found()
