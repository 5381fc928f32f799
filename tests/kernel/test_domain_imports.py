"""What domains and the kernel stand on beside the standard library: this list, and nothing else."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
ALLOWED = {
    "shared.analysts.domain.languages": {"py3langid"},
    "shared.learning.domain.recall": {"fsrs"},
    "shared.ratings.domain": {"numpy"},
    "shared.ratings.domain.batch_rating": {"orjson"},
    "shared.ratings.domain.calibration": {"scipy"},
    "shared.ratings.domain.skill_rating": {"orjson"},
    "shared.observations.domain.entry": {"orjson"},
    "shared.kernel.bodies": {"pydantic", "pydantic_core"},
    "shared.kernel.columns": {"numpy"},
    "shared.kernel.messages": {"pydantic"},
    "shared.kernel.reading": {"orjson", "pydantic"},
    "shared.kernel.records": {"msgspec"},
}
"""Libraries by the module, or the package, that may import them."""


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([*SHARED.glob("*/domain/**/*.py"), *SHARED.glob("kernel/*.py")]):
        yield ".".join(path.relative_to(SHARED.parent).with_suffix("").parts).removesuffix(".__init__"), path


def libraries(source: str) -> set[str]:
    """The packages that a text imports anywhere, also for a type checker, from outside the house and Python."""
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add("." * node.level + (node.module or ""))
    return {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - {"shared"}


def allowed(module: str) -> set[str]:
    return {library for place, named in ALLOWED.items() if f"{module}.".startswith(f"{place}.") for library in named}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import json\nfrom shared.kernel.days import EPOCH", set()),
        ("def late():\n    import scipy.optimize", {"scipy"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pydantic import BaseModel", {"pydantic"}),
        ("from infra.gcp import log", {"infra"}),
        ("from .days import EPOCH", {""}),
    ],
)
def test_an_import_is_found_wherever_it_stands(source: str, found: set[str]) -> None:
    assert libraries(source) == found


def test_domains_and_the_kernel_import_what_is_listed_and_nothing_else() -> None:
    found = {module: libraries(path.read_text("utf-8")) for module, path in modules()}
    assert len(found) > 60
    beyond = {module: names - allowed(module) for module, names in found.items() if names - allowed(module)}

    assert beyond == {}


def test_the_list_allows_nothing_that_nobody_imports() -> None:
    found = [(module, library) for module, path in modules() for library in libraries(path.read_text("utf-8"))]
    unused = [
        (place, library)
        for place, named in ALLOWED.items()
        for library in named
        if not any(name == library and f"{module}.".startswith(f"{place}.") for module, name in found)
    ]

    assert unused == []
