"""Longer passages that several journeys share: until the medicine, and the days after it."""

from cli.journeys import after_dose as after
from cli.journeys import booking
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.stage import Stage


async def until_prepared(stage: Stage, name: str, *findings: str) -> care.Course:
    """From the inquiry to the signed preparation, two days later."""
    await stage.at("09:00")
    course = await care.registered(stage, name, "1988-04-12")
    await care.team(stage, course)
    await care.screened(stage, course, *findings)
    if not findings:
        stage.say("The screening finds nothing against it.")
    await care.evaluated(stage, course)
    await care.consented(stage, course)
    await booking.prepared(stage, course)
    return course


async def until_booked(stage: Stage, name: str, *findings: str) -> care.Course:
    """As above, to a prescription and a booked dosing session, four days ahead."""
    course = await until_prepared(stage, name, *findings)
    await care.prescribed(stage, course)
    await booking.booked(stage, course, days=4)
    return course


async def until_the_day(stage: Stage, name: str, *findings: str) -> care.Course:
    """As above, and it is 09:30 on the day of dosing."""
    course = await until_booked(stage, name, *findings)
    await stage.at("09:30", days=4)
    return course


async def until_started(stage: Stage, name: str) -> care.Course:
    """As above, until the session begins at 09:50."""
    course = await until_the_day(stage, name)
    await day.started(stage, course)
    return course


async def until_dosed(stage: Stage, name: str) -> care.Course:
    """As above, until the medicine is taken at 10:00."""
    course = await until_started(stage, name)
    await day.dosed(stage, course)
    return course


async def days_after(stage: Stage, course: care.Course) -> None:
    """Summary, restriction, both check-ins, and integration on the third day."""
    await stage.at("13:30")
    await after.summarised(stage, course)
    await stage.at("20:31", story="The restriction is over.")
    await stage.at("12:31", days=1)
    await after.checked_in(stage, course)
    await stage.at("08:00", days=2)
    course.integration = await booking.talk(stage, course, "integration", "10:00", "10:50")
    stage.say("The integration session is done.")
    await stage.at("12:31")
    await after.checked_in(stage, course)
