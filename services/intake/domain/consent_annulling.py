"""A signature that turns out to have been given under medicine never counted (6.5, INV-33)."""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.consent import (
    TRANSITIONS,
    Consent,
    ConsentTrigger,
    Signature,
    step,
)
from services.intake.domain.events import ConsentExpired, DomainEvent
from services.intake.domain.facts import CourseFacts
from services.intake.domain.on_board import was_on_board
from shared.decisions import Change


def annul_what_medicine_signed(
    consent: Consent, facts: CourseFacts, *, now: datetime
) -> Change[Consent, DomainEvent]:
    """A dose was told after a signature that it preceded. An older signature stands again.

    The others hear that the signature has run out: that blocks the next dose and, unlike a
    withdrawal, stops nobody's session and ends no course.
    """
    annulled = tuple(
        signature
        for signature in consent.signatures
        if signature.standing_scopes(now) and was_on_board(facts, signature.signed_at)
    )
    if not annulled:
        return Change(consent)
    after = replace(
        consent,
        signatures=tuple(
            replace(signature, annulled_at=now) if signature in annulled else signature
            for signature in consent.signatures
        ),
    )
    for scope in dict.fromkeys(scope for signature in annulled for scope in signature.scopes):
        written = consent.written_state(scope)
        if ConsentTrigger.ANNUL not in TRANSITIONS[written]:
            continue
        standing = after.speaking(scope, now)
        if standing is None or not standing.covers(scope, now):
            fallen = TRANSITIONS[written][ConsentTrigger.ANNUL]
            after = replace(after, scopes={**after.scopes, scope.value: fallen})
        elif standing.material_version < after.required_material:
            after = step(after, scope, ConsentTrigger.ASK_AGAIN, now)
    return Change(after, tuple(_told(signature, now) for signature in annulled))


def _told(signature: Signature, now: datetime) -> ConsentExpired:
    return ConsentExpired(at=now, consent_id=signature.consent_id)
