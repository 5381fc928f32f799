"""Which settings a function's code can come to read, found in its text: what it starts with, and all that this names.

A zip's import closure holds more than a function runs: its wiring makes every use case of a capability, and it asks for
one. So definitions are followed rather than modules. What is a name is looked up; an attribute may be any class's that
was reached, but of what the wiring makes (`notifications(on).preferences`) it is that class's own.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from infra.declarations.pipeline import FunctionSpec
from infra.packaging.sources import Module, SourceTree
from infra.packaging.staging import modules_of

ROOT: Final = Path(__file__).resolve().parents[3]
DECLARATIONS: Final = "infra.declarations."
ANY_CLASS: Final = ""


@dataclass(eq=False)
class Definition:
    """A function, a method, a class without its methods, or what a module runs when it is imported."""

    home: Home
    name: str
    nodes: list[ast.AST]
    methods: dict[str, Definition] = field(default_factory=dict)
    owner: Definition | None = None

    @cached_property
    def texts(self) -> set[str]:
        return {
            node.value
            for node in self._run
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in self.home.documentation
        }

    @cached_property
    def names(self) -> set[str]:
        found = {node.id for node in self._run if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        for node in self._run:
            if isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name for alias in node.names}
        return found

    @cached_property
    def asked(self) -> set[tuple[str, str]]:
        """(attribute, what it is asked of): `self`, the name of a function that makes it, or ANY_CLASS."""
        return {(node.attr, self._maker(node.value)) for node in self._run if isinstance(node, ast.Attribute)}

    @cached_property
    def parts(self) -> set[tuple[str, str]]:
        """(name, attribute) of what is asked of a name: of a module, that is a definition in it."""
        found = (node for node in self._run if isinstance(node, ast.Attribute))
        return {(node.value.id, node.attr) for node in found if isinstance(node.value, ast.Name)}

    @cached_property
    def handed_on(self) -> set[str]:
        """The functions of which it hands on what they make: from there anything may be asked of that."""
        asked = {id(node.value) for node in self._run if isinstance(node, ast.Attribute)}
        kept = {id(value) for value in self._kept.values()}
        calls = {self._maker(node) for node in self._run if isinstance(node, ast.Call) and id(node) not in asked | kept}
        loaded = (node for node in self._run if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
        return (calls | {self._maker(node) for node in loaded if id(node) not in asked}) - {ANY_CLASS, "self"}

    @cached_property
    def _kept(self) -> dict[str, ast.expr]:
        """Local name → what it is of, where it is given a value once: `a, b = f(x), g(x)` counts as two."""
        found: dict[str, ast.expr] = {}
        for node in self._run:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                targets, values = [node.targets[0]], [node.value]
                if isinstance(targets[0], ast.Tuple) and isinstance(values[0], ast.Tuple):
                    targets, values = targets[0].elts, values[0].elts
                found |= {
                    one.id: value for one, value in zip(targets, values, strict=False) if isinstance(one, ast.Name)
                }
        return found

    @cached_property
    def _run(self) -> list[ast.AST]:
        return [node for part in self.nodes for node in run(part)]

    def _maker(self, value: ast.expr) -> str:
        match value:
            case ast.Name("self"):
                return "self" if self.owner else ANY_CLASS
            case ast.Name(name) if name in self._kept:
                kept = self._kept[name]
                return self._maker(kept) if isinstance(kept, ast.Call) else ANY_CLASS
            case ast.Call(ast.Name(name)):
                return name
        return ANY_CLASS


class Home:
    """A module's definitions and what its names stand for."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.documentation = set(documentation_in(module.syntax))
        self.imports: dict[str, str] = {}
        for node in run(module.syntax):
            if isinstance(node, ast.ImportFrom):
                base = module.base_of(node)
                self.imports |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                self.imports |= {alias.asname or alias.name: alias.name for alias in node.names}
        self.definitions: dict[str, Definition] = {}
        self.registered: defaultdict[str, list[Definition]] = defaultdict(list)
        """A variable → the functions that its decorators take in: whoever uses it comes to run them."""
        self.imported = Definition(self, "", [])
        for node in module.syntax.body:
            self._take(node)
        for decorator in self.registered.keys() & self.definitions.keys():
            for name in self.definitions[decorator].names:  # one of the module's own, which hands on to these
                self.registered[name] += self.registered[decorator]

    def _take(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef):
            self.definitions[node.name] = Definition(self, node.name, [node])
            for decorator in node.decorator_list:
                self.registered[first_name(decorator)].append(self.definitions[node.name])
        elif isinstance(node, ast.ClassDef):
            self.definitions[node.name] = self._class(node)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            self.imported.nodes.append(node)

    def _class(self, node: ast.ClassDef) -> Definition:
        methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        rest: list[ast.AST] = [*node.bases, *node.decorator_list, *(one for one in node.body if one not in methods)]
        made = Definition(self, node.name, rest)
        made.methods = {one.name: Definition(self, f"{node.name}.{one.name}", [one], owner=made) for one in methods}
        return made


class Reader:
    """Finds what functions read; what is parsed for one need not be for the next."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._tree = SourceTree(root)
        self._homes: dict[str, Home] = {}

    def settings_of(self, function: FunctionSpec, settings: Iterable[str]) -> set[str]:
        """The settings that a function can come to read; `all` among them where it looks through what is declared."""
        known, found = set(settings), set[str]()
        for definition in self.reached(function):
            found |= definition.texts & known
            if "SETTINGS" in definition.names and definition.home.imports.get("SETTINGS", "").startswith(DECLARATIONS):
                found.add("all")
        return found

    def reached(self, function: FunctionSpec) -> set[Definition]:
        """All that a function can come to run."""
        modules = modules_of(self._tree, self._root / "functions" / function.name)
        homes = {one.name: self._home(one) for one in modules if not one.name.startswith(DECLARATIONS)}
        return _Walk(homes).reached(f"functions.{function.name}.")

    def _home(self, module: Module) -> Home:
        if module.name not in self._homes:
            self._homes[module.name] = Home(module)
        return self._homes[module.name]


class _Walk:
    """Follows definitions from a function's own, until there is nothing new."""

    def __init__(self, homes: dict[str, Home]) -> None:
        self._homes = homes
        self._reached: set[Definition] = set()
        self._waiting: list[Definition] = []
        self._asked: set[str] = set()
        self._answering: defaultdict[str, list[Definition]] = defaultdict(list)

    def reached(self, own: str) -> set[Definition]:
        for name, home in self._homes.items():
            self._reach(home.imported)
            if name.startswith(own):
                for definition in home.definitions.values():
                    self._reach(definition)
        while self._waiting:
            self._follow(self._waiting.pop())
        return self._reached

    def _reach(self, definition: Definition | None) -> None:
        if definition is not None and definition not in self._reached:
            self._reached.add(definition)
            self._waiting.append(definition)

    def _follow(self, at: Definition) -> None:
        for name in at.names:
            self._use(at.home, name)
        for name, part in at.parts:
            if (module := self._homes.get(at.home.imports.get(name, ""))) is not None:
                self._use(module, part)
        for maker in at.handed_on:
            if (made := self._made_by(at.home, maker)) is not None:
                self._open(made)
        for attribute, asked_of in at.asked:
            self._ask(at, attribute, asked_of)
        if at.methods:
            for name in [name for name in at.methods if name.startswith("__")]:
                self._reach(at.methods[name])
            if not _is_wiring(at):
                self._open(at)

    def _ask(self, at: Definition, attribute: str, asked_of: str) -> None:
        made = at.owner if asked_of == "self" else self._made_by(at.home, asked_of)
        if made is not None and (made is not at.owner or _is_wiring(made)):
            self._reach(made.methods.get(attribute))
        elif attribute not in self._asked:
            self._asked.add(attribute)
            for method in self._answering[attribute]:
                self._reach(method)

    def _open(self, made: Definition) -> None:
        """Lets whoever asks any class for an attribute ask this one."""
        for name, method in made.methods.items():
            self._answering[name].append(method)
            if name in self._asked:
                self._reach(method)

    def _use(self, home: Home, name: str) -> None:
        where, known_as = self._place(home, name)
        self._reach(where.definitions.get(known_as))
        for definition in where.registered.get(known_as, ()):
            self._reach(definition)

    def _named(self, home: Home, name: str) -> Definition | None:
        where, known_as = self._place(home, name)
        return where.definitions.get(known_as)

    def _place(self, home: Home, name: str, depth: int = 0) -> tuple[Home, str]:
        """Where a name is defined and what it is called there, as far as imports lead."""
        base, _, last = home.imports.get(name, "").rpartition(".")
        if name in home.definitions or base not in self._homes or depth == 5:
            return home, name
        return self._place(self._homes[base], last, depth + 1)

    def _made_by(self, home: Home, maker: str) -> Definition | None:
        """The wiring that a function makes, as its annotation says."""
        function = self._named(home, maker) if maker not in (ANY_CLASS, "self") else None
        node = function.nodes[0] if function is not None and function.nodes else None
        if function is None or not isinstance(node, ast.FunctionDef) or not isinstance(node.returns, ast.Name):
            return None
        made = self._named(function.home, node.returns.id)
        return made if made is not None and _is_wiring(made) else None


def _is_wiring(definition: Definition) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "Wiring" for node in definition.nodes)


def first_name(node: ast.expr) -> str:
    """The name that an expression begins with: `routes` of `@routes.get("/")`."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def run(node: ast.AST) -> Iterator[ast.AST]:
    """A tree's nodes but annotations and what a type checker alone sees."""
    yield node
    type_checking = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns") or (type_checking and name != "orelse"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from run(child)


def documentation_in(tree: ast.AST) -> Iterator[int]:
    """The ids of the docstrings' nodes."""
    for node in ast.walk(tree):
        body = node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else []
        if body and isinstance(body[0], ast.Expr):
            yield id(body[0].value)
