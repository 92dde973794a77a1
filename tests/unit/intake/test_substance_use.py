"""What labels a screening (42 CFR Part 2), and until when the client's consent shares it."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.intake.domain.consent import Consent
from services.intake.domain.consent_material import Disclosure, disclosed_for
from services.intake.domain.consent_signing import expire, sign, withdraw
from services.intake.domain.instruments import Instrument, InstrumentScore
from services.intake.domain.screening import Screening, StatedFinding, Submission, submit
from services.intake.domain.substance_use import SUBSTANCE_USE, is_shared, shared_until
from shared.protocol import ConsentScope, FindingCode, Indication, Programme
from tests.unit.intake.courses import CLIENT, COURSE, MORNING, PROTOCOL, offered

SHARING = (ConsentScope.INFORMATION_SHARING,)
BLANK = Screening(id=UUID(int=1), client_id=CLIENT, course_id=COURSE)


def screen(
    *codes: FindingCode,
    before: Screening = BLANK,
    indications: tuple[Indication, ...] = (Indication.DEPRESSION,),
    scores: tuple[InstrumentScore, ...] = (),
    from_programme: bool = False,
) -> Screening:
    return submit(
        before,
        submission=Submission(
            submitted_at=MORNING,
            submitted_by=None,
            programme=Programme.MOOD,
            indications=indications,
            scores=scores,
            from_substance_use_programme=from_programme,
        ),
        stated=tuple(StatedFinding(code=code) for code in codes),
        finding_ids=tuple(UUID(int=100 + number) for number in range(20)),
        protocol=PROTOCOL.screening,
    ).change.state


@pytest.mark.parametrize("code", FindingCode)
def test_a_finding_labels_when_it_is_of_substance_use(code: FindingCode) -> None:
    tells = code.value.startswith(("sud_", "substance_")) or code is FindingCode.KETAMINE_MISUSE
    assert screen(code).labelled is tells
    assert (code in SUBSTANCE_USE) is tells


@pytest.mark.parametrize("instrument", [Instrument.AUDIT, Instrument.DAST10])
def test_a_score_labels_from_its_cut_on(instrument: Instrument) -> None:
    cut = getattr(PROTOCOL.screening.cuts, instrument.value)
    at, below = (InstrumentScore(instrument=instrument, score=cut - less) for less in (0, 1))
    assert screen(scores=(at,)).labelled
    assert not screen(scores=(below,)).labelled
    assert not screen(scores=(InstrumentScore(instrument=Instrument.PHQ9, score=27),)).labelled


def test_an_indication_or_a_programme_that_sends_the_client_labels() -> None:
    assert screen(indications=(Indication.ADDICTION,)).labelled
    assert screen(from_programme=True).labelled
    assert not screen().labelled


def test_a_label_stays() -> None:
    assert screen(before=screen(FindingCode.SUD_REMISSION)).labelled


def agreed(consent: Consent, number: int = 1, *, with_item: bool = True) -> Consent:
    item = (Disclosure.SUBSTANCE_USE_RECORDS,) if with_item else ()
    return sign(
        consent,
        consent_id=UUID(int=500 + number),
        scopes=SHARING,
        material_version=1,
        rules=PROTOCOL.consent,
        now=MORNING,
        disclosures=(*disclosed_for(SHARING), *item),
    ).state


def test_the_consent_shares_until_it_runs_out() -> None:
    consent = agreed(offered())
    until = shared_until(consent)
    assert until is not None
    assert is_shared(consent, until - timedelta(microseconds=1))
    assert not is_shared(consent, until)
    ran_out = expire(consent, consent_id=UUID(int=501), now=until).state
    assert shared_until(ran_out) is None


def test_without_that_item_nothing_is_shared() -> None:
    assert shared_until(offered()) is None
    assert shared_until(agreed(offered(), with_item=False)) is None
    assert not is_shared(None, MORNING)


def test_taking_it_back_or_signing_again_without_it_ends_it() -> None:
    consent = agreed(offered())
    withdrawn = withdraw(consent, scopes=SHARING, stated_at=None, now=MORNING).state
    assert not is_shared(withdrawn, MORNING)
    assert not is_shared(agreed(consent, 2, with_item=False), MORNING)
    assert is_shared(agreed(agreed(consent, 2, with_item=False), 3), MORNING)
