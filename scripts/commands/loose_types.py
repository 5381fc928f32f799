"""Counts types that say nothing of what they hold: `dict[str, Any]` and its like, wherever they are written.

Loose is a mapping to Any or object, a mapping without parameters, and a sequence of mappings, whatever these hold. An
alias counts wherever it is used, through any number of imports: `Body = dict[str, Any]` hides nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAPPINGS: Final = frozenset({"dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict", "Dict"})
SEQUENCES: Final = frozenset(
    {"list", "tuple", "set", "Sequence", "Iterable", "Iterator", "Collection", "List", "deque"}
)
ANYTHING: Final = frozenset({"Any", "object"})


@dataclass(frozen=True, slots=True)
class Loose:
    """A place where a loose type is written. signature: as part of a public function's or method's signature"""

    module: str
    line: int
    signature: bool


def loose_types(sources: Mapping[str, str]) -> list[Loose]:
    """Finds every loose type. sources: a module's dotted name → its text"""
    modules = {name: _Module(name, ast.parse(text)) for name, text in sources.items()}
    return [found for module in modules.values() for found in module.loose(modules)]


def sources_below(root: Path, *packages: str) -> dict[str, str]:
    """Reads all modules of some packages, by dotted name."""
    found = {}
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text("utf-8")
    return found


class _Module:
    def __init__(self, name: str, syntax: ast.Module) -> None:
        self.name = name
        self._syntax = syntax
        self._aliases: dict[str, ast.expr] = {}
        self._imported: dict[str, tuple[str, str]] = {}
        for statement in syntax.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=alias)], value=value):
                    self._aliases[alias] = value
                case ast.AnnAssign(
                    target=ast.Name(id=alias), annotation=ast.Name(id="TypeAlias"), value=ast.expr() as value
                ):
                    self._aliases[alias] = value
        for node in ast.walk(syntax):
            if isinstance(node, ast.ImportFrom):
                self._imported.update({one.asname or one.name: (node.module or "", one.name) for one in node.names})

    def loose(self, modules: Mapping[str, _Module]) -> Iterator[Loose]:
        """Yields the loose types of this module."""
        signatures = {
            id(annotation) for function in _public_functions(self._syntax) for annotation in _annotations_of(function)
        }
        for annotation in _types_in(self._syntax):
            for line in self._within(annotation, modules):
                yield Loose(self.name, line, id(annotation) in signatures)

    def _within(self, node: ast.expr, modules: Mapping[str, _Module]) -> Iterator[int]:
        """Yields the line of each outermost loose type in an expression."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.copy_location(ast.parse(node.value, mode="eval").body, node)
            except SyntaxError:
                return
        if self.is_loose(node, modules):
            yield node.lineno
            return
        # The name before the brackets is loose only without them.
        for child in [node.slice] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from self._within(child, modules)

    def is_loose(self, node: ast.expr, modules: Mapping[str, _Module], depth: int = 0) -> bool:
        """Tells whether an expression stands for a loose type."""
        match node:
            case ast.Name(id=name):
                return name in MAPPINGS or (depth < 9 and self._alias_is_loose(name, modules, depth))
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=[_, value])) if name in MAPPINGS:
                return isinstance(value, ast.Name) and value.id in ANYTHING
            case ast.Subscript(value=ast.Name(id=name), slice=held) if name in SEQUENCES:
                each = held.elts[0] if isinstance(held, ast.Tuple) else held
                return self._is_mapping(each, modules, depth)
        return False

    def _is_mapping(self, node: ast.expr, modules: Mapping[str, _Module], depth: int) -> bool:
        match node:
            case ast.Subscript(value=ast.Name(id=name)):
                return name in MAPPINGS
        return self.is_loose(node, modules, depth)

    def _alias_is_loose(self, name: str, modules: Mapping[str, _Module], depth: int) -> bool:
        if name in self._aliases:
            return self.is_loose(self._aliases[name], modules, depth + 1)
        module, original = self._imported.get(name, ("", ""))
        return module in modules and modules[module].is_loose(ast.Name(original), modules, depth + 1)


def _types_in(syntax: ast.Module) -> Iterator[ast.expr]:
    """Yields every annotation, and the right side of every alias of a type."""
    for node in ast.walk(syntax):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _annotations_of(node)
        elif isinstance(node, ast.AnnAssign):
            yield node.annotation
    yield from (
        line.value for line in syntax.body if isinstance(line, ast.Assign) and isinstance(line.value, ast.Subscript)
    )


def _annotations_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    given = function.args
    for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]:
        if argument is not None and argument.annotation is not None:
            yield argument.annotation
    if function.returns is not None:
        yield function.returns


def _public_functions(syntax: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yields the functions of a module and the methods of its classes that others may call."""
    bodies = [syntax.body, *(node.body for node in syntax.body if isinstance(node, ast.ClassDef))]
    for node in (statement for body in bodies for statement in body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            not node.name.startswith("_") or node.name in ("__init__", "__call__")
        ):
            yield node
