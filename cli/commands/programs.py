"""`careteam programs`: which programs may use the clinic's JSON API by themselves."""

import json
from typing import Annotated

import typer
from rich.table import Table

from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.reach import reach
from cli.commands.options import AsJson, Data, out

app = typer.Typer(
    help="Which programs may use the clinic's JSON API by themselves.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(metavar="ID", help="What the program calls itself.")]


@app.command("list")
def list_programs(data: Data = DEFAULT_FOLDER, as_json: AsJson = False) -> None:
    """Every program that was ever registered."""
    found = reach(data).administration().programs()
    if as_json:
        print(json.dumps(found))
        return
    table = Table("id", "name", "role", "state", box=None, pad_edge=False)
    for one in found:
        table.add_row(one["id"], one["name"], one["role"], "ended" if one["ended"] else "open")
    out.print(table)


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    role: Annotated[str, typer.Option("--role", help="front_desk, on_call or operator.")],
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Register a program, and print its id and its secret once."""
    made = reach(data).administration().add_program(name, role)
    out.print(f"{made['id']}\n{made['secret']}")


@app.command()
def secret(program: Id, data: Data = DEFAULT_FOLDER) -> None:
    """Give a program another secret and print it once; the old one is dead."""
    out.print(reach(data).administration().new_secret(program))


@app.command()
def end(program: Id, data: Data = DEFAULT_FOLDER) -> None:
    """End a program: it gets no token any more, and what it has is taken by nobody."""
    out.print(f"{program}: {reach(data).administration().end_program(program)}")
