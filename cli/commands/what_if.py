"""`careteam what-if`: which past decisions would differ under another protocol."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape

from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.moments import moment
from cli.clinic.reach import Reach, reach
from cli.commands.options import AsJson, Data, out, progress
from cli.explaining.asking import Asked, Question, ask_again, link
from cli.trouble import Misuse, Trouble
from shared.protocol.loader import BadProtocol, load_protocol


def what_if(
    *,
    protocol: Annotated[Path, typer.Argument(metavar="PROTOCOL.yaml", help="The changed file.")],
    course: Annotated[UUID | None, typer.Option("--course", help="Of this course only.")] = None,
    gate: Annotated[
        list[str] | None, typer.Option("--gate", help="Of this gate only; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Decided from then on.")
    ] = None,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Decide every recorded decision again, from what its gate looked at, by changed rules."""
    clinic = reach(data)
    question = Question(
        protocol=_checked(protocol),
        name=protocol.name,
        course_id=course,
        gates=tuple(gate or ()),
        since=moment(since) if since else None,
    )
    with progress.status("asking…") as status:
        asked = asyncio.run(
            ask_again(clinic, question, lambda count: status.update(f"{count} decisions asked"))
        )
    if len(asked.silent) == len(clinic.services):
        service, trouble = next(iter(asked.silent.items()))
        raise Trouble(f"{service}: {trouble}")
    for service, trouble in asked.silent.items():
        progress.print(f"[yellow]{service}: {trouble}[/yellow]")
    if as_json:
        print(json.dumps(_summary(clinic, asked)))
    else:
        _show(clinic, asked)


def _checked(path: Path) -> str:
    """The file's text, once the loader has no complaint; each complaint names its line."""
    try:
        load_protocol(path)
    except BadProtocol as bad:
        for line in bad.lines:
            progress.print(escape(line))
        count = len(bad.lines)
        raise Misuse(f"{path} cannot be used: {count} to correct") from None
    return path.read_text(encoding="utf-8")


def _summary(clinic: Reach, asked: Asked) -> dict[str, Any]:
    return {
        "decisions": len(asked.decisions),
        "differ": len(asked.differences),
        "unreadable": asked.unreadable,
        "silent": dict(asked.silent),
        "differences": [
            {
                **one,
                "link": link(clinic, one),
                "followed_by": [later["receipt_id"] for later in asked.following(one)],
            }
            for one in asked.differences
        ],
    }


def _show(clinic: Reach, asked: Asked) -> None:
    for one in asked.differences:
        out.print(
            f"{one['decided_at']}  [bold]{one['service']} {one['gate']}[/bold]  "
            f"{_word(one['allowed_before'])} → {_word(one['allowed_after'])}  "
            f"[dim]{link(clinic, one)}[/dim]"
        )
        for rule in one["appear"]:
            out.print(f"    [red]+[/red] {_line(rule)}")
        for rule in one["disappear"]:
            out.print(f"    [green]-[/green] {_line(rule)}")
        if later := asked.following(one):
            names = ", ".join(f"{x['service']} {x['gate']}" for x in later)
            out.print(f"    [dim]allowed after it, about the same session: {names}[/dim]")
    differ = len(asked.differences)
    out.print(f"[bold]{len(asked.decisions)} decisions, {differ} differ[/bold]")
    if asked.unreadable:
        out.print(f"[yellow]{asked.unreadable} were kept in a form that is no longer read[/yellow]")


def _word(allowed: bool | None) -> str:
    if allowed is None:
        return "unknown"
    return "[green]allowed[/green]" if allowed else "[red]refused[/red]"


def _line(rule: Mapping[str, Any]) -> str:
    values = ", ".join(
        f"{name} {value if isinstance(value, str) else json.dumps(value)}"
        for name, value in rule["facts"].items()
    )
    return f"{rule['slug']} ({rule['rule']}) [dim]{escape(values)}[/dim]"
