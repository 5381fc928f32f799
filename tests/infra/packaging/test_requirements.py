"""Requirements of the zips; ./scripts/prove packages installs them with the pip of a new virtual environment."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from infra.declarations.pipeline import load_pipeline
from infra.packaging.lock import Lock
from infra.packaging.staging import stage

ROOT = Path(__file__).resolve().parents[3]
LOCK = Lock((ROOT / "requirements.lock").read_text("utf-8"))


def requirements_of(function: str) -> str:
    staged = stage(ROOT, load_pipeline().functions[function], LOCK)
    with zipfile.ZipFile(io.BytesIO(staged.content)) as archive:
        return archive.read("requirements.txt").decode()


def test_an_extra_that_a_package_asks_for_is_pinned_beside_the_package() -> None:
    lines = [line.split("==")[0] for line in requirements_of("warehouse_refresh").splitlines() if "==" in line]
    assert [line for line in lines if line.startswith("google-auth")] == ["google-auth", "google-auth[pyopenssl]"]
    assert "google-auth[pyopenssl]" not in requirements_of("ingest")  # which asks no BigQuery


def test_only_what_computes_recall_installs_fsrs_and_nothing_that_trains_it() -> None:
    assert "fsrs==" in requirements_of("skills_api")
    for function in ("ingest", "rating_update"):
        assert "fsrs==" not in requirements_of(function), function
    assert not {"torch", "pandas", "tqdm"} & LOCK.requirements.keys()
