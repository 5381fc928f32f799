"""One deterministic zip per function: its entry point, the code that it can reach, and the packages which that needs.

What goes in
- `main.py` at the root, generated: the buildpack looks for the entry point there.
- the folder `functions/<name>`, and the import closure of its modules in shared/, infra/ and functions/, with the data
  files that the code reads (`infra.imports` says how that is told from the text).
- `infra/pipeline.json`, where the declaration is read: the same as `infra/pipeline.yaml`, quicker to read.
- `requirements.txt`: the packages that the closure imports, what the declaration names under `packages`, and all that
  these depend on, pinned with hashes exactly as in requirements.lock. Nothing else is installed in the cloud.

What stays out
- `infra/local` and `infra/demonstration`: the embedded runtime.
- what the wiring imports in a method that this function never calls. `WIRING` can build everything, each thing in a
  method of its own, with the imports inside; a method counts as called when its name is mentioned by the function's own
  folder, by the wiring's top level, or by another method that counts. Names are compared, not types: that may take too
  much, and never too little, as long as only functions and the wiring hold the wiring's objects (`shared/` cannot:
  it never imports infra).

An import of the embedded runtime that a function cannot do without is an error here, rather than in the cloud.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Final

from infra.imports import Import, Module, SourceTree, is_data
from infra.pipeline import FunctionSpec, Pipeline, as_json

EMBEDDED: Final = ("infra.local", "infra.demonstration")

WIRING: Final = ("infra.wiring", "infra.gcp.adapters")
"""Modules whose functions and methods are followed one by one."""

RUNTIME: Final = "functions-framework"
"""What serves every function."""

DECLARATION: Final = "infra/pipeline.yaml"
SOURCES_FILE: Final = "sources.tfvars.json"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class PackagingError(ValueError):
    """A function cannot be packaged; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One package as the lock pins it. text: its lines there, with hashes; needed_by: who depends on it."""

    name: str
    text: str
    needed_by: frozenset[str]


class Lock:
    """requirements.lock: what is pinned, who needs whom, and which package an import belongs to."""

    def __init__(self, text: str):
        self.requirements = {requirement.name: requirement for requirement in _requirements(text)}

    def closure(self, names: Iterable[str]) -> list[Requirement]:
        """The named packages and all that they depend on, sorted. Raises PackagingError for one that is not pinned."""
        found: set[str] = set()
        waiting = [normalized(name) for name in names]
        while waiting:
            name = waiting.pop()
            if name not in self.requirements:
                raise PackagingError(f"{name} is not in requirements.lock")
            if name not in found:
                found.add(name)
                waiting += self._dependencies[name]
        return [self.requirements[name] for name in sorted(found)]

    def package_of(self, imported: str) -> str | None:
        """The pinned package that brings an imported dotted name, by the files that the packages install."""
        parts = imported.split(".")
        for length in range(len(parts), 0, -1):
            if package := self.modules.get(".".join(parts[:length])):
                return package
        return None

    @cached_property
    def _dependencies(self) -> Mapping[str, list[str]]:
        needs: dict[str, list[str]] = defaultdict(list)
        for requirement in self.requirements.values():
            for parent in requirement.needed_by:
                needs[parent].append(requirement.name)
        return needs

    @cached_property
    def modules(self) -> Mapping[str, str]:
        """Every module that the pinned packages install here → its package."""
        packages: dict[str, str] = {}
        for distribution in metadata.distributions():
            name = normalized(distribution.metadata["Name"])
            if name in self.requirements:
                packages.update(
                    {module: name for file in distribution.files or () if (module := _module_in(file.parts))}
                )
        return packages


@dataclass(frozen=True, slots=True)
class StagedFunction:
    """A function ready to be uploaded. content: the zip's bytes, the same for the same sources on every machine."""

    name: str
    files: tuple[str, ...]
    packages: tuple[str, ...]
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def object_name(self) -> str:
        """Where it lies in the sources bucket: another content is another name."""
        return f"functions/{self.name}/{self.digest}.zip"


def stage(root: Path, function: FunctionSpec, lock: Lock, tree: SourceTree | None = None) -> StagedFunction:
    """Packages one function of the repository at `root`. Raises PackagingError, or UnreadableSource.

    tree: the sources at `root`, for who packages several functions: what one has read the next need not read again.
    """
    closure = _Closure(tree or SourceTree(root), function)
    requirements = lock.closure({RUNTIME, *closure.packages(lock), *_declared_packages(function, lock)})
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in closure.files}
    if DECLARATION in files:
        files[str(PurePosixPath(DECLARATION).with_suffix(".json"))] = as_json(files[DECLARATION])
    files["main.py"] = entry_point(function.name).encode()
    files["requirements.txt"] = "".join(requirement.text for requirement in requirements).encode()
    return StagedFunction(
        name=function.name,
        files=tuple(sorted(files)),
        packages=tuple(requirement.name for requirement in requirements),
        content=_zipped(files),
    )


def package(root: Path, pipeline: Pipeline, output: Path, names: Iterable[str] = ()) -> list[StagedFunction]:
    """Writes the zips of all (or the named) functions below `output`, and what Terraform has to know of them.

    output/functions/<name>/<sha-256>.zip      the path below output is the object's name in the sources bucket
    output/sources.tfvars.json                 function → object name; only when all functions are packaged
    """
    chosen = sorted(names) or sorted(pipeline.functions)
    unknown = [name for name in chosen if name not in pipeline.functions]
    if unknown:
        raise PackagingError(f"not declared in infra/pipeline.yaml: {', '.join(unknown)}")
    lock = Lock((root / "requirements.lock").read_text("utf-8"))
    tree = SourceTree(root)
    staged = [stage(root, pipeline.functions[name], lock, tree) for name in chosen]
    for function in staged:
        target = output / function.object_name
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in target.parent.glob("*.zip"):
            old.unlink()
        target.write_bytes(function.content)
    if len(staged) == len(pipeline.functions):
        sources = {"sources": {function.name: function.object_name for function in staged}}
        (output / SOURCES_FILE).write_text(json.dumps(sources, indent=2) + "\n", "utf-8")
    return staged


def entry_point(name: str) -> str:
    """The text of the root's main.py. The function keeps its own name: the framework finds its signature by it."""
    return (
        f'"""The entry point of the function {name}; written by scripts/package."""\n\n'
        f'from functions.{name}.main import {name}\n\n__all__ = ["{name}"]\n'
    )


class _Closure:
    """All that a function's code can reach, from its own folder on."""

    def __init__(self, tree: SourceTree, function: FunctionSpec):
        self._function = function
        self._tree = tree
        self._folder = tree.root / "functions" / function.name
        self.modules: dict[str, Module] = {}
        if not (self._folder / "main.py").is_file():
            raise PackagingError(f"functions/{function.name}/main.py is missing")
        own = [module for file in sorted(self._folder.rglob("*.py")) for module in self._own(file)]
        self._called = self._called_methods(own)
        waiting = list(own)
        while waiting:
            module = waiting.pop()
            if module.name not in self.modules:
                self.modules[module.name] = module
                for imported in module.imports:
                    waiting += self._follow(module, imported)

    @property
    def files(self) -> list[Path]:
        """Every file that goes into the zip as it is, absolute and sorted."""
        own = {file for file in self._folder.rglob("*") if file.is_file() and is_data(file)}
        read = {file for module in self.modules.values() for file in module.data_files}
        return sorted(own | read | {module.path for module in self.modules.values()})

    def packages(self, lock: Lock) -> set[str]:
        """The pinned packages that the closure imports directly."""
        found = set()
        for module in self.modules.values():
            for imported in module.imports:
                if self._tree.owns(imported.name) or imported.name.split(".")[0] in _STANDARD:
                    continue
                if not self._runs(module, imported):
                    continue
                name = lock.package_of(imported.name)
                if name is None:
                    raise PackagingError(
                        f"{module.path}:{imported.line}: {imported.name} comes from no package of requirements.lock "
                        "that is installed here"
                    )
                found.add(name)
        return found

    def _own(self, file: Path) -> Iterable[Module]:
        relative = file.relative_to(self._tree.root).with_suffix("")
        parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
        return self._tree.modules_of(".".join(parts))

    def _follow(self, module: Module, imported: Import) -> Iterable[Module]:
        name = imported.name
        if not self._tree.owns(name):
            if (self._tree.root / name.split(".")[0]).is_dir() and name.split(".")[0] in {"scripts", "tests"}:
                raise PackagingError(f"{module.path}:{imported.line}: a function cannot import {name}")
            return ()
        if not self._runs(module, imported):
            return ()
        if _within(name, EMBEDDED):
            if imported.deferred:
                return ()
            raise PackagingError(
                f"{module.path}:{imported.line}: {name} is the embedded runtime's: import it inside the function "
                "that uses it, so that it can stay out of the cloud"
            )
        reached = list(self._tree.modules_of(name))
        if not reached:
            raise PackagingError(f"{module.path}:{imported.line}: there is no module {name}")
        return reached

    def _runs(self, module: Module, imported: Import) -> bool:
        """Whether this function can come to an import; only the wiring's are told apart."""
        return module.name not in WIRING or imported.within is None or imported.within in self._called

    def _called_methods(self, own: Iterable[Module]) -> frozenset[str]:
        """The wiring's functions and methods that this function can come to call, by the names that are mentioned."""
        wiring = [module for name in WIRING if (module := self._tree.module(name))]
        bodies: dict[str, set[str]] = defaultdict(set)
        mentioned = {name for module in own for names in module.mentions.values() for name in names}
        for module in wiring:
            for within, names in module.mentions.items():
                if within is None:
                    mentioned |= names
                else:
                    bodies[within] |= names
        called: set[str] = set()
        while reached := {name for name in bodies if name not in called and _is_mentioned(name, mentioned)}:
            called |= reached
            for name in reached:
                mentioned |= bodies[name]
        return frozenset(called)


_STANDARD: Final = sys.stdlib_module_names | {"__future__"}


def normalized(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _within(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _is_mentioned(name: str, mentioned: Collection[str]) -> bool:
    """Whether a function or method (`Platform.audit`) can be called by text with these names, or by Python itself."""
    short = name.rpartition(".")[2]
    return name in mentioned or f".{short}" in mentioned or (short.startswith("__") and short.endswith("__"))


def _declared_packages(function: FunctionSpec, lock: Lock) -> list[str]:
    """`packages` of the declaration: a package's name, or that of a Google service."""
    return [name if normalized(name) in lock.requirements else f"google-cloud-{name}" for name in function.packages]


def _requirements(text: str) -> Iterable[Requirement]:
    """The blocks of a lock that `uv pip compile --generate-hashes` wrote; who needs a package follows it as `# via`."""
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        lines = block.splitlines(keepends=True)
        pinned = [line for line in lines if not line.lstrip().startswith("#") and line.strip()]
        comments = [line.strip().lstrip("# ").strip() for line in lines if line.lstrip().startswith("#")]
        via = " ".join(comments).removeprefix("via").split()
        name = normalized(re.split(r"[=\[; ]", block, maxsplit=1)[0])
        yield Requirement(name, "".join(pinned).rstrip().rstrip("\\").rstrip() + "\n", frozenset(map(normalized, via)))


def _module_in(parts: tuple[str, ...]) -> str | None:
    """The dotted name of a file that a package installs; None for what is not a module."""
    *folders, file = parts
    if not file.endswith((".py", ".so", ".pyd")) or any(not folder.isidentifier() for folder in folders):
        return None
    stem = file.split(".")[0]
    return ".".join(folders if stem == "__init__" else [*folders, stem]) or None


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Sorted, of one time and one mode, and stored: a compressor's version would show in the bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
