"""Finds every regular expression of the code base, with the ways in which it is used.

Those that are made at import are found by walking from each module's globals, through containers and classes. Those
that a function makes are found in the source: literals as they stand, the others through `MADE`, which makes one of
each; a function that makes one and is not named there fails the test.
"""

from __future__ import annotations

import ast
import gc
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Final

from infra.demonstration import analyst_answerers
from shared.analysts.lexical import speech
from shared.coaching.domain import wording
from shared.conversations.domain.conversation import Affiliation, Conversation, Party
from shared.privacy.domain import anonymise
from shared.privacy.domain.erasure import Erasing
from tests.attacks.seeds import AnyPattern

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("functions", "infra", "shared", "scripts")
ANCHORED: Final = frozenset({"match", "fullmatch"})
SEARCHING: Final = frozenset({"search", "findall", "finditer", "sub", "subn", "split"})
METHODS: Final = ANCHORED | SEARCHING


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern. where: its module and name, or its file and line. methods: how it is applied."""

    where: str
    pattern: AnyPattern
    methods: frozenset[str]


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


@cache
def _trees() -> Mapping[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in sources()}


@cache
def every_pattern() -> list[Found]:
    """Returns each pattern once."""
    used = _uses()
    found: dict[tuple[str | bytes, int], Found] = {}
    for one in (*_of_modules(used), *_in_source(), *_made()):
        key = (one.pattern.pattern, one.pattern.flags)
        known = found.get(key)
        found[key] = one if known is None else Found(known.where, known.pattern, known.methods | one.methods)
    return list(found.values())


def _of_modules(used: Mapping[str, frozenset[str]]) -> Iterator[Found]:
    modules = [*_modules()]
    elsewhere = {id(vars(module)) for module in sys.modules.values() if isinstance(module, ModuleType)}
    for module in modules:
        for name, value in vars(module).items():
            key = f"{module.__name__}.{name}" if name.startswith("_") else name
            for pattern in _within(value, module.__name__, elsewhere):
                methods = used.get(key, SEARCHING) if isinstance(value, re.Pattern) else SEARCHING
                yield Found(f"{module.__name__}.{name}", pattern, methods)


def _modules() -> Iterator[ModuleType]:
    yield from (import_module(_name(path)) for path in sources() if path.stem != "__main__")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")


def _within(value: object, module: str, elsewhere: set[int]) -> Iterator[AnyPattern]:
    """Yields the patterns that a value leads to, without those of other modules."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or id(one) in elsewhere or isinstance(one, ModuleType):
            continue
        seen.add(id(one))
        if isinstance(one, re.Pattern):
            yield one
        elif not isinstance(one, type | FunctionType) or one.__module__ == module:
            waiting += gc.get_referents(one)


def _uses() -> dict[str, frozenset[str]]:
    """Returns the methods that are called of each name: of a private one in its module, of a public one anywhere."""
    used: dict[str, set[str]] = defaultdict(set)
    for path, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
                used[f"{_name(path)}.{name}" if name.startswith("_") else name].add(node.attr)
    return {name: frozenset(methods) for name, methods in used.items()}


def _in_source() -> Iterator[Found]:
    for path, tree in _trees().items():
        for node, function in _calls(tree):
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            for keyword in node.keywords:
                if keyword.arg == "pattern" and (literal := _literal(keyword.value)) is not None:
                    yield Found(where, literal, frozenset({"search"}))
            method = _method_of_re(node)
            if method is None or not node.args:
                continue
            if (literal := _literal(node.args[0])) is not None:
                if function is not None or method != "compile":  # else it is a global
                    yield Found(where, literal, frozenset({method}) & METHODS or SEARCHING)
            elif function is not None and (made := f"{path.relative_to(ROOT)}:{function}") not in MADE:
                raise AssertionError(f"{made} makes a pattern: add one of it to tests/attacks/patterns.py")


def _literal(node: ast.expr) -> AnyPattern | None:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, str):
        return re.compile(value)
    return re.compile(value) if isinstance(value, bytes) else None


def _calls(tree: ast.AST, function: str | None = None) -> Iterator[tuple[ast.Call, str | None]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            yield node, function
        inner = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield from _calls(node, inner)


def _method_of_re(node: ast.Call) -> str | None:
    called = node.func
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re":
        return called.attr if called.attr in METHODS | {"compile"} else None
    return None


def _made() -> Iterator[Found]:
    for where, make in MADE.items():
        for pattern in make():
            yield Found(where, pattern, SEARCHING)


def _erasing() -> Iterator[AnyPattern]:
    person = Erasing("joe.smith@ourcompany.example", "erased-1", "Joe-Ann de la Smith")
    yield from (one for one in (person._id, person._name, person._given) if one is not None)


def _anonymising() -> Iterator[AnyPattern]:
    party = Party(speaker_id="1", name="O'Neil, Jo Ann", email="jo.oneil@acme-health.example")
    conversation = Conversation("1", None, 0, (replace(party, affiliation=Affiliation.EXTERNAL),), ())
    words = anonymise._dictionary(conversation, ["Acme Health Holding"], {"1": "Customer 1"})
    made = anonymise._pattern(words)
    assert made is not None
    yield made


MADE: Final[Mapping[str, Callable[[], Iterable[AnyPattern]]]] = {
    "infra/demonstration/analyst_answerers.py:_pattern": lambda: [
        analyst_answerers._pattern("is {deal.amount} the figure that you saw on {deal.when}")
    ],
    "infra/demonstration/corpus_staging.py:find_quote": lambda: [re.compile(r"the\s+figure\s+that\s+you\s+saw")],
    "infra/gcp/bigquery.py:_of_one": lambda: [re.compile(r"@employee_id\b")],
    "infra/gcp/bigquery.py:move": lambda: [re.compile(r"@employee_id\b")],
    "infra/gcp/firestore_errors.py:_existing_path": lambda: [re.compile(r"/people/joe(?=$|[\s}\"',])")],
    "scripts/commands/deploy.py:_setting": lambda: [
        re.compile(r'^[ \t]*project[ \t]*=[ \t]*"([^"\n]+)"', re.MULTILINE)
    ],
    "scripts/commands/deploy.py:host": lambda: [
        re.compile(r"^[ \t]*hosts[ \t]*=[ \t]*\{(.*?)\}", re.MULTILINE | re.DOTALL),
        re.compile(r'\bapi[ \t]*=[ \t]*"([^"\n]+)"'),
    ],
    "shared/analysts/lexical/speech.py:phrases": lambda: [speech.phrases("by the way|in gener*|i am not sure")],
    "shared/coaching/domain/wording.py:pattern_of": lambda: [
        wording.pattern_of(["crack on", "sign* ~ permit", "~ my", "paid ~ paid* ~ paid"])
    ],
    "shared/privacy/domain/anonymise.py:_pattern": _anonymising,
    "shared/privacy/domain/erasure.py:_finding": _erasing,
    "shared/privacy/domain/erasure.py:_name": _erasing,
    "shared/privacy/domain/erasure.py:_given": _erasing,
}
"""One of each pattern that a function makes of what it is given, by file and function."""
