"""What the law and the clinic allow a prescription to say (sections 3.6 and 3.11, C-13)."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from services.prescribing.domain.calendar_months import months_after
from services.prescribing.domain.prescription_elements import FORMS, DispenseMode
from services.prescribing.domain.prescription_terms import Terms
from services.prescribing.domain.verdicts import rule
from services.prescribing.domain.vocabulary import PrescriptionKind
from shared.decisions import Refused, Unblock, Verdict
from shared.protocol import ClinicProtocol, PrescriptionRules, Route

AMEND_DRAFT = Unblock(
    fact="terms within the limits", owner="prescribing", action="write the prescription anew"
)


def longest_validity(start: datetime, rules: PrescriptionRules, zone: tzinfo) -> datetime:
    """Six months by the calendar; a clinic that shortened its days gets those."""
    by_calendar = months_after(start, rules.max_months, zone)
    if rules.max_days >= PrescriptionRules().max_days:
        return by_calendar
    return min(by_calendar, start + timedelta(days=rules.max_days))


def above_ceiling(
    terms: Terms, route: Route, rules: PrescriptionRules, *, most_doses: int = 1
) -> bool:
    """Whether a second prescriber has to confirm; also when the weight it depends on is missing.

    What counts is the session's sum: a booster is no way around the ceiling.
    """
    ceiling, amount = rules.ceilings.get(route), terms.session_mg(most_doses)
    if ceiling is None:
        return True
    if not ceiling.per_kg:
        return amount > ceiling.amount
    return terms.weight_kg is None or amount > ceiling.amount * terms.weight_kg


def require_terms(
    terms: Terms,
    *,
    kind: PrescriptionKind,
    route: Route,
    start: datetime,
    protocol: ClinicProtocol,
    zone: tzinfo,
    dispense_mode: DispenseMode = DispenseMode.IN_CLINIC,
) -> None:
    """Refuse terms that no prescriber may write, with every reason."""
    verdicts = (
        *_term_rules(terms, kind=kind, route=route, start=start, protocol=protocol, zone=zone),
        *_element_rules(terms, route=route, protocol=protocol, dispense_mode=dispense_mode),
    )
    violations = tuple(verdict.refusal() for verdict in verdicts if not verdict.holds)
    if violations:
        raise Refused(violations)


def _element_rules(
    terms: Terms, *, route: Route, protocol: ClinicProtocol, dispense_mode: DispenseMode
) -> Iterator[Verdict]:
    yield rule(
        "take-home-not-allowed",
        "F13",
        dispense_mode is DispenseMode.IN_CLINIC,
        unblocks=(
            Unblock(
                fact="medicine that stays in the clinic",
                owner="prescribing",
                action="prescribe it for the clinic",
            ),
        ),
        dispense_mode=dispense_mode,
    )
    yield rule(
        "form-not-of-route",
        "section 3.11",
        terms.form is None or terms.form in FORMS[route],
        unblocks=(AMEND_DRAFT,),
        form=terms.form,
        possible=tuple(FORMS[route]),
    )
    yield rule(
        "directions-missing",
        "section 3.11",
        bool(terms.directions.strip()),
        unblocks=(
            Unblock(
                fact="directions for taking it", owner="prescribing", action="write the directions"
            ),
        ),
    )
    yield rule(
        "booster-not-allowed",
        "section 2.1",
        terms.booster_mg is None or protocol.dosing.max_doses_per_session > 1,
        unblocks=(
            Unblock(
                fact="a prescription without a booster",
                owner="prescribing",
                action="leave the booster out; this clinic gives one dose in a session",
            ),
        ),
        max_doses_per_session=protocol.dosing.max_doses_per_session,
    )


def _term_rules(
    terms: Terms,
    *,
    kind: PrescriptionKind,
    route: Route,
    start: datetime,
    protocol: ClinicProtocol,
    zone: tzinfo,
) -> Iterator[Verdict]:
    profiles = {code for code, profile in protocol.profiles() if profile.route is route}
    yield rule(
        "route-not-enabled",
        "C-13",
        route in protocol.routes_enabled,
        unblocks=(AMEND_DRAFT,),
        route=route,
    )
    yield rule(
        "timing-profile-not-of-route",
        "section 3.5",
        terms.timing_profile in profiles,
        unblocks=(AMEND_DRAFT,),
        timing_profile=terms.timing_profile,
        possible=tuple(sorted(profiles)),
    )
    fills = protocol.prescription.max_refills + 1
    yield rule(
        "too-many-refills",
        "section 3.11",
        kind is not PrescriptionKind.PRESCRIPTION or terms.sessions_authorised <= fills,
        unblocks=(AMEND_DRAFT,),
        sessions_authorised=terms.sessions_authorised,
        most=fills,
    )
    longest = longest_validity(start, protocol.prescription, zone)
    yield rule(
        "validity-too-long",
        "section 3.11",
        terms.valid_until is None or start < terms.valid_until <= longest,
        unblocks=(AMEND_DRAFT,),
        valid_until=terms.valid_until.isoformat() if terms.valid_until else None,
        longest=longest.isoformat(),
    )
