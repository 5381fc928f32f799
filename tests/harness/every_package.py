"""Every function's package as it is uploaded, made, unpacked and compiled once for all workers of a run."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.packaging.lock import Lock
from infra.packaging.sources import SourceTree
from infra.packaging.staging import StagedFunction, stage
from tests.harness.built import built_once
from tests.harness.compiled import compile_below
from tests.proofs.cold_start import ROOT, empty_function, functions


def every_staged(factory: pytest.TempPathFactory) -> Mapping[str, StagedFunction]:
    """Returns each function's package by its name."""

    def build(folder: Path) -> None:
        pipeline, lock, tree = load_pipeline(), Lock((ROOT / "requirements.lock").read_text("utf-8")), SourceTree(ROOT)
        staged = {name: stage(ROOT, pipeline.functions[name], lock, tree) for name in functions()}
        (folder / "staged").write_bytes(pickle.dumps(staged))

    made: Mapping[str, StagedFunction] = pickle.loads((built_once(factory, "staged", build) / "staged").read_bytes())
    return made


def every_package(factory: pytest.TempPathFactory) -> Path:
    """Returns the folder with a root for every function, and for an empty one; nobody may change it."""

    def build(folder: Path) -> None:
        empty_function(folder)
        for name, staged in every_staged(factory).items():
            zipfile.ZipFile(io.BytesIO(staged.content)).extractall(folder / name)
            compile_below(folder / name)

    return built_once(factory, "packages", build)
