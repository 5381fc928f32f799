"""Makes requests that an operation takes, nearly: read off the OpenAPI document, with known ids, and then spoilt."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

ODD: Final[Sequence[Any]] = (
    *("", " ", "a/b", "a%2Fb", "..", "\x00", "é\u0301", "💥", "\ud800", "null", "NaN", "__all__", "x" * 2_000, "-1"),
    *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-02-30", "2026-02-10T10:00:00", "1e400", "'; --"),
    *(None, True, False, 0, -1, 1e308, 10**30, 0.1, [], {}, [[]], {"": {}}, [None] * 3, {"a/b": "c"}),
)
DEEPEST: Final = 6
PAGES: Final = Path(__file__).resolve().parents[2] / "functions" / "portal"


@dataclass(frozen=True)
class Made:
    """A request. headers: without who is calling"""

    operation: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Mutations:
    """Makes requests to every operation of a document.

    known: by the name of a parameter or field, values that mean something on the platform that is asked
    """

    def __init__(self, document: Mapping[str, Any], known: Mapping[str, Sequence[Any]], dice: random.Random) -> None:
        self._schemas = document["components"]["schemas"]
        self._known = known
        self._dice = dice
        self._operations = [
            (operation["operationId"], method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]

    def __len__(self) -> int:
        return len(self._operations)

    def make(self, number: int) -> Made:
        """Makes one request; each operation has its turn."""
        name, method, path, operation = self._operations[number % len(self._operations)]
        query: dict[str, str] = {}
        headers: dict[str, str] = {}
        for parameter in operation.get("parameters", ()):
            said = self._text(parameter)
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(said or "x", safe=self._dice.choice(("", "/"))))
            elif self._dice.random() < 0.4:
                (query if parameter["in"] == "query" else headers)[parameter["name"]] = said
        content = operation.get("requestBody", {}).get("content")
        if content is None:
            if method in ("post", "put") and self._dice.random() < 0.3:
                headers["Content-Type"] = "application/json"
                return Made(name, method.upper(), path, query, headers, self._spoilt_bytes(self._odd()))
            return Made(name, method.upper(), path, query, headers)
        kind = self._dice.choice([*content])
        headers["Content-Type"] = kind
        body = self._body(kind, content[kind].get("schema", {}))
        return Made(name, method.upper(), path, query, headers, body)

    def _text(self, parameter: Mapping[str, Any]) -> str:
        value = self._value(parameter.get("schema", {}), parameter["name"])
        if self._dice.random() < 0.25:
            value = self._odd()
        text = value if isinstance(value, str) else json.dumps(value)
        return text.encode("utf-8", "replace").decode().translate({0: "%00", 10: " ", 13: " "})

    def _body(self, kind: str, schema: Mapping[str, Any]) -> bytes:
        if "json" not in kind:
            rows = [",".join(str(self._odd())[:40] for _ in range(5)) for _ in range(self._dice.randrange(4))]
            return "\n".join(["name,email,role,manager,hire_date", *rows]).encode("utf-8", "replace")
        value = self._value(schema, "")
        for _ in range(self._dice.choice((0, 1, 1, 2, 4))):
            value = self._spoilt(value)
        return self._spoilt_bytes(value)

    def _spoilt_bytes(self, value: Any) -> bytes:
        text = json.dumps(value).encode()
        if self._dice.random() < 0.05:
            return text[: self._dice.randrange(len(text) + 1)] + self._dice.choice((b"", b"\xff", b"[" * 10_000))
        return text

    def _odd(self) -> Any:
        return deepcopy(self._dice.choice(ODD))

    def _spoilt(self, value: Any) -> Any:
        """Returns the value with something in it replaced, left out or doubled."""
        if isinstance(value, dict) and value and self._dice.random() < 0.85:
            key = self._dice.choice([*value])
            if self._dice.random() < 0.15:
                return {one: inner for one, inner in value.items() if one != key}
            return {**value, key: self._spoilt(value[key])}
        if isinstance(value, list) and value and self._dice.random() < 0.8:
            at = self._dice.randrange(len(value))
            if self._dice.random() < 0.2:
                return value + value[at : at + 1] * self._dice.choice((1, 30))
            return [*value[:at], self._spoilt(value[at]), *value[at + 1 :]]
        return self._odd()

    def _value(self, schema: Mapping[str, Any], name: str, depth: int = 0) -> Any:
        """Returns what a schema describes; by name, where something is known."""
        schema = self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self._value(self._dice.choice(schema[choice]), name, depth)
        if name in self._known and self._dice.random() < 0.8:
            return deepcopy(self._dice.choice(self._known[name]))
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else self._dice.choice(schema["enum"])
        if schema.get("type") == "object" or "properties" in schema:
            return self._object(schema, depth)
        if schema.get("type") == "array":
            rounds = self._dice.randrange(1, 3) if depth < DEEPEST else 0
            return [self._value(schema.get("items", {}), name, depth + 1) for _ in range(rounds)]
        return self._plain(schema)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        return {
            one: self._value(inner, one, depth + 1)
            for one, inner in schema.get("properties", {}).items()
            if one in required or (depth < DEEPEST and self._dice.random() < 0.4)
        }

    def _plain(self, schema: Mapping[str, Any]) -> Any:
        kind = schema.get("type")
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", 0), schema.get("maximum", 100)
            return self._dice.randint(int(low), max(int(low), int(high)))
        if kind == "boolean":
            return self._dice.random() < 0.5
        if kind == "null":
            return None
        if "date" in schema.get("format", ""):
            return "2026-02-10T10:00:00Z" if schema["format"] == "date-time" else "2026-02-10"
        return self._dice.choice(("word", "two words", "a-b_c", "x1"))


class PageMutations:
    """Makes requests to the portal's addresses, with the fields of any of its forms and filters."""

    def __init__(
        self, pages: Sequence[tuple[str, bool]], known: Mapping[str, Sequence[Any]], dice: random.Random
    ) -> None:
        """pages: addresses with <names>, and whether a form is sent to them"""
        self._pages = pages
        self._values = [*ODD, *(value for values in known.values() for value in values)]
        self._dice = dice
        texts = [path.read_text("utf-8") for path in PAGES.rglob("*") if path.suffix in (".html", ".py")]
        self._fields = sorted({name for text in texts for name in re.findall(r"""(?:name=|get\(|\[)"(\w+)\"""", text)})

    def make(self, number: int) -> Made:
        """Makes one request; each address has its turn."""
        path, acts = self._pages[number % len(self._pages)]
        path = re.sub(r"<\w+>", lambda found: quote(self._text() or "x", safe=""), path)
        named = {self._dice.choice(self._fields): self._text() for _ in range(self._dice.randrange(6))}
        if acts and self._dice.random() < 0.5:
            return Made(path, "POST", path, {}, {}, json.dumps(named).encode())
        return Made(path, "GET", path, named)

    def _text(self) -> str:
        value = self._dice.choice(self._values)
        text = value if isinstance(value, str) else json.dumps(value)
        return text.encode("utf-8", "replace").decode()
