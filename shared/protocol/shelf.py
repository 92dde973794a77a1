"""Loads all protocols of a clinic: the one that new courses begin with, and those that go on."""

import hashlib
import json
from pathlib import Path

from shared.protocol import yaml_lines
from shared.protocol.library import Edition, ProtocolLibrary
from shared.protocol.loader import DEFAULT_CLINIC, BadProtocol, parse_protocol, text_of


def load_library(current: Path | None = None, folder: Path | None = None) -> ProtocolLibrary:
    """The clinic's protocols: every ``*.yaml`` of ``folder``, and ``current`` beside them.

    Without ``current`` new courses begin with the highest version of the folder, and without
    either with the default clinic. Raises :class:`BadProtocol` with everything that is wrong in
    all files, and when two files say different things under one number.
    """
    files = [] if folder is None else sorted(folder.glob("*.yaml"))
    named = current if files or current is not None else DEFAULT_CLINIC
    if named is not None:
        files.append(named)
    editions: dict[int, Edition] = {}
    sources: dict[int, Path] = {}
    wrong: list[str] = []
    for file in files:
        try:
            edition = load_edition(file)
        except BadProtocol as bad:
            wrong += bad.lines
            continue
        version = edition.protocol.protocol_version
        before = editions.setdefault(version, edition)
        source = sources.setdefault(version, file)
        if before.digest != edition.digest:
            wrong.append(
                f"{file}:{_line_of_version(file)}: protocol_version: {version} is said by {source}"
                " with other rules: raise the number of the newer file"
            )
    if wrong:
        raise BadProtocol(list(dict.fromkeys(wrong)))
    begun_with = load_edition(named).protocol if named else editions[max(editions)].protocol
    return ProtocolLibrary(current=begun_with, editions=dict(sorted(editions.items())))


def load_edition(path: Path) -> Edition:
    """One file with its digest."""
    text = text_of(path)
    return Edition(protocol=parse_protocol(text, str(path)), digest=digest_of(text))


def digest_of(text: str) -> str:
    """A digest of what a file says: comments, order and layout do not count."""
    said = json.dumps(yaml_lines.read(text).data, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _line_of_version(path: Path) -> int:
    return yaml_lines.read(text_of(path)).line(("protocol_version",))
