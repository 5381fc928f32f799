"""What a Python module needs, read from its text and never by running it: imports, and data files beside the code.

Imports count wherever they stand, inside functions too (SDKs are imported where they are used); those that a type
checker alone sees do not. A data file counts when the code names it by a path from `__file__`:

    Path(__file__).with_name("pipeline.yaml")             that file
    Path(__file__).parent / "templates"                   everything below the folder
    FOLDER / f"{name}.sql", with FOLDER as above          everything below FOLDER
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

PACKAGES: Final = ("functions", "shared", "infra")
"""The top-level packages that a function is made of."""


class UnreadableSource(ValueError):
    """The text of a module does not tell what it needs. The message names file and line."""


@dataclass(frozen=True, slots=True)
class Import:
    """A dotted name that a module imports.

    within: the function (`platform`) or method (`Platform.audit`) that imports it when it runs; None for what
            importing the module runs
    """

    name: str
    within: str | None
    line: int

    @property
    def deferred(self) -> bool:
        return self.within is not None


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where in a module a piece of text stands. owner: its class, unless that inherits: then `self` may be another."""

    within: str | None = None
    owner: str | None = None
    in_class: bool = False

    def entering(self, node: ast.AST) -> _Scope:
        if self.within is None and isinstance(node, ast.ClassDef):
            return _Scope(None, None if node.bases else node.name, True)
        if self.within is None and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return _Scope(f"{self.owner or ''}.{node.name}" if self.in_class else node.name, self.owner, self.in_class)
        return self


class Module:
    """One module of the source tree. name: dotted; path: its file."""

    def __init__(self, tree: SourceTree, name: str, path: Path):
        self._tree = tree
        self.name = name
        self.path = path

    @cached_property
    def syntax(self) -> ast.Module:
        try:
            return ast.parse(self.path.read_text("utf-8"), filename=str(self.path))
        except SyntaxError as error:
            raise UnreadableSource(f"{self.path}:{error.lineno}: {error.msg}") from error

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """In the order of the text; `from a import b` is a.b (b may be a module or not)."""
        return tuple(self._imports_of(self.syntax, _Scope()))

    def _imports_of(self, node: ast.AST, scope: _Scope) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(alias.name, scope.within, child.lineno)
            elif isinstance(child, ast.ImportFrom):
                base = self._base(child)
                for alias in child.names:
                    yield Import(base if alias.name == "*" else f"{base}.{alias.name}", scope.within, child.lineno)
            elif isinstance(child, ast.Call) and _called(child) == "import_module":
                yield Import(self._imported_by_call(child), scope.within, child.lineno)
                yield from self._imports_of(child, scope)
            elif isinstance(child, ast.If) and _is_type_checking(child.test):
                for statement in child.orelse:
                    yield from self._imports_of(statement, scope)
            else:
                yield from self._imports_of(child, scope.entering(child))

    @cached_property
    def mentions(self) -> Mapping[str | None, frozenset[str]]:
        """What the text names, by the function or method that does (None: what importing the module runs).

        `.people` is an attribute of anything, `Platform.people` one of `self` in that class, `people` a plain name; a
        string that could be a name is each. A function is only ever called by code that names it in one of these ways.
        """
        found: dict[str | None, set[str]] = {None: set()}
        self._collect_mentions(self.syntax, _Scope(), found)
        return {within: frozenset(names) for within, names in found.items()}

    def _collect_mentions(self, node: ast.AST, scope: _Scope, found: dict[str | None, set[str]]) -> None:
        for child in ast.iter_child_nodes(node):
            inner = scope.entering(child)
            names = found.setdefault(inner.within, set())
            match child:
                case ast.Attribute(value=ast.Name(id="self"), attr=name) if scope.owner:
                    names.add(f"{scope.owner}.{name}")
                case ast.Attribute(attr=name):
                    names.add(f".{name}")
                case ast.Constant(value=str(name)):
                    names.update((name, f".{name}"))
                case ast.Name(id=name) | ast.alias(name=name):
                    names.add(name)
            self._collect_mentions(child, inner, found)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        if self.path.name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])

    def _imported_by_call(self, call: ast.Call) -> str:
        argument = call.args[0] if call.args else None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
        raise UnreadableSource(f"{self.path}:{call.lineno}: import_module with a computed name: name the module")

    @cached_property
    def data_files(self) -> tuple[Path, ...]:
        """Files other than Python that the module names by a path from `__file__`, absolute and sorted."""
        found: set[Path] = set()
        for node, parent in _with_parents(self.syntax):
            self._refuse_computed_names(node)
            if _is_binding(parent) or _extends(parent, node):
                continue
            path = self.path_of(node)
            if path is None or path == self.path or not path.exists():
                continue
            if path.is_dir() and path in self._tree.too_wide:
                raise UnreadableSource(
                    f"{self.path}:{getattr(node, 'lineno', 0)}: reads from {path.name or path}/ without saying what: "
                    "put the files into a folder of their own and name it"
                )
            files = [path] if path.is_file() else path.rglob("*")
            found.update(file for file in files if file.is_file() and is_data(file))
        return tuple(sorted(found))

    def _refuse_computed_names(self, node: ast.AST) -> None:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="with_name" | "joinpath")):
                if self.path_of(inner) is not None and self.path_of(node) is None:
                    raise UnreadableSource(
                        f"{self.path}:{node.lineno}: a computed name beside the code: use FOLDER / name"
                    )

    def path_of(self, node: ast.AST) -> Path | None:
        """The path that an expression stands for, as far as the text tells; None for anything else."""
        match node:
            case ast.Call(func=ast.Name(id="Path"), args=[ast.Name(id="__file__")]):
                return self.path
            case ast.Call(func=ast.Attribute(value=inner, attr="resolve" | "absolute"), args=[]):
                return self.path_of(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr="with_name"), args=[ast.Constant(value=str(name))]):
                return path.with_name(name) if (path := self.path_of(inner)) else None
            case ast.Call(func=ast.Attribute(value=inner, attr="joinpath"), args=[ast.Constant(value=str(name))]):
                return path / name if (path := self.path_of(inner)) else None
            case ast.Attribute(value=inner, attr="parent"):
                return path.parent if (path := self.path_of(inner)) else None
            case ast.Subscript(value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int(level))):
                return path.parents[level] if (path := self.path_of(inner)) else None
            case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=str(name))):
                return path / name if (path := self.path_of(left)) else None
            case ast.Name(id=name):
                return self._path_named(name)
        return None

    def _path_named(self, name: str) -> Path | None:
        if name in self._bindings:
            return self.path_of(self._bindings[name])
        if name in self._imported_names:
            module, original = self._imported_names[name]
            other = self._tree.module(module)
            return other._path_named(original) if other and other is not self else None
        return None

    @cached_property
    def _bindings(self) -> dict[str, ast.expr]:
        """Names that are bound to one expression and never again, anywhere in the module."""
        bound: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        bound.setdefault(target.id, []).append(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                bound.setdefault(node.target.id, []).append(node.value)
        return {
            name: values[0]
            for name, values in bound.items()
            if len(values) == 1 and not any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(values[0]))
        }

    @cached_property
    def _imported_names(self) -> dict[str, tuple[str, str]]:
        return {
            alias.asname or alias.name: (self._base(node), alias.name)
            for node in ast.walk(self.syntax)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }


class SourceTree:
    """The repository's packages, by module name."""

    def __init__(self, root: Path):
        self.root = root
        self.too_wide = frozenset({root, *(root / package for package in PACKAGES)})
        self._modules: dict[str, Module | None] = {}

    def owns(self, name: str) -> bool:
        """Whether a dotted name belongs to the tree rather than to an installed package."""
        return name.split(".")[0] in PACKAGES

    def module(self, name: str) -> Module | None:
        if name not in self._modules:
            stem = self.root.joinpath(*name.split("."))
            file = next((f for f in (stem.with_suffix(".py"), stem / "__init__.py") if f.is_file()), None)
            self._modules[name] = Module(self, name, file) if file else None
        return self._modules[name]

    def modules_of(self, name: str) -> Iterator[Module]:
        """The modules that importing a dotted name runs: its packages and, if it is one, itself."""
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            module = self.module(".".join(parts[:length]))
            if module is not None:
                yield module


def is_data(file: Path) -> bool:
    """Neither code nor what Python leaves behind."""
    return file.suffix not in {".py", ".pyc"} and "__pycache__" not in file.parts


def _with_parents(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            yield child, parent


def _is_binding(parent: ast.AST) -> bool:
    """Giving a path a name is not yet reading it."""
    if isinstance(parent, ast.Assign):
        return all(isinstance(target, ast.Name) for target in parent.targets)
    return isinstance(parent, ast.AnnAssign)


def _extends(parent: ast.AST, node: ast.AST) -> bool:
    """Whether the parent makes a longer path of this one, as far as the text tells which."""
    match parent:
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=str())):
            return left is node
        case ast.Attribute(attr="parent" | "parents" | "with_name" | "joinpath" | "resolve" | "absolute"):
            return True
    return False


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == "TYPE_CHECKING"
    return False
