"""What a refusal waits for, in one set of words for all services.

The rules of several services ask for the same things: an approval, a consent, a valid check. Each
keeps its own slug (:mod:`shared.protocol.needs_of_rules` knows them); what is missing is named here
once, with its owner, what to do, where, and its place on a client's way, so that a list of what is
missing reads from the first step to the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that is missing. ``at`` is where its owner takes it; ``step`` orders a list.

    ``{course}`` and ``{session}`` stand for ids. ``follows`` names needs whose end brings this one
    by itself: while one of them is missing too, this one is not asked for. With a ``final`` one
    nothing else is worth asking for.
    """

    step: int
    fact: str
    owner: str
    action: str
    at: str | None = None
    follows: frozenset[str] = frozenset()
    final: bool = False


def _need(step: int, fact: str, owner: str, action: str, at: str | None = None) -> Need:
    return Need(step=step, fact=fact, owner=owner, action=action, at=at)


_COURSE = "/courses/{course}"
_SESSION = "/sessions/{session}"

NEEDS: Final[Mapping[str, Need]] = MappingProxyType(
    {
        "another course": Need(
            step=0,
            fact="a course that goes on",
            owner="intake",
            action="open another course for the client",
            at="/clients",
            final=True,
        ),
        "another session": Need(
            step=1,
            fact="another session",
            owner="scheduling",
            action="book another day; a stop is final for this session",
            at="/sessions",
            final=True,
        ),
        "closing": _need(
            5, "the closing, settled", "intake", "wait: the flag is settled within seconds", _COURSE
        ),
        "care team": _need(
            10,
            "a care team of two",
            "intake",
            "name a therapist and a prescriber",
            f"{_COURSE}/care-team",
        ),
        "screening": _need(
            9, "the screening", "intake", "record the intake form", f"{_COURSE}/standing"
        ),
        "evaluation": _need(
            11,
            "the psychological evaluation",
            "intake",
            "a therapist records it",
            f"{_COURSE}/psychological-evaluation",
        ),
        "assessment": _need(
            12,
            "a medical assessment that clears the client",
            "prescribing",
            "a prescriber completes it",
            "/assessments",
        ),
        "approval": Need(
            step=13,
            fact="a current approval",
            owner="intake",
            action="evaluate and assess the client; approved by itself once both are positive",
            at=_COURSE,
            follows=frozenset({"care team", "screening", "evaluation", "assessment"}),
        ),
        "consent treatment": _need(
            20,
            "consent to the treatment",
            "intake",
            "the client signs; after a withdrawal only if the client asks for it",
            f"{_COURSE}/consents",
        ),
        "consent aftercare_agreement": _need(
            21,
            "the aftercare agreement",
            "intake",
            "the client signs; after a withdrawal only if the client asks for it",
            f"{_COURSE}/consents",
        ),
        "preparation": _need(
            30,
            "the preparation",
            "scheduling",
            "book and hold the sessions that are missing, and sign the checklist",
            f"{_COURSE}/preparation",
        ),
        "prescription": _need(
            40,
            "an active prescription with a session left",
            "prescribing",
            "write, amend or activate a prescription",
            f"{_COURSE}/prescriptions",
        ),
        "review": _need(
            41,
            "a course review that covers the next session",
            "intake",
            "therapist and prescriber review the course",
            f"{_COURSE}/reviews",
        ),
        "summary": _need(
            42,
            "the last session's summary, shared and reviewed",
            "prescribing",
            "the therapist shares it, the prescriber reviews it",
            "/summary-reviews",
        ),
        "integration": _need(
            43,
            "an integration session since the last dose, or its decline",
            "scheduling",
            "book and hold it, or record that the client declines",
            "/sessions",
        ),
        "spacing": _need(
            44,
            "a day far enough from other doses",
            "scheduling",
            "move the session",
            f"{_SESSION}/reschedule",
        ),
        "restriction": _need(
            45, "the end of the restriction", "notifications", "wait until it is over", "/aftercare"
        ),
        "escort": _need(
            50,
            "an escort",
            "scheduling",
            "confirm a trusted adult for this session",
            f"{_SESSION}/escorts",
        ),
        "order": Need(
            step=60,
            fact="a dose order authorised for this session",
            owner="prescribing",
            action="it is authorised by itself once nothing else is missing",
            at=f"{_SESSION}/gates",
            follows=frozenset(
                {
                    "approval",
                    "consent treatment",
                    "consent aftercare_agreement",
                    "preparation",
                    "prescription",
                    "review",
                    "summary",
                    "integration",
                    "spacing",
                    "hold",
                }
            ),
        ),
        "active course": Need(
            step=61,
            fact="an active course",
            owner="intake",
            action="it becomes active by itself once it is approved and prepared",
            at=f"{_COURSE}/standing",
            follows=frozenset({"approval", "preparation", "review", "closing"}),
        ),
        "assent": _need(
            70,
            "the client's assent of today",
            "scheduling",
            "explain the process and ask",
            f"{_SESSION}/assent",
        ),
        "check": _need(
            71,
            "a pre-dose check that passes",
            "prescribing",
            "measure again; a prescriber decides a review",
            f"{_SESSION}/pre-dose-checks",
        ),
        "start": _need(80, "the session, started", "scheduling", "start it", f"{_SESSION}/start"),
        "session end": _need(
            90,
            "the end of the session",
            "scheduling",
            "end the therapy part",
            f"{_SESSION}/end",
        ),
        "observation": _need(
            91,
            "the end of the observation",
            "prescribing",
            "keep observing until the earliest time",
            f"{_SESSION}/recovery",
        ),
        "recovery": _need(
            92,
            "a recovery check with every criterion met",
            "prescribing",
            "assess the client and record the check",
            f"{_SESSION}/recovery-checks",
        ),
        "order closed": Need(
            step=93,
            fact="the dose order, closed with its count",
            owner="prescribing",
            action="account for the medicine; it closes by itself with the session's end",
            at=f"{_SESSION}/gates",
            follows=frozenset({"session end"}),
        ),
        "clearance": Need(
            step=94,
            fact="a clearance that covers the last dose",
            owner="prescribing",
            action="assess and clear the client",
            at=f"{_SESSION}/clearances",
            follows=frozenset({"session end"}),
        ),
        "escort here": _need(
            95,
            "the escort, here and identified",
            "scheduling",
            "record arrival and identity",
            f"{_SESSION}/gates",
        ),
    }
)
