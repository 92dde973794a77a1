"""Makes ``.venv`` with the locked packages. Standard library only: nothing else is there yet.

Wanted is `uv sync --frozen`. Where the lock's own addresses cannot be reached but pip was told of
an index (a mirror), the same versions come from there, their hashes checked against the lock.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

REACHED_WITHIN_SECONDS = 10
PIP_SETTINGS = ("index-url", "extra-index-url", "find-links", "trusted-host")


def main(home: Path) -> None:
    with _one_at_a_time(home / "uv.lock"):
        uv = _found_uv(home) or _installed_uv(home)
        _install(home, uv)
        _compile(home)


def _install(home: Path, uv: str) -> None:
    index = _pip_index()
    if index and not _lock_is_reachable(home):
        _from_mirror(home, uv, index)
        return
    _say("installing the locked packages")
    sync = [uv, "sync", "--frozen", "--quiet", "--compile-bytecode", "--python", sys.executable]
    done = _run(sync, home)
    if done.returncode == 0:
        return
    if not index:
        _stop(f"uv sync failed: {_last_line(done.stderr)}")
    _from_mirror(home, uv, index)


def _compile(home: Path) -> None:
    """Our own code too, once: five processes of a clinic would each do it at every start."""
    own = [str(home / part) for part in ("cli", "services", "shared")]
    python = str(home / ".venv" / "bin" / "python")
    _run([python, "-m", "compileall", "-q", "-j", "0", *own], home)


def _from_mirror(home: Path, uv: str, index: dict[str, str]) -> None:
    """The lock's versions and hashes, from the index that pip knows."""
    _say("installing the locked packages from the index that pip is told of")
    environment = _for_uv(index)
    venv = home / ".venv"
    python = venv / "bin" / "python"
    if not python.exists():
        _must([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], home, environment)
    wanted = venv / "locked.txt"
    _must(
        [uv, "export", "--frozen", "--quiet", "--no-emit-workspace", "--output-file", str(wanted)],
        home,
        environment,
    )
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    _must([*install, "--require-hashes", "--requirement", str(wanted)], home, environment)
    own = ["--no-deps", "--editable", str(home), "--editable", str(home / "shared" / "contracts")]
    _must([*install, *own], home, environment)


def _found_uv(home: Path) -> str | None:
    """A uv that runs: the one on the path, or the one that was installed here before."""
    for candidate in (shutil.which("uv"), str(home / ".venv" / "bootstrap" / "bin" / "uv")):
        try:
            if candidate and _run([candidate, "--version"], home).returncode == 0:
                return candidate
        except OSError:
            continue
    return None


def _installed_uv(home: Path) -> str:
    """uv from pip, in a corner of .venv that `uv sync` leaves alone."""
    _say("installing uv into .venv")
    venv = home / ".venv"
    target = venv / "bootstrap"
    if not (venv / "bin" / "python").exists():
        made = _run([sys.executable, "-m", "venv", "--without-pip", str(venv)], home)
        if made.returncode != 0:
            _stop(f"{venv} could not be made: {_last_line(made.stderr)}")
    with _pip(home) as pip:
        done = _run([*pip, "install", "--quiet", "--upgrade", "--target", str(target), "uv"], home)
    if done.returncode != 0:
        _stop(f"pip could not install uv: {_last_line(done.stderr)}")
    return str(target / "bin" / "uv")


@contextmanager
def _pip(home: Path) -> Iterator[list[str]]:
    """This Python's pip; where it has none (Debian), one that ensurepip makes for the moment."""
    if _run([sys.executable, "-m", "pip", "--version"], home).returncode == 0:
        yield [sys.executable, "-m", "pip"]
        return
    scratch = home / ".venv" / "pip"
    made = _run([sys.executable, "-m", "venv", str(scratch)], home)
    if made.returncode != 0:
        _stop("this Python has neither pip nor ensurepip: install python3-pip or python3-venv")
    try:
        yield [str(scratch / "bin" / "python"), "-m", "pip"]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _pip_index() -> dict[str, str]:
    """What pip is told of indexes, by its environment and its configuration files."""
    found: dict[str, str] = {}
    listed = _run([sys.executable, "-m", "pip", "config", "list"], Path.cwd()).stdout
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        if (setting := name.rpartition(".")[2]) in PIP_SETTINGS:
            found[setting] = value.strip("'\"").replace("\\n", " ")
    for setting in PIP_SETTINGS:
        if told := os.environ.get("PIP_" + setting.replace("-", "_").upper()):
            found[setting] = told
    return found


def _for_uv(index: dict[str, str]) -> dict[str, str]:
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "trusted-host": "UV_INSECURE_HOST",
    }
    # Any index may have the file: it is the lock's hash that decides whether it is the right one.
    return {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        **{names[setting]: value for setting, value in index.items()},
    }


def _lock_is_reachable(home: Path) -> bool:
    """Whether the first file that the lock names can be had from where it says."""
    for line in (home / "uv.lock").read_text().splitlines():
        _, found, rest = line.partition('url = "https://')
        if found:
            address = "https://" + rest.partition('"')[0]
            break
    else:
        return False
    try:
        request = urllib.request.Request(address, method="HEAD")
        urllib.request.urlopen(request, timeout=REACHED_WITHIN_SECONDS).close()  # noqa: S310 - the lock's
    except (urllib.error.URLError, OSError):
        return False
    return True


def _must(command: list[str], home: Path, environment: dict[str, str]) -> None:
    done = _run(command, home, environment)
    if done.returncode != 0:
        _stop(f"`{Path(command[0]).name} {command[1]}` failed: {_last_line(done.stderr)}")


def _run(
    command: list[str], home: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    outside = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONPATH", "PYTHONHOME"}
    }
    return subprocess.run(
        command,
        cwd=home,
        env={**outside, "UV_PYTHON_DOWNLOADS": "never", **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    with file.open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _say(sentence: str) -> None:
    print(f"careteam: {sentence}", file=sys.stderr, flush=True)


def _stop(sentence: str) -> NoReturn:
    _say(sentence)
    sys.exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
