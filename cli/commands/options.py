"""Options that several commands share, and where they write."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from cli.clinic.folder import DEFAULT_FOLDER

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="CARETEAM_DATA",
        help="The clinic's folder.",
        show_default=str(DEFAULT_FOLDER),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")]

_WIDE: Final = 200
"""For files and pipes, which have no width."""

out: Final = Console(
    emoji=False, highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE
)
"""What was asked for."""
progress: Final = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)
"""What happens meanwhile."""


def each(words: Iterable[str] | None) -> list[str]:
    """What an option lists that may be given again, with several in one, by commas or spaces."""
    return [one for some in words or () for one in some.replace(",", " ").split()]
