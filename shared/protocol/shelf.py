"""Loads all protocols of a clinic: the one that new courses begin with, and those that go on."""

from pathlib import Path

from shared.protocol import yaml_lines
from shared.protocol.library import ProtocolLibrary
from shared.protocol.loader import DEFAULT_CLINIC, BadProtocol, load_protocol, text_of
from shared.protocol.model import ClinicProtocol


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
    loaded: dict[int, ClinicProtocol] = {}
    sources: dict[int, Path] = {}
    wrong: list[str] = []
    for file in files:
        try:
            protocol = load_protocol(file)
        except BadProtocol as bad:
            wrong += bad.lines
            continue
        version = protocol.protocol_version
        source = sources.setdefault(version, file)
        if loaded.setdefault(version, protocol).digest != protocol.digest:
            wrong.append(
                f"{file}:{_line_of_version(file)}: protocol_version: {version} is said by {source}"
                " with other rules: raise the number of the newer file"
            )
    if wrong:
        raise BadProtocol(list(dict.fromkeys(wrong)))
    begins = max(loaded) if named is None else load_protocol(named).protocol_version
    return ProtocolLibrary.of(*loaded.values(), current=begins)


def _line_of_version(path: Path) -> int:
    return yaml_lines.read(text_of(path)).line(("protocol_version",))
