"""A full and a minimal body of every event type, as JSON files beside this module.

``python -m careteam_contracts.samples`` writes them anew: always the same ones for the same
models, so a change of a model shows in the diff of its samples.
"""

from importlib.resources import files
from typing import Final, Literal

from careteam_contracts.base import Event
from careteam_contracts.catalogue import parse

Kind = Literal["full", "minimal"]
KINDS: Final[tuple[Kind, ...]] = ("full", "minimal")


def file_name(wire_type: str, kind: Kind) -> str:
    """The name of a sample's file."""
    return f"{wire_type}.{kind}.json"


def body(wire_type: str, kind: Kind = "full") -> bytes:
    """The sample's body, as it would travel."""
    return files(__name__).joinpath(file_name(wire_type, kind)).read_bytes()


def event(wire_type: str, kind: Kind = "full") -> Event:
    """The sample as a model."""
    return parse(wire_type, body(wire_type, kind))
