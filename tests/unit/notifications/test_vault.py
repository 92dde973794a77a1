"""Secrets are opened with the key that sealed them, and with no other."""

import base64
from pathlib import Path

import pytest

from services.notifications.channels.vault import NoKeyError, Vault, new_secret


def test_what_one_key_sealed_another_does_not_open(tmp_path: Path) -> None:
    secret = new_secret()
    old, other = Vault(["old"]), Vault(["other"])
    sealed = old.seal(secret)
    assert secret not in sealed
    assert old.open(sealed) == secret
    assert other.open(sealed) is None
    file = tmp_path / "keys"
    file.write_text("old\nnew\n")
    both = Vault.from_file(file)
    assert both.open(sealed) == secret
    assert old.open(both.seal(secret)) is None


def test_without_a_key_nothing_is_sealed() -> None:
    assert not Vault.from_file(None).has_key
    with pytest.raises(NoKeyError):
        Vault().seal("secret")


def test_a_secret_is_as_the_standard_writes_it() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != new_secret()
