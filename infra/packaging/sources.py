"""Reads from a module's text what it needs, and never runs it: imports, and data files beside the code.

Imports count wherever they stand, inside functions too; those that a type checker alone sees do not. A data file counts
when the text names it, or a folder around it, by a path from `__file__`:

    Path(__file__).with_name("pipeline.yaml")      that file
    Path(__file__).parent / "templates"            everything below the folder
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from infra.packaging.errors import PackagingError

PACKAGES: Final = ("functions", "shared", "infra")
"""The top-level packages that a function is made of."""


@dataclass(frozen=True, slots=True)
class Import:
    """A dotted name that a module imports; `from a import b` is a.b, whether b is a module or not."""

    name: str
    line: int


@dataclass(frozen=True)
class Module:
    """One module of a source tree. name: dotted; path: its file."""

    root: Path
    name: str
    path: Path

    @cached_property
    def syntax(self) -> ast.Module:
        try:
            return ast.parse(self.path.read_text("utf-8"), filename=str(self.path))
        except SyntaxError as error:
            raise PackagingError(f"{self.path}:{error.lineno}: {error.msg}") from error

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Returns everything that the module imports, in no particular order. Raises PackagingError."""
        return tuple(imported for node in _seen_at_run_time(self.syntax) for imported in self._imported_by(node))

    def _imported_by(self, node: ast.AST) -> Iterable[Import]:
        match node:
            case ast.Import(names=aliases):
                return [Import(alias.name, node.lineno) for alias in aliases]
            case ast.ImportFrom(names=aliases):
                base = self.base_of(node)
                return [Import(base if a.name == "*" else f"{base}.{a.name}", node.lineno) for a in aliases]
            case ast.Call(func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"), args=[argument, *_]):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    return [Import(argument.value, node.lineno)]
                raise PackagingError(f"{self.path}:{node.lineno}: import_module with a computed name: name the module")
        return ()

    def base_of(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".") if self.path.name == "__init__.py" else self.name.split(".")[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])

    @cached_property
    def data_files(self) -> tuple[Path, ...]:
        """Returns the files other than Python that the module names, absolute and sorted. Raises PackagingError."""
        too_wide = {self.root, *(self.root / package for package in PACKAGES)}
        found: set[Path] = set()
        for path, line in self._named_paths(self.syntax):
            if path == self.path or path in too_wide:
                raise PackagingError(
                    f"{self.path}:{line}: reads from {path.name}, and the text does not tell what: put the files into "
                    "a folder of their own and name it"
                )
            found.update(data_below(path))
        return tuple(sorted(found))

    def _named_paths(self, node: ast.AST) -> Iterator[tuple[Path, int]]:
        """Yields every path from `__file__`, as long as the text makes it, with its line."""
        for child in ast.iter_child_nodes(node):
            if path := self._path_of(child):
                yield path, getattr(child, "lineno", 0)
            else:
                yield from self._named_paths(child)

    def _path_of(self, node: ast.AST) -> Path | None:
        match node:
            case ast.Call(func=ast.Name(id="Path"), args=[ast.Name(id="__file__")]):
                return self.path
            case ast.Call(func=ast.Attribute(value=inner, attr="resolve"), args=[]):
                return self._path_of(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr="with_name"), args=[ast.Constant(value=str(name))]):
                return path.with_name(name) if (path := self._path_of(inner)) else None
            case ast.Attribute(value=inner, attr="parent"):
                return path.parent if (path := self._path_of(inner)) else None
            case ast.Subscript(value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int(level))):
                return path.parents[level] if (path := self._path_of(inner)) else None
            case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=str(name))):
                return path / name if (path := self._path_of(left)) else None
        return None


class SourceTree:
    """The repository's packages, by module name; what is read once need not be read again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._modules: dict[str, Module | None] = {}

    @staticmethod
    def owns(name: str) -> bool:
        """Tells whether a dotted name belongs to the tree rather than to an installed package."""
        return name.split(".")[0] in PACKAGES

    def modules_at(self, file: Path) -> Iterator[Module]:
        """Yields the modules that importing a file below the root runs."""
        parts = file.relative_to(self.root).with_suffix("").parts
        return self.modules_of(".".join(parts[:-1] if parts[-1] == "__init__" else parts))

    def modules_of(self, name: str) -> Iterator[Module]:
        """Yields the modules that importing a dotted name runs: its packages and, if it is one, itself."""
        if not self.owns(name):
            return
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            if module := self._module(".".join(parts[:length])):
                yield module

    def _module(self, name: str) -> Module | None:
        if name not in self._modules:
            stem = self.root.joinpath(*name.split("."))
            file = next((f for f in (stem.with_suffix(".py"), stem / "__init__.py") if f.is_file()), None)
            self._modules[name] = Module(self.root, name, file) if file else None
        return self._modules[name]


def data_below(path: Path) -> Iterator[Path]:
    """Yields the path itself or the files below it: all that is neither code nor what Python leaves behind."""
    for file in [path, *path.rglob("*")]:
        if file.is_file() and file.suffix not in {".py", ".pyc"}:
            yield file


def _seen_at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """Yields all of a tree but what `if TYPE_CHECKING:` guards."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            child = ast.Module(child.orelse, [])
        yield from (child, *_seen_at_run_time(child))
