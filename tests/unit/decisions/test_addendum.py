"""The one rule of signed records: locked, and added to by somebody with a name."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.decisions import Refused
from shared.decisions.addendum import Addendum, SignedRecord, add_to

RECORD, CLIENT, COURSE, AUTHOR, NEW = (UUID(int=n) for n in range(1, 6))
SIGNED = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)


def record(signed_at: datetime | None = SIGNED) -> SignedRecord:
    return SignedRecord(
        kind="evaluations", id=RECORD, client_id=CLIENT, course_id=COURSE, signed_at=signed_at
    )


def added(to: SignedRecord, ref: UUID | None = AUTHOR) -> Addendum:
    return add_to(
        to, addendum_id=NEW, role="therapist", ref=ref, at=NOW, reason="asked again", text="More."
    )


def test_what_came_later_says_who_when_and_why() -> None:
    one = added(record())
    assert (one.record_kind, one.record_id, one.client_id) == ("evaluations", RECORD, CLIENT)
    assert (one.author_role, one.author_ref, one.signed_at) == ("therapist", AUTHOR, NOW)
    assert (one.reason, one.text) == ("asked again", "More.")


@pytest.mark.parametrize(
    ("to", "ref", "slug"),
    [(record(None), AUTHOR, "record-not-signed"), (record(), None, "author-not-named")],
)
def test_it_needs_a_signed_record_and_a_name(to: SignedRecord, ref: UUID | None, slug: str) -> None:
    with pytest.raises(Refused) as refused:
        added(to, ref)
    assert [one.slug for one in refused.value.refusals] == [slug]
