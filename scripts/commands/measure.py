"""Prints how large and how typed the code is, against what is aimed for, and the rooms and arrows of its packages.

    ./scripts/measure           the figures
    ./scripts/measure --list    and every place that keeps a figure from its aim

Rooms are modules; arrows are imports between modules of different packages.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grimp

from scripts.commands.loose_types import Loose, loose_types, sources_below

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCTION: Final = ("functions", "infra", "shared", "scripts")
MOST_LINES_OF_FILE: Final = 400
MOST_LINES_OF_FUNCTION: Final = 40
MOST_COLLABORATORS: Final = 5
COMPLEX: Final = "C901"
"""The rule of ruff that counts a function's paths; its limit stands in pyproject.toml."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the whole code. aim: the most that it should be; places: what keeps it above"""

    about: str
    value: int
    aim: int
    places: tuple[str, ...] = ()


def main(argv: Sequence[str]) -> int:
    """Returns 0 when every aim is met, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="scripts/measure", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="also every place that keeps a figure from its aim")
    arguments = parser.parse_args(argv)
    sources = sources_below(ROOT, *PRODUCTION)
    measures = [*measures_of(sources), complexity(ROOT)]
    for measure in measures:
        print(f"{measure.value:>7,}  of {measure.aim:>6,}  {measure.about}")
        for place in measure.places if arguments.list else ():
            print(f"                    {place}")
    print("\n  of the lines of production Python")
    for about, number in lines_by_use(sources).items():
        print(f"{number:>7,}  {about}")
    print("\n  rooms  arrows out  arrows in  package")
    for package, rooms, outward, inward in rooms_and_arrows():
        print(f"{rooms:>7,}  {outward:>10,}  {inward:>9,}  {package}")
    return 0 if all(measure.value <= measure.aim for measure in measures) else 1


def measures_of(sources: Mapping[str, str]) -> list[Measure]:
    """Measures modules. sources: a module's dotted name → its text"""
    trees = {name: ast.parse(text) for name, text in sources.items()}
    loose = loose_types(sources)
    said = [one for one in loose if one.signature and ".usecases" in one.module]
    return [
        Measure("lines of production Python, with scripts", sum(text.count("\n") for text in sources.values()), 40_000),
        _listed(f"files over {MOST_LINES_OF_FILE} lines", _long_files(sources)),
        _listed(f"functions over {MOST_LINES_OF_FUNCTION} lines", _long_functions(trees)),
        _listed(f"constructors of use cases with over {MOST_COLLABORATORS} collaborators", _wide_constructors(trees)),
        Measure("dict[str, Any] and its like", len(loose), 80, tuple(map(_place, loose))),
        Measure("of these in use cases' signatures", len(said), 0, tuple(map(_place, said))),
    ]


def lines_by_use(sources: Mapping[str, str]) -> dict[str, int]:
    """Counts what the lines are for, each line once. sources: a module's dotted name → its text"""
    uses = Counter(use for text in sources.values() for use in _uses(text))
    return {use: uses[use] for use in ("statements", "imports", "documentation", "comments", "blank")}


def _uses(text: str) -> Iterator[str]:
    spans: dict[int, str] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            use = "imports"
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            use = "documentation"
        else:
            continue
        spans |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), use)
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        yield spans.get(number) or ("blank" if not bare else "comments" if bare.startswith("#") else "statements")


def complexity(root: Path) -> Measure:
    """Counts the functions that ruff finds too complex, whatever exceptions are made for their files."""
    ruff = [sys.executable, "-m", "ruff", "check", "--select", COMPLEX, "--output-format", "json", "--exit-zero"]
    done = subprocess.run(
        [*ruff, "--config", "lint.per-file-ignores = {}", *PRODUCTION], cwd=root, capture_output=True, check=True
    )
    found = [
        f"{Path(one['filename']).relative_to(root)}:{one['location']['row']}  {one['message']}"
        for one in json.loads(done.stdout)
    ]
    return _listed("functions of complexity over 10", found)


def rooms_and_arrows() -> list[tuple[str, int, int, int]]:
    """Counts, per package: its modules, its imports of other packages' modules, and theirs of its own."""
    graph = grimp.build_graph("functions", "infra", "shared", cache_dir=None)
    rooms = Counter(map(_package, graph.modules))
    outward: Counter[str] = Counter()
    inward: Counter[str] = Counter()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            if _package(module) != _package(imported):
                outward[_package(module)] += 1
                inward[_package(imported)] += 1
    return [(name, rooms[name], outward[name], inward[name]) for name in sorted(rooms)]


def _package(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _listed(about: str, places: Iterator[str] | Sequence[str]) -> Measure:
    found = tuple(places)
    return Measure(about, len(found), 0, found)


def _place(loose: Loose) -> str:
    return f"{loose.module}:{loose.line}"


def _long_files(sources: Mapping[str, str]) -> Iterator[str]:
    for name, text in sources.items():
        if text.count("\n") > MOST_LINES_OF_FILE:
            yield f"{name}  {text.count(chr(10))} lines"


def _long_functions(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_LINES_OF_FUNCTION:
                    yield f"{name}:{node.lineno}  {node.name}, {lines} lines"


def _wide_constructors(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    for name, tree in trees.items():
        if ".usecases" not in name:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                taken = len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]) - 1
                if taken > MOST_COLLABORATORS:
                    yield f"{name}:{node.lineno}  {taken}"
