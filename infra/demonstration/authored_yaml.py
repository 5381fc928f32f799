"""YAML read so that every complaint can name the file and the line.

PyYAML's own loader drops the lines and lets a key be given twice; its nodes keep both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import yaml

from infra.declarations.safe_yaml import SafeLoader


class CorpusError(ValueError):
    """A file of the corpus is not what the format asks for; the message begins with `file:line`."""


class Place:
    """A value in a file, with its line (from 1)."""

    def __init__(self, file: str, node: yaml.Node):
        self._file = file
        self._node = node

    @property
    def line(self) -> int:
        return int(self._node.start_mark.line) + 1

    def error(self, message: str, *, line: int | None = None) -> CorpusError:
        """Words the complaint about this place; raise it."""
        return CorpusError(f"{self._file}:{line or self.line}: {message}")

    def mapping(self, *, required: Collection[str] = (), optional: Collection[str] | None = ()) -> dict[str, Place]:
        """Returns the entries by key. optional: None for any key.

        Raises CorpusError when this is no mapping, a key is given twice, missing or unknown.
        """
        if not isinstance(self._node, yaml.MappingNode):
            raise self.error("a mapping (key: value) is accepted here")
        found: dict[str, Place] = {}
        for key_node, value_node in self._node.value:
            key, value = str(key_node.value), Place(self._file, value_node)
            if key in found:
                raise Place(self._file, key_node).error(f"`{key}` is given twice")
            if optional is not None and key not in required and key not in optional:
                known = ", ".join(sorted({*required, *optional}))
                raise Place(self._file, key_node).error(f"`{key}` is unknown here; accepted are {known}")
            found[key] = value
        for key in required:
            if key not in found:
                raise self.error(f"`{key}` is missing")
        return found

    def items(self) -> Iterator[Place]:
        """Returns the entries of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            raise self.error("a list is accepted here")
        return (Place(self._file, node) for node in self._node.value)

    def scalar(self) -> str | int | float | bool | None:
        """Returns a single value in its YAML type; dates are no type here and must be quoted."""
        if not isinstance(self._node, yaml.ScalarNode):
            raise self.error("a single value is accepted here")
        value = yaml.SafeLoader("").construct_object(self._node)
        if value is not None and not isinstance(value, (str, int, float, bool)):
            raise self.error("a text, a number, true, false or null is accepted here")
        return value

    def text(self, allowed: Collection[str] | None = None) -> str:
        """Returns a text that is not empty. allowed: the only ones accepted."""
        value = self.scalar()
        if not isinstance(value, str) or not value.strip():
            raise self.error("a text is accepted here")
        if allowed is not None and value not in allowed:
            raise self.error(f"`{value}` is unknown; accepted are {', '.join(allowed)}")
        return value

    def texts(self, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """Returns a list of texts."""
        return tuple(item.text(allowed) for item in self.items())

    def truth(self) -> bool:
        value = self.scalar()
        if not isinstance(value, bool):
            raise self.error("true or false is accepted here")
        return value

    def whole(self, low: int, high: int) -> int:
        value = self.scalar()
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(f"a whole number from {low} to {high} is accepted here")
        return value

    def lines(self) -> list[tuple[int, str]]:
        """Returns the lines of a literal block (`key: |`), each with its number in the file."""
        if not isinstance(self._node, yaml.ScalarNode) or self._node.style != "|":
            raise self.error("a literal block (`|`) is accepted here")
        first = self.line + 1
        return [(first + number, line) for number, line in enumerate(str(self._node.value).split("\n"))]


def read_yaml(path: Path) -> Place:
    """Reads the root of a file. Raises CorpusError when it is no YAML."""
    try:
        node = yaml.compose(path.read_text("utf-8"), SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CorpusError(f"{path.name}:{line}: no YAML: {error.problem}") from None
    if node is None:
        raise CorpusError(f"{path.name}:1: the file is empty")
    return Place(path.name, node)


def one_of(listed: Collection[str]) -> tuple[str, ...]:
    """Returns the accepted values in a stable order."""
    return tuple(sorted(listed))
