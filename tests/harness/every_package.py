"""Every function's package as it is uploaded, unpacked and compiled, once for all workers of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.built import built_once
from tests.proofs.cold_start import empty_function, functions, unpacked


def every_package(factory: pytest.TempPathFactory) -> Path:
    """Returns the folder with a root for every function, and for an empty one; nobody may change it."""

    def build(folder: Path) -> None:
        unpacked(empty_function(folder), list(functions()))

    return built_once(factory, "packages", build)
