"""`careteam people`: who may sign in at the clinic's own issuer."""

import json
from typing import Annotated

import typer
from rich.table import Table

from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.reach import reach
from cli.commands.options import AsJson, Data, out

app = typer.Typer(help="Who may sign in at the clinic's own issuer.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="What the person types as their name.")]


@app.command("list")
def list_people(data: Data = DEFAULT_FOLDER, as_json: AsJson = False) -> None:
    """Everybody who has an account."""
    found = reach(data).administration().accounts()
    if as_json:
        print(json.dumps(found))
        return
    table = Table("login", "name", "role", "state", box=None, pad_edge=False)
    for one in found:
        state = "disabled" if one["disabled"] else "open"
        table.add_row(one["login"], one["name"], one["role"], state)
    out.print(table)


@app.command()
def password(login: Login, data: Data = DEFAULT_FOLDER) -> None:
    """Give somebody a new random password and print it once; the old one is dead."""
    out.print(reach(data).administration().new_password(login))


@app.command()
def end(login: Login, data: Data = DEFAULT_FOLDER) -> None:
    """Sign somebody out everywhere, at once."""
    _say(login, reach(data).administration().change(login, "end"))


@app.command()
def disable(login: Login, data: Data = DEFAULT_FOLDER) -> None:
    """Shut an account, and sign it out everywhere."""
    _say(login, reach(data).administration().change(login, "disable"))


@app.command()
def enable(login: Login, data: Data = DEFAULT_FOLDER) -> None:
    """Open an account again."""
    _say(login, reach(data).administration().change(login, "enable"))


@app.command("remove-code")
def remove_code(login: Login, data: Data = DEFAULT_FOLDER) -> None:
    """Take away somebody's second factor, whose device is lost, and sign them out everywhere."""
    _say(login, reach(data).administration().change(login, "remove-code"))


def _say(login: str, state: str) -> None:
    out.print(f"{login}: {state}")
