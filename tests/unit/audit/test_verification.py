"""Whatever is done to a chain is found, and at the first row that is not as it was written."""

import random
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.audit import KeyRing, Outcome, UnkeyedAuditError
from shared.audit.chain import KEY_CHANGED
from shared.audit.checkpoint import BadCheckpointError, Checkpoint
from shared.audit.verification import verify
from tests.unit.audit.chains import (
    BEGAN,
    KINDS,
    RING,
    SERVICE,
    Kept,
    entry,
    grown,
    kept,
    vouched,
    without_key,
)

WHOLE = kept(60)
NEW = KeyRing.of(["5e" * 32, "a1" * 32], "tests")


@pytest.mark.parametrize("length", [0, 1, 2, 9, 10, 11, 60])
def test_a_whole_chain_holds(length: int) -> None:
    chain = kept(length)
    result = verify(SERVICE, chain.rows, RING, chain.checkpoints)
    assert (result.holds, result.rows, result.vouched) == (True, length, length)


def test_every_tampering_is_found_where_it_begins() -> None:
    """F2: over a thousand random tamperings by somebody who has the database and not the key."""
    kinds = Counter[str]()
    for seed in range(1500):
        kind, first, rows = without_key(WHOLE.rows, random.Random(seed))
        finding = verify(SERVICE, rows, RING, WHOLE.checkpoints).finding
        assert finding is not None, (seed, kind)
        assert finding.sequence == first, (seed, kind)
        kinds[kind] += 1
    assert min(kinds[kind] for kind in KINDS) > 100


def test_without_checkpoints_a_cut_tail_passes() -> None:
    """The negative twin: this is what checkpoints are for."""
    assert verify(SERVICE, WHOLE.rows[:40], RING, ()).holds
    found = verify(SERVICE, WHOLE.rows[:40], RING, WHOLE.checkpoints).finding
    assert found is not None
    assert found.sequence == 41


@given(st.integers(0, 59), st.integers(0, 1000))
@settings(max_examples=200, deadline=None)
def test_a_chain_written_anew_with_the_key_is_found_by_what_was_handed_away(
    at: int, seed: int
) -> None:
    """Full rewrite: somebody who has the key tells another story from some row on."""
    honest = WHOLE.rows[:at]
    digest = honest[-1].digest if honest else None
    other = (replace(entry(n), role="nurse", why=f"role {seed}") for n in range(at, 60))
    rows = (*honest, *grown(other, digest=digest, after=at))
    assert verify(SERVICE, rows, RING, ()).holds
    found = verify(SERVICE, rows, RING, WHOLE.checkpoints).finding
    assert found is not None
    first_vouched = min(c.sequence for c in WHOLE.checkpoints if c.sequence > at)
    assert found.sequence == first_vouched


def test_an_old_backup_that_goes_on_is_found() -> None:
    """Restored to row 35, and 40 more rows since, each with its checkpoint."""
    old = WHOLE.rows[:35]
    since = tuple(grown((entry(n + 500) for n in range(40)), digest=old[-1].digest, after=35))
    checkpoints = (*WHOLE.checkpoints, *(vouched(row) for row in since))
    found = verify(SERVICE, (*old, *since), RING, checkpoints).finding
    assert found is not None
    assert 36 <= found.sequence <= 40


def test_another_services_chain_does_not_pass_for_this_one() -> None:
    found = verify("scheduling", WHOLE.rows, RING, ()).finding
    assert found is not None
    assert found.sequence == 1


def _rotated() -> Kept:
    entries = [entry(n) for n in range(20)]
    entries[9] = replace(entries[9], action=KEY_CHANGED, key_id=NEW.current)
    return Kept(tuple(grown(iter(entries), NEW)), ())


def test_a_key_changes_by_an_entry_that_names_the_next() -> None:
    rows = _rotated().rows
    assert {row.key_id for row in rows} == set(NEW.keys)
    assert verify(SERVICE, rows, NEW, ()).holds
    found = verify(SERVICE, rows, RING, ()).finding
    assert found is not None
    assert (found.sequence, found.what.split(",")[-1]) == (11, " which is not in the key file")


def test_a_key_does_not_change_without_that_entry() -> None:
    head = WHOLE.rows[9]
    others = KeyRing.of(["a1" * 32], "tests")
    forged = tuple(grown((entry(n) for n in range(5)), others, digest=head.digest, after=10))
    found = verify(SERVICE, (*WHOLE.rows[:10], *forged), NEW, ()).finding
    assert found is not None
    assert found.sequence == 11


def test_a_checkpoint_is_believed_only_with_its_signature() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    line = WHOLE.checkpoints[2].signed(key)
    assert Checkpoint.read(line, key.public_key()) == WHOLE.checkpoints[2]
    for bad, by in (
        (line, other),
        (line.replace('"sequence":30', '"sequence":31'), key),
        (line[:-9], key),
        ("{}", key),
        ("7", key),
    ):
        with pytest.raises(BadCheckpointError):
            Checkpoint.read(bad, by.public_key())


def test_two_checkpoints_that_disagree_are_a_finding_themselves() -> None:
    lie = replace(WHOLE.checkpoints[1], head=b"\0" * 32)
    found = verify(SERVICE, WHOLE.rows, RING, (*WHOLE.checkpoints, lie)).finding
    assert found is not None
    assert found.sequence == 20


@pytest.mark.parametrize("lines", [[], ["no digits"], ["5e"], ["5e" * 32, "zz" * 32]])
def test_no_usable_key_is_no_key(lines: list[str]) -> None:
    with pytest.raises(UnkeyedAuditError):
        KeyRing.of(lines, "the file")


def test_the_same_entry_has_one_text() -> None:
    one = replace(entry(3), clients=(UUID(int=2), UUID(int=1)))
    same = replace(entry(3), clients=frozenset({UUID(int=1), UUID(int=2)}))
    assert one.canonical(7, BEGAN) == same.canonical(7, BEGAN)
    assert one.canonical(7, BEGAN).isascii()


def test_what_a_status_says() -> None:
    said = {status: Outcome.of_status(status) for status in (200, 303, 401, 404, 409, 422, 503)}
    assert [outcome.value for outcome in said.values()] == [
        "allowed",
        "allowed",
        "denied",
        "denied",
        "refused",
        "refused",
        "failed",
    ]
