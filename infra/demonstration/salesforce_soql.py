"""Reads the part of Salesforce's query language (SOQL) that integrations ask in.

    SELECT field, Relation.field, … FROM kind [WHERE condition] [ORDER BY field [ASC|DESC], …] [LIMIT n]

A condition compares a field with a text, number, moment, day, true, false or null, or with a list of them (IN, NOT IN);
AND, OR, NOT and brackets. As Salesforce does it, AND and OR need brackets where they meet.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias

Value: TypeAlias = str | int | float | bool | datetime | date | None
Read: TypeAlias = Callable[[str], Value]
"""Names what gives a field's value of the record in question."""
Condition: TypeAlias = Callable[[Read], bool]

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<day>\d{4}-\d\d-\d\d)
    | (?P<number>[+-]?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    | (?P<sign>!=|<>|<=|>=|[=<>(),])
    )""",
    re.X,
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
_COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}


class Malformed(ValueError):
    """A statement is none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A query. named: every field that it names; order: fields, each with whether the highest comes first"""

    fields: tuple[str, ...]
    kind: str
    where: Condition
    order: tuple[tuple[str, bool], ...]
    limit: int | None
    named: tuple[str, ...]


def parse(text: str) -> Statement:
    """Reads a query. Raises Malformed."""
    return _Parser(text).statement()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._named: list[str] = []

    def statement(self) -> Statement:
        self._word("SELECT")
        fields = [self._field()]
        while self._sign(","):
            fields.append(self._field())
        self._word("FROM")
        kind = self._name()
        where: Condition = self._either() if self._is("WHERE") else lambda read: True
        order: list[tuple[str, bool]] = []
        if self._is("ORDER"):
            self._word("BY")
            order.append(self._ordered())
            while self._sign(","):
                order.append(self._ordered())
        limit = int(self._take("number")) if self._is("LIMIT") else None
        if self._at < len(self._tokens):
            raise Malformed(f"unexpected token: {self._tokens[self._at][1]}")
        return Statement(tuple(fields), kind, where, tuple(order), limit, tuple(self._named))

    def _ordered(self) -> tuple[str, bool]:
        name = self._field()
        down = self._is("DESC")
        if not down:
            self._is("ASC")
        return name, down

    def _either(self) -> Condition:
        parts = [self._one()]
        word = "AND" if self._peek("AND") else "OR"
        while self._is(word):
            parts.append(self._one())
        if self._peek("AND") or self._peek("OR"):
            raise Malformed("AND and OR need brackets where they meet")
        combine = all if word == "AND" else any
        return lambda read: combine(part(read) for part in parts)

    def _one(self) -> Condition:
        if self._is("NOT"):
            inner = self._one()
            return lambda read: not inner(read)
        if self._sign("("):
            within = self._either()
            self._must(")")
            return within
        return self._comparison()

    def _comparison(self) -> Condition:
        name = self._field()
        excluded = self._is("NOT")
        if self._is("IN"):
            self._must("(")
            values = [self._value()]
            while self._sign(","):
                values.append(self._value())
            self._must(")")
            return lambda read: (read(name) in values) is not excluded
        compare = _COMPARED.get(self._take("sign"))
        if compare is None:
            raise Malformed("a comparison is missing")
        value = self._value()
        return lambda read: _holds(compare, read(name), value)

    def _value(self) -> Value:
        kind, said = self._next()
        match kind:
            case "text":
                return _unquoted(said)
            case "moment":
                return datetime.fromisoformat(said)
            case "day":
                return date.fromisoformat(said)
            case "number":
                return float(said) if "." in said else int(said)
            case "name" if said.lower() in _WORDS:
                return _WORDS[said.lower()]
        raise Malformed(f"unexpected token: {said}")

    def _field(self) -> str:
        name = self._name()
        self._named.append(name)
        return name

    def _name(self) -> str:
        return self._take("name")

    def _word(self, word: str) -> None:
        if not self._is(word):
            raise Malformed(f"{word} is missing")

    def _is(self, word: str) -> bool:
        if not self._peek(word):
            return False
        self._at += 1
        return True

    def _peek(self, word: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        kind, said = self._tokens[self._at]
        return kind == "name" and said.upper() == word

    def _sign(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == ("sign", sign):
            self._at += 1
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._sign(sign):
            raise Malformed(f"{sign} is missing")

    def _take(self, kind: str) -> str:
        found, said = self._next()
        if found != kind:
            raise Malformed(f"unexpected token: {said}")
        return said

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Malformed("unexpected end")
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise Malformed(f"unexpected character: {text[at : at + 1]}")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _unquoted(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise Malformed(f"Illegal escape sequence: \\{match[1]}")
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", escape, text[1:-1])


def _holds(compare: Callable[[Any, Any], bool], left: Value, right: Value) -> bool:
    if left is None or right is None:
        return compare in (operator.eq, operator.ne) and compare(left, right)
    return compare(left, right)
