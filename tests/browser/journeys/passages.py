"""Longer passages that several journeys share, with the clock of clinical.md's journeys."""

from tests.browser.journeys import at_intake as intake
from tests.browser.journeys import at_notifications as notifications
from tests.browser.journeys import at_prescribing as prescribing
from tests.browser.journeys import at_scheduling as scheduling
from tests.browser.journeys.care import Care


async def until_booked(care: Care, *findings: str) -> None:
    """From the enquiry to a prescription and a booked dosing session, four days ahead."""
    await care.stage.at("09:00")
    await intake.registered(care)
    await intake.team_named(care)
    await intake.screened(care, *findings)
    await intake.evaluated(care)
    await prescribing.assessed(care)
    await care.stage.settled()
    await intake.consented(care)
    await scheduling.prepared(care)
    await prescribing.prescribed(care)
    await care.stage.settled()
    await scheduling.dosing_booked(care, days=4)


async def until_arrived(care: Care, *findings: str) -> None:
    """As above, and the client is here at 09:35 on the day."""
    await until_booked(care, *findings)
    await care.stage.at("09:30", days=4)
    await arrived(care)


async def until_dosed(care: Care, *findings: str) -> None:
    """As above, until the medicine is taken at 10:00."""
    await until_booked(care, *findings)
    await care.stage.at("09:30", days=4)
    await dosing_day(care)


async def arrived(care: Care) -> None:
    """The client comes at 09:35."""
    await care.stage.at("09:35")
    await scheduling.arrived(care)


async def until_begun(care: Care, *findings: str) -> None:
    """As above, until the session begins at 09:50."""
    await until_booked(care, *findings)
    await care.stage.at("09:30", days=4)
    await begun(care)


async def begun(care: Care) -> None:
    """From the arrival to the start at 09:50."""
    stage = care.stage
    await arrived(care)
    await stage.at("09:45")
    await prescribing.measured(care)
    await stage.at("09:48")
    await scheduling.assented(care)
    await stage.at("09:50")
    await scheduling.begun(care)


async def dosing_day(care: Care) -> None:
    """From the arrival to the dose at 10:00."""
    stage = care.stage
    await begun(care)
    await stage.at("09:58")
    await prescribing.released(care)
    await stage.at("10:00")
    await prescribing.taken(care)


async def ended_and_home(care: Care) -> None:
    """A look at 10:40, the end at 12:30, cleared at 12:35, the escort at 12:40, the door 12:45."""
    stage = care.stage
    await stage.at("10:40")
    await prescribing.looked_at(care)
    await stage.at("12:30")
    await scheduling.ended(care)
    await stage.at("12:35")
    await prescribing.cleared(care)
    await stage.at("12:40")
    await scheduling.escort_came(care)
    await notifications.instructed(care)
    await stage.at("12:45")
    await scheduling.discharged(care)


async def days_after(care: Care) -> None:
    """Summary, both check-ins, and integration on the third day."""
    stage = care.stage
    await stage.at("13:30")
    await scheduling.summarised(care)
    await stage.settled()
    await prescribing.summary_read(care)
    await stage.at("20:31")
    await stage.at("12:31", days=1)
    await notifications.check_in_made(care, 24)
    await stage.at("08:00", days=2)
    care.course.integration = await scheduling.talked(care, "Integration", "10:00", "10:50")
    await stage.at("12:31")
    await notifications.check_in_made(care, 72)
