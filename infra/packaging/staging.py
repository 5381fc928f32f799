"""Makes one deterministic zip per function: its folder, the code that it can reach, and the packages which that needs.

What goes in
- `main.py` at the root, generated: the buildpack looks for the entry point there.
- the folder `functions/<name>`, the import closure of its modules in shared/, infra/ and functions/, and the data files
  that these name (`infra.packaging.sources` says how that is told from the text).
- `pipeline.json` beside `pipeline.yaml`, where the declaration is read: the same, quicker to read.
- `requirements.txt`: the packages that the closure imports, what the declaration names under `packages`, and all that
  these depend on, pinned with hashes exactly as in requirements.lock. Nothing else is installed in the cloud.

The embedded runtime stays out: a function that can reach it is an error here, rather than in the cloud.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from infra.declarations.pipeline import FunctionSpec, Pipeline, as_json
from infra.packaging.errors import PackagingError
from infra.packaging.lock import Lock, normalized
from infra.packaging.sources import Import, Module, SourceTree, data_below

KEPT_OUT: Final = ("infra.local", "infra.demonstration", "scripts", "tests")
"""What no function may reach: the embedded runtime, its demonstration, and what only people run."""

RUNTIME: Final = "functions-framework"
"""What serves every function."""

DECLARATION: Final = "infra/declarations/pipeline.yaml"
SOURCES_FILE: Final = "sources.tfvars.json"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_STANDARD: Final = sys.stdlib_module_names | {"__future__"}


@dataclass(frozen=True, slots=True)
class StagedFunction:
    """Holds a function ready to be uploaded. content: the zip's bytes, the same for the same sources everywhere."""

    name: str
    files: tuple[str, ...]
    packages: tuple[str, ...]
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def object_name(self) -> str:
        """Names its object in the sources bucket: another content is another name."""
        return f"functions/{self.name}/{self.digest}.zip"


def stage(root: Path, function: FunctionSpec, lock: Lock, tree: SourceTree | None = None) -> StagedFunction:
    """Packages one function of the repository at `root`. Raises PackagingError.

    tree: the sources at `root`, for who packages several functions: what one has read the next need not read again.
    """
    folder = root / "functions" / function.name
    if not (folder / "main.py").is_file():
        raise PackagingError(f"functions/{function.name}/main.py is missing")
    modules = modules_of(tree or SourceTree(root), folder)
    requirements = lock.closure({RUNTIME, *_imported_packages(modules, lock), *_declared_packages(function, lock)})
    paths = {*data_below(folder), *(file for module in modules for file in (module.path, *module.data_files))}
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    if DECLARATION in files:
        files[str(PurePosixPath(DECLARATION).with_suffix(".json"))] = as_json(files[DECLARATION])
    files["main.py"] = entry_point(function.name).encode()
    files["requirements.txt"] = lock.pinned(requirements).encode()
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
        raise PackagingError(f"not declared in {DECLARATION}: {', '.join(unknown)}")
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
    """Writes the root's main.py. The function keeps its own name: the framework finds its signature by it."""
    return (
        f'"""The entry point of the function {name}; written by scripts/package."""\n\n'
        f'from functions.{name}.main import {name}\n\n__all__ = ["{name}"]\n'
    )


def modules_of(tree: SourceTree, folder: Path) -> list[Module]:
    """Returns the modules of a function's folder and all that these import, one through another."""
    found: dict[str, Module] = {}
    waiting = [module for file in folder.rglob("*.py") for module in tree.modules_at(file)]
    while waiting:
        module = waiting.pop()
        if module.name not in found:
            found[module.name] = module
            for imported in module.imports:
                waiting += _reached(tree, module, imported)
    return [found[name] for name in sorted(found)]


def _reached(tree: SourceTree, module: Module, imported: Import) -> list[Module]:
    name = imported.name
    if any(f"{name}.".startswith(f"{package}.") for package in KEPT_OUT):
        raise PackagingError(f"{module.path}:{imported.line}: a function cannot import {name}")
    return list(tree.modules_of(name))


def _imported_packages(modules: Iterable[Module], lock: Lock) -> set[str]:
    found = set()
    for module in modules:
        for imported in module.imports:
            if SourceTree.owns(imported.name) or imported.name.split(".")[0] in _STANDARD:
                continue
            name = lock.package_of(imported.name)
            if name is None:
                raise PackagingError(
                    f"{module.path}:{imported.line}: {imported.name} comes from no package of requirements.lock "
                    "that is installed here"
                )
            found.add(name)
    return found


def _declared_packages(function: FunctionSpec, lock: Lock) -> list[str]:
    """Reads `packages` of the declaration: a package's name, or that of a Google service."""
    return [name if normalized(name) in lock.requirements else f"google-cloud-{name}" for name in function.packages]


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Zips sorted, of one time and one mode, and stored: a compressor's version would show in the bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
