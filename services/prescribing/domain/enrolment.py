"""Enrolment in a certified programme, before the first treatment (section 3.1)."""

from services.prescribing.domain.verdicts import rule
from shared.decisions import Unblock, Verdict
from shared.protocol import ClinicProtocol


def enrolled(protocol: ClinicProtocol, *, done: bool) -> Verdict:
    """Client and prescriber have both signed, where the protocol asks for it."""
    needed = protocol.prescription.enrolment_required
    return rule(
        "enrolment-missing",
        "section 3.1",
        done or not needed,
        unblocks=(
            Unblock(
                fact="the enrolment, signed by client and prescriber",
                owner="prescribing",
                action="record the enrolment with the assessment",
            ),
        ),
        needed=needed,
        enrolled=done,
    )
