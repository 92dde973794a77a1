"""Whether the client may sign now: the rules, all of them, each with what is missing (6.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.domain.consent import (
    TRANSITIONS,
    Consent,
    ConsentTrigger,
    ScopeState,
)
from services.intake.domain.consent_material import Disclosure, disclosed_for
from shared.decisions import Decision, Unblock, Verdict, holds, violated
from shared.protocol import ConsentScope

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
    disclosures: tuple[Disclosure, ...] | None = None,
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
            _everything_disclosed(scopes, disclosures),
        ),
    )


def offered_by_asking(state: ScopeState, scope: ConsentScope) -> bool:
    """Asking for a signature is the offer itself, where nothing else has to come before it."""
    if state is ScopeState.EXPIRED:
        return True
    return state is ScopeState.NOT_ASKED and scope not in AFTER_APPROVAL


def _course_goes_on(circumstances: SigningCircumstances) -> Verdict:
    if circumstances.course_goes_on:
        return holds("course-goes-on", "6.1")
    return violated(
        "course-goes-on",
        "6.1",
        unblocks_with=(
            Unblock(fact="course", owner="intake", action="have a course that is not closing"),
        ),
    )


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
        and not offered_by_asking(consent.state(scope, now), scope)
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


def _everything_disclosed(
    scopes: tuple[ConsentScope, ...], disclosures: tuple[Disclosure, ...] | None
) -> Verdict:
    """Consent is informed (F42): of fees and time as well (F45). None: the material says it all."""
    needed = disclosed_for(scopes)
    missing = () if disclosures is None else tuple(d for d in needed if d not in disclosures)
    if not missing:
        return holds("everything-disclosed", "F45")
    return violated(
        "everything-disclosed",
        "F45",
        unblocks_with=(
            Unblock(fact="disclosures", owner="intake", action="go through what is missing"),
        ),
        missing=tuple(disclosure.value for disclosure in missing),
    )
