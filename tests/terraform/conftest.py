"""Runs the real terraform on a copy of the declarations, against a provider that only pretends."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import provisioned as rendering
from tests.harness.provisioned import ROOT, Provisioned
from tests.ports.harness import Unavailable

__all__ = ["ROOT", "Provisioned"]

Terraform = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def binary() -> str:
    try:
        return rendering.found_binary()
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendering.copied(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="session")
def terraform(binary: str, copy: Path) -> Terraform:
    """terraform(folder below terraform/, *arguments), the folder initialised; the finished process."""
    initialised: set[str] = set()

    def run(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        place = copy / "terraform" / folder
        if folder and folder not in initialised:
            try:
                rendering.initialise(binary, place)
            except Unavailable as reason:
                pytest.skip(str(reason))
            initialised.add(folder)
        return rendering.run(binary, place, *arguments)

    return run


@pytest.fixture(scope="session")
def provisioned() -> Provisioned:
    """The platform module applied to the real declaration, in production, by the modules' own tests."""
    try:
        return rendering.provisioned()
    except Unavailable as reason:
        pytest.skip(str(reason))
