"""Reads requirements.lock: what is pinned, who needs whom, and which package an import belongs to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata

from packaging.requirements import Requirement as Dependency

from infra.packaging.errors import PackagingError


@dataclass(frozen=True, slots=True)
class Requirement:
    """Holds one package as the lock pins it. text: its lines there, with hashes; needed_by: who depends on it."""

    name: str
    text: str
    needed_by: frozenset[str]


class Lock:
    """Knows what requirements.lock pins, who needs whom, and which package an import belongs to."""

    def __init__(self, text: str) -> None:
        self.requirements = {requirement.name: requirement for requirement in _requirements(text)}

    def closure(self, names: Iterable[str]) -> list[Requirement]:
        """Returns the named packages and all that they depend on, sorted. Raises PackagingError for an unpinned one."""
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

    def pinned(self, requirements: Iterable[Requirement]) -> str:
        """Returns a requirements file of some packages, as any pip reads it.

        A pip that checks hashes takes `name[extra]`, which one of them depends on, for something else than `name`: it
        wants a version and hashes for both.
        """
        chosen = {requirement.name: requirement.text for requirement in requirements}
        lines = dict.fromkeys(chosen.values())
        for needed in (needed for name in chosen for needed in _needed(name)):
            name = normalized(needed.name)
            for extra in sorted(needed.extras) if name in chosen else ():
                lines[re.sub(r"^[^=]+", rf"\g<0>[{extra}]", chosen[name], count=1)] = None
        return "".join(sorted(lines))

    def package_of(self, imported: str) -> str | None:
        """Finds the pinned package that brings an imported dotted name, by the files that the packages install."""
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
        """Maps every module that the pinned packages install here to its package."""
        packages: dict[str, str] = {}
        for distribution in metadata.distributions():
            name = normalized(distribution.metadata["Name"])
            if name in self.requirements:
                packages.update(
                    {module: name for file in distribution.files or () if (module := _module_in(file.parts))}
                )
        return packages


@cache
def _needed(package: str) -> tuple[Dependency, ...]:
    """Returns what a package depends on here; nothing for one that this system has no need of."""
    try:
        needed = map(Dependency, metadata.requires(package) or ())
    except metadata.PackageNotFoundError:
        return ()
    return tuple(one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""}))


def normalized(name: str) -> str:
    """Spells a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(text: str) -> Iterable[Requirement]:
    """Reads the blocks that `uv pip compile --generate-hashes` wrote; who needs a package follows it as `# via`."""
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        lines = block.splitlines(keepends=True)
        pinned = [line for line in lines if not line.lstrip().startswith("#") and line.strip()]
        comments = [line.strip().lstrip("# ").strip() for line in lines if line.lstrip().startswith("#")]
        via = " ".join(comments).removeprefix("via").split()
        name = normalized(re.split(r"[=\[; ]", block, maxsplit=1)[0])
        yield Requirement(name, "".join(pinned).rstrip().rstrip("\\").rstrip() + "\n", frozenset(map(normalized, via)))


def _module_in(parts: tuple[str, ...]) -> str | None:
    """Returns the dotted name of a file that a package installs; None for what is not a module."""
    *folders, file = parts
    if not file.endswith((".py", ".so", ".pyd")) or any(not folder.isidentifier() for folder in folders):
        return None
    stem = file.split(".")[0]
    return ".".join(folders if stem == "__init__" else [*folders, stem]) or None
