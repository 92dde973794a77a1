"""How many small faults in a pure module the tests notice: ``python -m bench.mutants --help``.

Not part of any suite: each mutant costs a run of tests. The code is mutated in a copy, by
cosmic-ray (``pip install cosmic-ray``), and a sample of the mutants is tried, by a seed.

    python -m bench.mutants shared/folds -- tests/unit/scheduling/test_course_facts.py
"""

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
_COPIED: Final = ("services", "shared", "cli", "tests", "bench", "docs", "pyproject.toml")
_SECONDS: Final = 120.0
_LEAVE_OUT: Final = shutil.ignore_patterns("__pycache__", ".hypothesis")


def main(words: list[str]) -> int:
    """Exit code: 0 when the share of noticed mutants is at least the floor, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="a file or folder of pure code, such as shared/folds")
    parser.add_argument("tests", nargs="+", help="what should notice")
    parser.add_argument("--most", type=int, default=40, help="how many mutants are tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--floor", type=float, default=0.0, help="the share that must be noticed")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy(copy)
        session = _prepared(copy, asked.module, asked.tests)
        every = _sample(session, asked.most, Random(asked.seed))
        _cosmic_ray(copy, "exec", "mutants.toml", session.name)
        noticed, survivors = _read(copy, session)
    tried = noticed + len(survivors)
    for survivor in survivors:
        print(survivor)
    share = noticed / tried if tried else 1.0
    print(f"{asked.module}: {noticed} of {tried} noticed ({share:.0%}), of {every} mutants")
    return 0 if share >= asked.floor else 1


def _copy(target: Path) -> None:
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=_LEAVE_OUT)
        else:
            shutil.copy(source, target / name)


def _prepared(copy: Path, module: str, tests: list[str]) -> Path:
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {' '.join(tests)}"
    (copy / "mutants.toml").write_text(
        f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = {_SECONDS}\nexcluded-modules = []\n'
        f'test-command = {json.dumps(command)}\n[cosmic-ray.distributor]\nname = "local"\n'
    )
    session = copy / "mutants.sqlite"
    _cosmic_ray(copy, "init", "mutants.toml", session.name)
    _cosmic_ray(copy, "baseline", "mutants.toml")
    return session


def _sample(session: Path, most: int, chance: Random) -> int:
    """Keep so many mutants; returns how many there were."""
    with sqlite3.connect(session) as rows:
        found = rows.execute(
            "SELECT job_id FROM mutation_specs ORDER BY module_path, operator_name, occurrence"
        )
        every = [job for (job,) in found]
        for job in chance.sample(every, max(0, len(every) - most)):
            rows.execute("DELETE FROM mutation_specs WHERE job_id = ?", (job,))
            rows.execute("DELETE FROM work_items WHERE job_id = ?", (job,))
    return len(every)


def _read(copy: Path, session: Path) -> tuple[int, list[str]]:
    """How many were noticed, and where and what the others are."""
    noticed, survivors = 0, []
    for item, result in _dumped(copy, session):
        if result["test_outcome"] == "survived":
            spec = item["mutations"][0]
            line = spec["start_pos"][0]
            survivors.append(f"survived: {spec['module_path']}:{line} {spec['operator_name']}")
        elif result["test_outcome"] == "killed":
            noticed += 1
    return noticed, survivors


def _dumped(
    copy: Path, session: Path
) -> Iterator[tuple[dict[str, list[dict[str, Any]]], dict[str, str]]]:
    for line in _cosmic_ray(copy, "dump", session.name).splitlines():
        item, result = json.loads(line)
        if result is not None:
            yield item, result


def _cosmic_ray(copy: Path, *words: str) -> str:
    tool = Path(sys.executable).with_name("cosmic-ray")
    done = subprocess.run([str(tool), *words], cwd=copy, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
