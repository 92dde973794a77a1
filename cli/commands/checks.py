"""`careteam test`: the checks. Plain, it is what continuous integration runs."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from cli.commands.chromium import chromium
from cli.trouble import Trouble

ROOT: Final = Path(__file__).parents[2]

_PLAIN: Final = ("-m", "not faults")
"""What has to hold at every commit; the long proofs, which kill for minutes, are asked for."""

_CHOICES: Final = {
    "fast": ("-m", "not real and not clinic and not faults"),
    "all": (),
    "faults": ("-m", "faults"),
    "browser": ("-m", "browser"),
}
_STATIC: Final = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)

COMMAND_SETTINGS: Final = {
    "context_settings": {"allow_extra_args": True, "ignore_unknown_options": True}
}


def checks(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[fast|all|faults|browser] ...")
    ] = None,
) -> int:
    """The checks: lint, types, boundaries and tests. `fast` needs no servers, `faults` kills them
    for minutes, `all` is both, `browser` looks at the pages. What follows goes to pytest."""
    asked = list(words or [])
    if importlib.util.find_spec("pytest") is None:
        raise Trouble("the test tools are not installed: run `uv sync`")
    if not asked:
        return _static() or _looked_at(list(_PLAIN))
    choice = _CHOICES.get(asked[0])
    if choice is None:
        return _pytest(asked)
    run = _pytest if asked[0] == "fast" else _looked_at
    return run([*choice, *asked[1:]])


def _static() -> int:
    for command in _STATIC:
        print("$", *command, flush=True)
        done = subprocess.run([_tool(command[0]), *command[1:]], cwd=ROOT, check=False)
        if done.returncode != 0:
            return 1
    return 0


def _looked_at(words: list[str]) -> int:
    """With a browser: found, or installed once before the workers start."""
    chromium()
    return _pytest(words)


def _pytest(words: list[str]) -> int:
    parallel = [] if any(word.startswith("-n") for word in words) else ["-n", _workers()]
    command = ["pytest", *parallel, "--dist", "loadfile", *words]
    print("$", *command, flush=True)
    done = subprocess.run([_tool("pytest"), *command[1:]], cwd=ROOT, check=False)
    return 0 if done.returncode == 0 else 1


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _workers() -> str:
    """Each worker runs servers of its own: as many as there are cores, but not more than six."""
    return str(min(6, os.cpu_count() or 1))
