"""`careteam timeline`: a client's courses as events, and how things stood, on two clocks."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.moments import moment, rfc3339
from cli.clinic.reach import Reach, reach
from cli.clinic.sandbox_clock import read_clock
from cli.commands.options import AsJson, Data, out, progress
from cli.course_history.account import Account, account
from cli.course_history.journal import Entry, journals


def timeline(
    *,
    client: Annotated[UUID, typer.Argument(metavar="CLIENT", help="The client's id.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="TIME", help="What was true by then.")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="TIME", help="What was recorded by then.")
    ] = None,
    standing: Annotated[
        bool, typer.Option("--standing", help="Only how things stood, without the events.")
    ] = False,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """The events of a client, and how things stood: as of one time, as they were known at another.

    Without times it is now. What became true before the one and was recorded after it is shown as
    learned later, and what was believed otherwise as corrected.
    """
    true_by = moment(as_of) if as_of else None
    known_by = moment(known_at) if known_at else None
    clinic = reach(data)
    found = asyncio.run(journals(clinic, client))
    for answer in found.silent:
        progress.print(f"[yellow]{answer.service}: {answer.trouble}[/yellow]")
    shown = found.by(true_by=true_by, known_by=known_by)
    if as_json and not standing:
        print(json.dumps([entry.as_json() for entry in shown]))
        return
    at = true_by or known_by or _now(clinic)
    told = asyncio.run(account(found, client, at=at, known_at=known_by))
    if as_json:
        print(json.dumps(told.as_json()))
    elif not shown:
        out.print("nothing is known of this client" + (" at that time" if found.entries else ""))
    else:
        if not standing:
            _show_events(shown)
            out.print()
        if found.erased_at is not None and found.erased_at <= at:
            out.print(erased(client, found.erased_at))
        else:
            _show_standing(told)


def erased(client: UUID, when: datetime) -> str:
    """What there is to say of a client who is gone."""
    return (
        f"[bold]client {client} was erased at {_second(when)}[/bold]: no service knows anything of"
        " them; what they told each other, ids and times, stays"
    )


def _now(clinic: Reach) -> datetime:
    """The clinic's time, which in a sandbox is not the real one."""
    return read_clock(clinic.clock_file).now() if clinic.clock_file else datetime.now(UTC)


def _show_events(entries: tuple[Entry, ...]) -> None:
    table = Table("true since", "known since", "service", "event", "by", "facts", box=None)
    for entry in entries:
        facts = " ".join(f"{name}={value}" for name, value in entry.said["payload"].items())
        table.add_row(
            _second(entry.occurred_at),
            _second(entry.recorded_at) if entry.late else "[dim]at once[/dim]",
            entry.service,
            f"[bold]{entry.name}[/bold]",
            entry.said["actor_role"],
            f"[dim]{escape(facts)}[/dim]",
        )
    out.print(table)


def _show_standing(told: Account) -> None:
    when = f"How things stood at {_second(told.at)}"
    out.print(
        f"[bold]{when}[/bold]"
        + (f", as known at {_second(told.known_at)}" if told.known_at else "")
    )
    for course_id, lines in told.standing.items():
        table = Table("", "", "since", "told by", "about", box=None, title=f"course {course_id}")
        for line in lines:
            table.add_row(
                f"{line.owner} [bold]{line.what}[/bold]",
                escape(line.state),
                "" if line.since is None else _second(line.since),
                f"[dim]{line.told_by or ''}[/dim]",
                f"[dim]{line.about or ''}[/dim]",
            )
        out.print(table)
    if told.learned_later:
        out.print("[bold]True by then, and recorded later[/bold]")
        for entry in told.learned_later:
            out.print(
                f"  {_second(entry.occurred_at)}  {entry.service} {entry.name}  "
                f"[yellow]known since {_second(entry.recorded_at)}[/yellow]"
            )
    if told.corrected:
        out.print("[bold]Believed then, and known now[/bold]")
        for one in told.corrected:
            out.print(
                f"  {one.line.owner} {one.line.what}: {_word(one.believed)}"
                f" → [yellow]{_word(one.known)}[/yellow] [dim]{one.line.about or ''}[/dim]"
            )


def _word(state: Any) -> str:
    return "nothing" if state is None else escape(str(state))


def _second(at: datetime) -> str:
    return rfc3339(at.replace(microsecond=0))
