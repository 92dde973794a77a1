"""Signing, withdrawing and running out: the three things that change what is agreed to."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from services.intake.domain.consent import (
    Consent,
    ConsentTrigger,
    ScopeState,
    Signature,
    WithdrawalChannel,
    step,
)
from services.intake.domain.consent_material import Disclosure
from services.intake.domain.events import (
    ConsentExpired,
    ConsentGranted,
    ConsentWithdrawn,
    DomainEvent,
)
from services.intake.domain.signing_rules import offered_by_asking
from shared.decisions import Change
from shared.protocol import ConsentRules, ConsentScope


def sign(
    consent: Consent,
    *,
    consent_id: UUID,
    scopes: tuple[ConsentScope, ...],
    material_version: int,
    rules: ConsentRules,
    now: datetime,
    disclosures: tuple[Disclosure, ...] = (),
) -> Change[Consent, DomainEvent]:
    """Record a signature; the caller has asked :func:`signing_decision`."""
    signature = Signature(
        consent_id=consent_id,
        consent_version=len(consent.signatures) + 1,
        scopes=tuple(dict.fromkeys(scopes)),
        material_version=material_version,
        disclosures=disclosures,
        signed_at=now,
        valid_until=now + timedelta(days=rules.treatment_valid_days),
    )
    signed = replace(consent, signatures=(*consent.signatures, signature))
    for scope in signature.scopes:
        if offered_by_asking(consent.state(scope, now), scope):
            signed = step(signed, scope, ConsentTrigger.OFFER, now)
        signed = step(signed, scope, ConsentTrigger.SIGN, now)
    return Change(
        signed,
        (
            ConsentGranted(
                at=now,
                consent_id=consent_id,
                consent_version=signature.consent_version,
                scopes=signature.scopes,
                material_version=material_version,
                valid_until=signature.valid_until,
            ),
        ),
    )


def withdraw(
    consent: Consent,
    *,
    scopes: tuple[ConsentScope, ...],
    stated_at: datetime | None,
    now: datetime,
    channel: WithdrawalChannel = WithdrawalChannel.IN_PERSON,
) -> Change[Consent, DomainEvent]:
    """Take scopes back: always accepted, in one step, no reason asked (F39, C-10).

    Every signature that covers a scope loses it, so that no older one keeps it alive. A time that
    cannot be right is moved into what is possible; it never stands in the way.
    """
    events: list[DomainEvent] = []
    signatures: list[Signature] = []
    lost: set[ConsentScope] = set()
    for signature in consent.signatures:
        taken = tuple(s for s in signature.standing_scopes(now) if s in scopes)
        if not taken:
            signatures.append(signature)
            continue
        at = min(max(stated_at or now, signature.signed_at), now)
        lost.update(taken)
        signatures.append(
            replace(
                signature,
                withdrawn={**signature.withdrawn, **{scope.value: at for scope in taken}},
                withdrawn_through={
                    **signature.withdrawn_through,
                    **{scope.value: channel for scope in taken},
                },
            )
        )
        events.append(
            ConsentWithdrawn(at=at, consent_id=signature.consent_id, scopes=taken),
        )
    after = consent
    for scope in ConsentScope:
        if scope in lost:
            after = step(after, scope, ConsentTrigger.WITHDRAW, now)
    return Change(replace(after, signatures=tuple(signatures)), tuple(events))


def expire(consent: Consent, *, consent_id: UUID, now: datetime) -> Change[Consent, DomainEvent]:
    """A signature ran out. Announced once, and only if something of it still stood."""
    signature = consent.with_id(consent_id)
    if signature is None or signature.over or now < signature.valid_until:
        return Change(consent)
    expired = replace(signature, expired_at=signature.valid_until)
    after = replace(
        consent,
        signatures=tuple(expired if s is signature else s for s in consent.signatures),
    )
    written = dict(after.scopes)
    for scope in signature.scopes:
        if after.state(scope, now) is ScopeState.EXPIRED:
            written[scope.value] = ScopeState.EXPIRED
    after = replace(after, scopes=written)
    if all(scope.value in signature.withdrawn for scope in signature.scopes):
        return Change(after)
    return Change(after, (ConsentExpired(at=signature.valid_until, consent_id=consent_id),))
