"""YAML that remembers where everything stood, so that an error can name its line."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import yaml
from yaml.constructor import SafeConstructor

Path: TypeAlias = tuple[str | int, ...]
"""The keys and positions that lead to a value: ``("dosing", "block_minutes", "default")``."""


class UnreadableYaml(ValueError):  # noqa: N818 - what is wrong, not that it is an error
    """Not YAML, or YAML that says one thing twice."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a file and the line of every key and item in it."""

    data: dict[str, Any]
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of this value, or of the nearest thing around it that the file does say."""
        for length in range(len(path), 0, -1):
            if (line := self.lines.get(path[:length])) is not None:
                return line
        return 1


def read(text: str) -> Document:
    """Read one YAML mapping; :class:`UnreadableYaml` for anything else."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        raise UnreadableYaml(line, f"not YAML ({broken.problem}): correct the syntax") from None
    except yaml.YAMLError:
        raise UnreadableYaml(1, "not YAML: save the file as plain UTF-8 text") from None
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableYaml(1, "not a protocol: begin with 'protocol_version: 1'")
    lines: dict[Path, int] = {}
    try:
        data = _plain(node, (), lines)
    except RecursionError:
        raise UnreadableYaml(1, "refers to itself: write the values out") from None
    return Document(data, MappingProxyType(lines))


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(_scalar(key_node))
            line = key_node.start_mark.line + 1
            if key in mapping:
                raise UnreadableYaml(line, f"{key} is said twice: keep one of them")
            lines[(*path, key)] = line
            mapping[key] = _plain(value_node, (*path, key), lines)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items = []
        for position, item in enumerate(node.value):
            lines[(*path, position)] = item.start_mark.line + 1
            items.append(_plain(item, (*path, position), lines))
        return items
    return _scalar(node)


def _scalar(node: yaml.Node) -> Hashable:
    if not isinstance(node, yaml.ScalarNode):
        raise UnreadableYaml(node.start_mark.line + 1, "a key must be a plain word")
    try:
        value: Hashable = SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError):
        raise UnreadableYaml(
            node.start_mark.line + 1, "a value that cannot be read: put it in quotes"
        ) from None
    return value
