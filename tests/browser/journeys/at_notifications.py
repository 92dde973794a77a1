"""What people do on notifications' pages."""

from tests.browser.journeys.care import Care


async def instructed(care: Care) -> None:
    """The going-home instructions on paper, to both, and both say them back."""
    desk = await (await care.the("front_desk")).at("notifications")
    await desk.goes("Aftercare")
    await desk.follows(care.client)
    for recipient in ("Client", "Escort"):
        await desk.follows("Hand over or confirm")
        await desk.ticks(recipient, of="To whom")
        await desk.ticks("Paper", of="How")
        await desk.presses("Record the handover")
    for recipient in ("Client", "Escort"):
        await desk.follows("Hand over or confirm")
        await desk.presses(f"{recipient} confirmed")


async def told(care: Care, role: str, *what: str) -> None:
    """Somebody's inbox says what happened to the client."""
    person = await (await care.the(role)).at("notifications")
    await person.goes("Inbox")
    for one in what:
        await person.finds(care.client, one)


async def check_in_made(care: Care, hours: int) -> None:
    """Whoever is on call finds that it is due, and the client is well."""
    on_call = await (await care.the("on_call")).at("notifications")
    await on_call.goes("Aftercare")
    await on_call.follows("How it went", beside=care.client)
    await on_call.reads(f"Check-in after {hours} hours")
    await on_call.ticks("The client is well")
    await on_call.presses(f"Sign as {care.named('on_call')}")
