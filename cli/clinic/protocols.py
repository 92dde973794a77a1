"""The protocols of an embedded clinic: every version that it ever began a course with is kept.

A clinic that goes over to a newer file starts once with it. The older files stay in the clinic's
folder, so that the courses which began by them go on by them.
"""

from pathlib import Path

from cli.clinic.folder import ClinicFolder
from cli.trouble import Trouble
from shared.protocol.loader import DEFAULT_CLINIC, BadProtocol, load_protocol
from shared.protocol.shelf import load_library


def keep_protocols(folder: ClinicFolder, chosen: Path | None) -> Path | None:
    """Keep a copy of the chosen file; returns the copy, or None when nothing is chosen.

    Then new courses begin with the highest version that is kept, on the first start with the
    default clinic. :class:`Trouble` says what is wrong with a file, by line.
    """
    folder.protocols.mkdir(mode=0o700, exist_ok=True)
    if chosen is None and not any(folder.protocols.glob("*.yaml")):
        chosen = DEFAULT_CLINIC
    try:
        kept = None if chosen is None else _keep(folder.protocols, chosen)
        load_library(kept, folder.protocols)
    except BadProtocol as bad:
        raise Trouble("\n".join(bad.lines)) from None
    return kept


def _keep(shelf: Path, chosen: Path) -> Path:
    protocol = load_protocol(chosen)
    version = protocol.protocol_version
    load_library(chosen, shelf)
    copy = shelf / f"{version:04}-{protocol.protocol_name}.yaml"
    if not copy.exists():
        copy.write_bytes(chosen.read_bytes())
    return copy
