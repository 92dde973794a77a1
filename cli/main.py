"""`careteam`: one word for everything that acts on a whole clinic."""

import importlib
import sys
import traceback
from typing import Final

import typer

from cli.trouble import Trouble

FINE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130

COMMANDS: Final = {
    "up": "up",
    "demo": "demo",
    "status": "status",
    "test": "checks",
    "events": "events",
    "why": "why",
    "timeline": "timeline",
    "what-if": "what_if",
    "parked": "parked",
    "audit": "audit",
    "people": "people",
    "programs": "programs",
    "integrator": "integrator",
    "clock": "clock",
    "provision": "provision",
    "bench": "bench",
}
"""Each command and its module in ``cli.commands``, which has a function of that name or a group of
commands, ``app``. Only the one that was asked for is loaded: the rest would cost half a second.
"""


def main() -> None:
    """The entry point of the script."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run a command line; returns the exit code. Whatever fails is one line, unless --debug."""
    words, debug = _without_debug(words)
    try:
        code = _app_for(words)(words or ["--help"], prog_name="careteam", standalone_mode=False)
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.TyperException as misuse:
        return _say(misuse.format_message(), misuse.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # whoever read what we print has gone
        return FAILED
    except BaseException as failure:  # noqa: BLE001 - the last line of defence says it in one line
        if debug:
            traceback.print_exception(failure)
        found = _innermost(failure)
        return _say(_sentence(found), found.exit_code if isinstance(found, Trouble) else FAILED)
    return (code if isinstance(code, int) else FINE) if words else MISUSED


def _app_for(words: list[str]) -> typer.Typer:
    app = typer.Typer(
        name="careteam",
        help="Care-team coordination for ketamine-assisted psychotherapy.",
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(_everything)
    asked = words[0] if words and words[0] in COMMANDS else None
    for name in [asked] if asked else COMMANDS:
        module = importlib.import_module(f"cli.commands.{COMMANDS[name]}")
        if isinstance(found := getattr(module, "app", None), typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name, **getattr(module, "COMMAND_SETTINGS", {}))(
                getattr(module, COMMANDS[name])
            )
    return app


def _everything() -> None:
    """Care-team coordination for ketamine-assisted psychotherapy."""


def _without_debug(words: list[str]) -> tuple[list[str], bool]:
    """`--debug` may stand anywhere; after `test` everything belongs to pytest."""
    own = words[: words.index("test")] if "test" in words else words
    rest = words[len(own) :]
    return [word for word in own if word != "--debug"] + rest, "--debug" in own


def _innermost(failure: BaseException) -> BaseException:
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


def _sentence(failure: BaseException) -> str:
    if isinstance(failure, Trouble):
        return str(failure)
    if isinstance(failure, OSError) and failure.strerror:
        where = f" ({failure.filename})" if failure.filename else ""
        return f"{failure.strerror}{where}"
    return f"{type(failure).__name__}: {failure} (--debug shows where)"


def _say(sentence: str, code: int) -> int:
    print(f"careteam: {' '.join(sentence.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
