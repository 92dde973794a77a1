"""`careteam why`: what stands in the way of a session or a course, and what would clear it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape

from cli.clinic.asking import API, Answered, ask_all
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.moments import rfc3339
from cli.clinic.reach import Reach, reach
from cli.commands.options import AsJson, Data, out, progress
from cli.course_history.journal import journals
from cli.explaining.next_step import no_longer_waiting, url, what_is_missing
from cli.trouble import Trouble
from shared.protocol.unblocking import Missing


def why(
    subject: Annotated[UUID, typer.Argument(metavar="SESSION|COURSE", help="Its id.")],
    data: Data = DEFAULT_FOLDER,
    everything: Annotated[bool, typer.Option("--all", help="Also the rules that hold.")] = False,
    as_json: AsJson = False,
) -> None:
    """What is missing, in the shortest list; and every open refusal with its rule and facts."""
    clinic = reach(data)
    found = asyncio.run(_ask(clinic, subject))
    missing = what_is_missing(found)
    if as_json:
        listed = [{**asdict(one), "url": url(clinic, one)} for one in missing]
        print(json.dumps({**found, "missing": listed}))
        return
    over = no_longer_waiting(found)
    if over is not None:
        out.print(f"[bold]The session is {over}[/bold] and waits for nothing; ask of its course")
    else:
        _show_missing(clinic, missing)
    for service, answers in found.items():
        for decision in answers["decisions"]:
            _show(service, decision, everything=everything)
        for receipt in _latest(answers["receipts"]):
            word = "[green]allowed[/green]" if receipt["allowed"] else "[red]refused[/red]"
            out.print(
                f"[dim]{service} last decided {receipt['gate']}:[/dim] {word} "
                f"[dim]at {receipt['decided_at']} for {receipt['actor_role']}[/dim]"
            )


async def _ask(clinic: Reach, subject: UUID) -> dict[str, dict[str, Any]]:
    by_session, by_course, receipts = await asyncio.gather(
        ask_all(clinic, "GET", f"{API}/sessions/{subject}/gates"),
        ask_all(clinic, "GET", f"{API}/courses/{subject}/standing"),
        ask_all(clinic, "GET", f"{API}/receipts", query=_either(subject)),
    )
    found: dict[str, dict[str, Any]] = {}
    for session, course, receipt in zip(by_session, by_course, receipts, strict=True):
        answered = [one.body for one in (session, course) if one.trouble is None]
        if answered:
            found[session.service] = {
                "decisions": [decision for body in answered for decision in _decisions(body)],
                "receipts": receipt.body if receipt.trouble is None else [],
                "answers": answered,
            }
        elif (silent := _silent(session, course)) is not None:
            progress.print(f"[yellow]{silent.service}: {silent.trouble}[/yellow]")
    if not found:
        erased_at = (await journals(clinic, subject)).erased_at
        if erased_at is not None:
            raise Trouble(
                f"client {subject} was erased at {rfc3339(erased_at)}: nothing is known of them,"
                " and nothing waits"
            )
        raise Trouble(
            f"no service that answers knows a session or a course {subject}:"
            " there never was one, or its client was erased"
        )
    return found


def _either(subject: UUID) -> dict[str, str]:
    return {"subject_id": str(subject), "course_id": str(subject)}


def _silent(*answers: Answered) -> Answered | None:
    """An answer that failed otherwise than by not knowing the id."""
    return next((one for one in answers if one.status != HTTPStatus.NOT_FOUND), None)


def _decisions(body: Any) -> Iterator[dict[str, Any]]:
    """Every decision in an answer, wherever a service shows it."""
    if isinstance(body, dict):
        if "verdicts" in body:
            yield body
        else:
            for value in body.values():
                yield from _decisions(value)
    elif isinstance(body, list):
        for value in body:
            yield from _decisions(value)


def _latest(receipts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest receipt of each gate; they come newest first."""
    newest: dict[str, dict[str, Any]] = {}
    for receipt in receipts:
        newest.setdefault(receipt["gate"], receipt)
    return list(newest.values())


def _show_missing(clinic: Reach, missing: tuple[Missing, ...]) -> None:
    if not missing:
        out.print("[green]nothing is missing for the next step[/green]")
        return
    out.print("[bold]What would unblock it[/bold]")
    for number, one in enumerate(missing, start=1):
        out.print(
            f"  {number}. [bold]{escape(one.fact)}[/bold]: {escape(one.action)} "
            f"[dim]({one.owner}) {url(clinic, one) or ''}[/dim]"
        )


def _show(service: str, decision: dict[str, Any], *, everything: bool) -> None:
    word = "[green]allowed[/green]" if decision["allowed"] else "[red]blocked[/red]"
    out.print(f"[bold]{service} {decision['gate']}[/bold]: {word}")
    for verdict in decision["verdicts"]:
        if verdict["holds"] and not everything:
            continue
        mark = "[green]✓[/green]" if verdict["holds"] else "[red]✗[/red]"
        facts = ", ".join(f"{name} {_plain(value)}" for name, value in verdict["facts"].items())
        out.print(f"  {mark} {verdict['slug']} ({verdict['rule']}) [dim]{escape(facts)}[/dim]")
        if verdict["source_events"]:
            out.print(f"      [dim]from {', '.join(verdict['source_events'])}[/dim]")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
