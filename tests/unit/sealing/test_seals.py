"""What is sealed opens in its place, with its owner's key, and nowhere else."""

from uuid import UUID, uuid4

import pytest

from shared.storage.keyring import KeyDestroyedError
from shared.storage.seals import SealBroken, Seals
from tests.unit.sealing.conftest import Shared

ANA, BEN = UUID(int=1), UUID(int=2)


@pytest.fixture
async def seals(shared: Shared) -> Seals:
    made = Seals(shared.opened())
    await made.prepare([ANA, BEN, None])
    return made


async def test_it_opens_in_its_place(seals: Seals) -> None:
    row = uuid4()
    for owner in (ANA, None):
        sealed = seals.seal(b"a word", owner, "notes", row)
        assert b"a word" not in sealed
        assert seals.open(sealed, owner, "notes", row) == b"a word"
        assert seals.seal(b"a word", owner, "notes", row) != sealed, "a nonce is used once"


async def test_it_opens_nowhere_else(seals: Seals, shared: Shared) -> None:
    row = uuid4()
    sealed = seals.seal(b"a word", ANA, "notes", row)
    for owner, table, where in ((BEN, "notes", row), (ANA, "tasks", row), (ANA, "notes", uuid4())):
        with pytest.raises(SealBroken):
            seals.open(sealed, owner, table, where)
    for altered in (b"", b"plain", b"\x02" + sealed[1:], sealed[:-1], sealed[:20]):
        with pytest.raises(SealBroken):
            seals.open(altered, ANA, "notes", row)
    assert seals.open(sealed, ANA, "notes", row) == b"a word"


async def test_no_bit_of_it_can_be_changed(seals: Seals) -> None:
    sealed = seals.seal(b"a word", ANA, "notes", 1)
    for bit in range(8 * len(sealed)):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            seals.open(bytes(altered), ANA, "notes", 1)


async def test_what_several_are_in_opens_only_while_all_keys_are_there(
    seals: Seals, shared: Shared
) -> None:
    sealed = seals.seal_for_all(b"both", [BEN, ANA], "answers", "key")
    assert seals.open_of_all(sealed, {ANA, BEN}, "answers", "key") == b"both"
    nobodys = seals.seal_for_all(b"none", [], "answers", "key")
    assert seals.open_of_all(nobodys, [], "answers", "key") == b"none"
    await shared.opened().destroy([BEN])
    late = Seals(shared.opened())
    with pytest.raises(KeyDestroyedError):
        late.open_of_all(sealed, {ANA, BEN}, "answers", "key")
