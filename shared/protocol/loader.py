"""Reads a clinic's file: strictly, and with every error at once, each naming its line.

What a file does not say has the specification's default, except ``protocol_version``, without
which nothing could say by what rules a course was run.
"""

import hashlib
import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from shared.protocol import yaml_lines
from shared.protocol.breach import Breach
from shared.protocol.floors import breaches
from shared.protocol.model import ClinicProtocol

CLINICS: Final = Path(__file__).with_name("clinics")
DEFAULT_CLINIC: Final = CLINICS / "default.yaml"

_READER: Final = TypeAdapter(ClinicProtocol)
_ADVICE: Final = {
    "extra_forbidden": "unknown key: remove it, or correct its spelling",
    "unexpected_keyword_argument": "unknown key: remove it, or correct its spelling",
    "missing": "is missing: add it",
    "missing_argument": "is missing: add it",
}


class BadProtocol(ValueError):  # noqa: N818 - what is wrong, not that it is an error
    """A clinic's file that cannot be used; one line for each thing to correct."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def load_protocol(path: Path) -> ClinicProtocol:
    """The protocol in this file, or :class:`BadProtocol`."""
    return parse_protocol(text_of(path), str(path))


def text_of(path: Path) -> str:
    """What is written in this file, or :class:`BadProtocol`."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as unreadable:
        reason = unreadable.strerror or "cannot be read"
        raise BadProtocol([f"{path}:1: {reason}: name a protocol file that exists"]) from None
    except UnicodeDecodeError:
        raise BadProtocol([f"{path}:1: not UTF-8 text: save it as UTF-8"]) from None


def parse_protocol(text: str, name: str) -> ClinicProtocol:
    """The protocol in this text; ``name`` is what errors call the file."""
    try:
        document = yaml_lines.read(text)
    except yaml_lines.UnreadableYaml as broken:
        raise BadProtocol([f"{name}:{broken.line}: {broken.what}"]) from None

    data = _python_names(document.data)
    wrong: list[Breach] = []
    if "protocol_version" not in data:
        wrong.append(Breach(("protocol_version",), "is missing: begin with 'protocol_version: 1'"))
    protocol, misshapen = _shaped(data)
    wrong += misshapen
    if protocol is None and misshapen:
        # Without what is misshapen the rest may still be read, and its floors be tried.
        protocol, _ = _shaped(_without(data, misshapen))
    if protocol is not None:
        wrong += [b for b in _all_breaches(protocol) if not _inside_any(b, misshapen)]
    if "digest" in data:
        wrong.append(Breach(("digest",), _ADVICE["extra_forbidden"]))
    if wrong or protocol is None:
        found = {(document.line(b.path), f"{_dotted(b.path)}: {b.advice}") for b in wrong}
        raise BadProtocol([f"{name}:{line}: {advice}" for line, advice in sorted(found)])
    return replace(protocol, digest=_digest(document.data))


def _digest(said: dict[str, Any]) -> str:
    """A digest of what a file says: comments, order and layout do not count."""
    ordered = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(ordered.encode()).hexdigest()[:16]


def _all_breaches(protocol: ClinicProtocol) -> list[Breach]:
    negative = _negatives(_READER.dump_python(protocol, mode="json"), ())
    return negative + [b for b in breaches(protocol) if not _inside_any(b, negative)]


def _shaped(data: dict[str, Any]) -> tuple[ClinicProtocol | None, list[Breach]]:
    try:
        return _READER.validate_json(json.dumps(data, default=str), strict=True), []
    except ValidationError as invalid:
        return None, [
            Breach(
                _in_file(error["loc"]),
                _ADVICE.get(error["type"], f"{_lowered(error['msg'])}: correct the value"),
            )
            for error in invalid.errors(include_url=False, include_input=False)
        ]


def _negatives(value: Any, path: yaml_lines.Path) -> list[Breach]:
    if isinstance(value, dict):
        return [b for key, inner in value.items() for b in _negatives(inner, (*path, key))]
    if isinstance(value, list):
        return [b for at, inner in enumerate(value) for b in _negatives(inner, (*path, at))]
    if isinstance(value, int | float) and value < 0:
        return [Breach(_in_file(path), "is below zero: write a number from 0")]
    return []


def _python_names(data: dict[str, Any]) -> dict[str, Any]:
    """``pass`` is a word of Python, so the model calls that mark ``pass_mark``."""
    renamed = deepcopy(data)
    recovery = renamed.get("recovery")
    score = recovery.get("score") if isinstance(recovery, dict) else None
    if isinstance(score, dict) and "pass" in score:
        score["pass_mark"] = score.pop("pass")
    return renamed


def _in_file(path: yaml_lines.Path) -> yaml_lines.Path:
    return tuple("pass" if part == "pass_mark" else part for part in path if part != "[key]")


def _without(data: dict[str, Any], misshapen: list[Breach]) -> dict[str, Any]:
    """The file without its misshapen values, each with no more around it than must go too."""
    kept = deepcopy(data)
    for breach in misshapen:
        here: Any = kept
        holder, last = kept, ""
        for part in breach.path:
            key = "pass_mark" if part == "pass" else part
            if not isinstance(here, dict) or key not in here:
                break
            holder, last, here = here, str(key), here[key]
        holder.pop(last, None)
    return kept


def _inside_any(breach: Breach, others: list[Breach]) -> bool:
    """Whether a breach is about a part of the file that is already complained of."""
    return any(
        all(mine == theirs for mine, theirs in zip(breach.path, other.path, strict=False))
        for other in others
    )


def _dotted(path: yaml_lines.Path) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
