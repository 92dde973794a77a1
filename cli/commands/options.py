"""Options that several commands share, and where they write."""

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

out: Final = Console(highlight=False, soft_wrap=True)
"""What was asked for."""
progress: Final = Console(stderr=True, highlight=False, soft_wrap=True)
"""What happens meanwhile."""
