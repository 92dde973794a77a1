"""Signing, withdrawing and running out: the three things that change what is agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.intake.domain.consent import (
    TRANSITIONS,
    Consent,
    ConsentTrigger,
    ScopeState,
    Signature,
    step,
)
from services.intake.domain.events import (
    ConsentExpired,
    ConsentGranted,
    ConsentWithdrawn,
    DomainEvent,
)
from shared.decisions import Change, Decision, Unblock, Verdict, holds, violated
from shared.protocol import ConsentRules, ConsentScope

AFTER_APPROVAL: Final = frozenset({ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT})
"""Asked for once the client is approved and still wants it, never before (F22)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCircumstances:
    """What the rules of signing read beside the consent itself."""

    course_goes_on: bool
    approved: bool
    open_questions: int
    on_board_since: Mapping[str, str]
    """Per session with medicine on board, the event that told the dose."""


def signing_decision(
    consent: Consent,
    circumstances: SigningCircumstances,
    *,
    scopes: tuple[ConsentScope, ...],
    material_version: int,
    now: datetime,
) -> Decision:
    """Whether the client may sign now: informed, asked, and in full possession of themselves."""
    return Decision.of(
        "consent",
        (
            _course_goes_on(circumstances),
            _no_question_open(circumstances),
            _nothing_on_board(circumstances),
            _approved_first(circumstances, scopes),
            _was_offered(consent, scopes, now),
            _material_is_current(consent, material_version),
        ),
    )


def sign(
    consent: Consent,
    *,
    consent_id: UUID,
    scopes: tuple[ConsentScope, ...],
    material_version: int,
    rules: ConsentRules,
    now: datetime,
) -> Change[Consent, DomainEvent]:
    """Record a signature; the caller has asked :func:`signing_decision`."""
    signature = Signature(
        consent_id=consent_id,
        consent_version=len(consent.signatures) + 1,
        scopes=tuple(dict.fromkeys(scopes)),
        material_version=material_version,
        signed_at=now,
        valid_until=now + timedelta(days=rules.treatment_valid_days),
    )
    signed = replace(consent, signatures=(*consent.signatures, signature))
    for scope in signature.scopes:
        if _offered_by_asking(consent.state(scope, now), scope):
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
    if signature is None or signature.expired_at is not None or now < signature.valid_until:
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


def _offered_by_asking(state: ScopeState, scope: ConsentScope) -> bool:
    """Asking for a signature is the offer itself, where nothing else has to come before it."""
    if state is ScopeState.EXPIRED:
        return True
    return state is ScopeState.NOT_ASKED and scope not in AFTER_APPROVAL


def _course_goes_on(circumstances: SigningCircumstances) -> Verdict:
    if circumstances.course_goes_on:
        return holds("course-goes-on", "6.1")
    return violated("course-goes-on", "6.1")


def _no_question_open(circumstances: SigningCircumstances) -> Verdict:
    if not circumstances.open_questions:
        return holds("no-question-open", "F43")
    return violated(
        "no-question-open",
        "F43",
        unblocks_with=(
            Unblock(fact="question", owner="intake", action="answer the client's question"),
        ),
        open_questions=circumstances.open_questions,
    )


def _nothing_on_board(circumstances: SigningCircumstances) -> Verdict:
    sessions = tuple(sorted(circumstances.on_board_since))
    if not sessions:
        return holds("nothing-on-board", "ruling 14")
    return violated(
        "nothing-on-board",
        "ruling 14",
        *(circumstances.on_board_since[session] for session in sessions),
        unblocks_with=(
            Unblock(fact="ClientDischarged", owner="scheduling", action="wait until discharge"),
        ),
        sessions=sessions,
    )


def _approved_first(
    circumstances: SigningCircumstances, scopes: tuple[ConsentScope, ...]
) -> Verdict:
    asked = tuple(scope.value for scope in scopes if scope in AFTER_APPROVAL)
    if circumstances.approved or not asked:
        return holds("approved-before-consent", "F22")
    return violated(
        "approved-before-consent",
        "F22",
        unblocks_with=(
            Unblock(fact="ClientApproved", owner="intake", action="approve the client first"),
        ),
        scopes=asked,
    )


def _was_offered(consent: Consent, scopes: tuple[ConsentScope, ...], now: datetime) -> Verdict:
    missing = tuple(
        scope.value
        for scope in scopes
        if ConsentTrigger.SIGN not in TRANSITIONS[consent.state(scope, now)]
        and not _offered_by_asking(consent.state(scope, now), scope)
    )
    if not missing:
        return holds("consent-was-offered", "6.5")
    return violated(
        "consent-was-offered",
        "6.5",
        unblocks_with=(
            Unblock(fact="offer", owner="intake", action="offer it when the client asks for it"),
        ),
        scopes=missing,
    )


def _material_is_current(consent: Consent, material_version: int) -> Verdict:
    facts = {
        "material_version": material_version,
        "required_material": consent.required_material,
    }
    if material_version >= consent.required_material:
        return holds("material-is-current", "F42", **facts)
    return violated(
        "material-is-current",
        "F42",
        unblocks_with=(
            Unblock(fact="material_version", owner="intake", action="sign the current material"),
        ),
        **facts,
    )
