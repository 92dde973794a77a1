"""What the certified programme for esketamine asks for on top (clinical 3.1)."""

from collections.abc import Iterator
from typing import Final

from shared.protocol.breach import Breach
from shared.protocol.model import ClinicProtocol
from shared.protocol.vocabulary import DrugClass, RecoveryCriterion

PRESSURE_CHECKPOINT: Final = 40
FORM_DAYS: Final = 7
ASKED: Final = (
    DrugClass.BENZODIAZEPINE,
    DrugClass.SEDATIVE_HYPNOTIC,
    DrugClass.OPIOID,
    DrugClass.PSYCHOSTIMULANT,
    DrugClass.MAOI,
)


def esketamine(p: ClinicProtocol) -> Iterator[Breach]:
    """Two hours, blood pressure at 40 minutes and at the end, enrolment, form, prescriber."""
    if not p.is_esketamine:
        return
    if p.recovery.min_observation_minutes < 120:
        yield Breach(
            ("recovery", "min_observation_minutes"), "esketamine is observed two hours: write 120"
        )
    if PRESSURE_CHECKPOINT not in p.recovery.checkpoints_minutes:
        yield Breach(
            ("recovery", "checkpoints_minutes"),
            "esketamine asks for blood pressure at 40 minutes: add 40",
        )
    if RecoveryCriterion.VITALS_WITHIN_20PCT not in p.recovery.criteria:
        yield Breach(
            ("recovery", "criteria"),
            "esketamine asks for blood pressure before the end: add vitals_within_20pct",
        )
    days = p.recovery.monitoring_form_days
    if days is None or not 1 <= days <= FORM_DAYS:
        yield Breach(
            ("recovery", "monitoring_form_days"), "a form is due within 7 days: write 1 to 7"
        )
    for at, said in (
        (("recovery", "report_every_adverse_event"), p.recovery.report_every_adverse_event),
        (("predose", "prescriber_on_site"), p.predose.prescriber_on_site),
        (("predose", "concomitant_medication_list"), p.predose.concomitant_medication_list),
        (("prescription", "enrolment_required"), p.prescription.enrolment_required),
    ):
        if not said:
            yield Breach(at, "esketamine asks for it: write true")
    for drug in ASKED:
        if drug not in p.predose.interactions:
            yield Breach(("predose", "interactions"), f"esketamine asks about {drug.value}: add it")
