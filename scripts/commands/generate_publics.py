"""Writes which modules of a capability are public: those that a neighbour imports. All others are its own.

    ./scripts/generate_publics

A module becomes public by being imported from outside, and this by being written down: import-linter refuses an import
that the lists in pyproject.toml do not name. What wires a capability (`infra.wiring`) may import all of it.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import grimp

from scripts.commands.generated_text import refuse_arguments, written_between

ROOT: Final = Path(__file__).resolve().parents[2]
CONTRACTS: Final = ROOT / "pyproject.toml"
PACKAGES: Final = ("functions", "infra", "shared")
WIRING: Final = "infra.wiring"
OPEN: Final = frozenset({"kernel", "ports"})
"""Packages of `shared` that are there for everybody."""
BEGIN: Final = "# publics: ./scripts/generate_publics writes what stands between these lines"
END: Final = "# end of publics"
WIDTH: Final = 118


def capabilities(root: Path) -> tuple[str, ...]:
    """Returns the names of the capabilities, sorted."""
    folders = (path.parent.name for path in (root / "shared").glob("*/__init__.py"))
    return tuple(sorted(name for name in folders if name not in OPEN))


def imports_of(packages: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Yields every import among these packages, at whatever place it stands: (importer, imported)."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            yield importer, imported


def publics(names: Iterable[str], imports: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Returns by capability the modules that others import, dotted and sorted. imports: (importer, imported)"""
    found: dict[str, set[str]] = {name: set() for name in names}
    for importer, imported in imports:
        package, _, rest = imported.partition(".")
        name = rest.partition(".")[0]
        if package != "shared" or name not in found or f"{importer}.".startswith((f"shared.{name}.", f"{WIRING}.")):
            continue
        found[name].add(imported)
    return {name: sorted(modules) for name, modules in found.items()}


def docstring(source: str, name: str, modules: Sequence[str]) -> str:
    """Returns a capability's `__init__.py`: its own first paragraph, then what is public. Raises ValueError without."""
    about = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")[0]
    if not about:
        raise ValueError(f"shared/{name}/__init__.py says nothing about the capability; begin its docstring")
    shown = ", ".join(module.removeprefix(f"shared.{name}.") for module in modules)
    listed = textwrap.fill(f"Public: {shown or 'nothing'}.", WIDTH, break_on_hyphens=False)
    return f'"""{about}\n\n{listed}\n"""\n'


def contracts(public: Mapping[str, Sequence[str]]) -> str:
    """Returns import-linter's contracts as TOML: one per capability."""
    return "\n\n".join(_contract(name, modules) for name, modules in public.items())


def _contract(name: str, modules: Sequence[str]) -> str:
    lines = [
        "[[tool.importlinter.contracts]]",
        f'name = "{name}: what is not public is its own"',
        'type = "protected"',
        f'protected_modules = ["shared.{name}"]',
        f'allowed_importers = ["shared.{name}", "{WIRING}"]',
        "ignore_imports = [",
        *(f'    "** -> {module}",' for module in modules),
        "]",
    ]
    return "\n".join(lines)


def written() -> dict[Path, str]:
    """Returns every file that names what is public, as it should be."""
    public = publics(capabilities(ROOT), imports_of(PACKAGES))
    found = {CONTRACTS: written_between(CONTRACTS.read_text("utf-8"), BEGIN, contracts(public), END)}
    for name, modules in public.items():
        path = ROOT / "shared" / name / "__init__.py"
        found[path] = docstring(path.read_text("utf-8"), name, modules)
    return found


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_publics", __doc__, arguments)
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
    return 0
