"""Requirements of the zips, read by the pip that a new virtual environment brings, as Google's builders read them."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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


@pytest.mark.long
def test_a_new_environments_pip_takes_the_requirements(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    file = tmp_path / "requirements.txt"
    file.write_text(requirements_of("erase_person"), "utf-8")
    python = tmp_path / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--dry-run", "--quiet"]
    done = subprocess.run(
        [*install, "--require-hashes", "--requirement", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
