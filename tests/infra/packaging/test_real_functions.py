"""The real functions as they are staged: each imports with its own root and packages, and has its adapters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.packaging.staging import StagedFunction
from tests.harness.every_package import every_package, every_staged
from tests.infra.packaging.test_staging import LOCK, ROOT, run, write

PIPELINE = load_pipeline()
REAL = [name for name in PIPELINE.functions if (ROOT / "functions" / name / "main.py").exists()]


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, StagedFunction]:
    return every_staged(tmp_path_factory)


def imported_alike(alike: Iterable[StagedFunction], folder: Path, roots: Path) -> dict[str, str]:
    """Functions of the same packages → the name that each has, or why it cannot be imported.

    One interpreter that refuses every other package reads the libraries; each function has a copy of it for itself,
    which sees its own root below `roots`.
    """
    asked, packages = [], set[str]()
    for one in alike:
        modules = [file.removesuffix(".py").removesuffix("/__init__") for file in one.files if file.endswith(".py")]
        asked.append([one.name, str(roots / one.name), [module.replace("/", ".") for module in modules]])
        packages |= {*one.packages}
    about = folder / "asked.json"
    others = {module: of for module, of in LOCK.modules.items() if of not in packages}
    about.write_text(json.dumps({"refused": others, "libraries": LIBRARIES, "asked": asked}), "utf-8")
    nothing = folder / "nothing"
    nothing.mkdir()
    told: dict[str, str] = json.loads(run(nothing, f"{GUARD}\n{EACH_ALONE}\ntell({str(about)!r})"))
    return told


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, staged: Mapping[str, StagedFunction]) -> Callable[[str], str]:
    """A function's name → the name that it has, or why it cannot be imported."""
    found: dict[str, str] = {}
    roots = every_package(tmp_path_factory)

    def of(name: str) -> str:
        if name not in found:
            alike = [one for one in staged.values() if {*one.packages} == {*staged[name].packages}]
            found.update(imported_alike(alike, tmp_path_factory.mktemp("staged"), roots))
        return found[name]

    return of


@pytest.mark.parametrize("name", [pytest.param(one, marks=pytest.mark.xdist_group("staged")) for one in REAL])
def test_a_real_function_imports_with_only_its_own_root_and_packages(
    name: str, imported: Callable[[str], str], staged: Mapping[str, StagedFunction]
) -> None:
    """In an interpreter that sees its own root, and refuses every package that its requirements do not name."""
    files = staged[name].files
    assert not [file for file in files if file.startswith(("infra/local/", "infra/demonstration/", "tests/"))]
    assert imported(name) == name


def test_what_a_functions_packages_lack_is_told_of_that_function_alone(tmp_path: Path) -> None:
    roots = {"works": "import yaml\ndef works(): ...", "lacks": "import duckdb\ndef lacks(): ..."}
    asked = []
    for name, text in roots.items():
        write(tmp_path / name, "main.py", text)
        asked.append([name, str(tmp_path / name), ["main"]])
    about = tmp_path / "asked.json"
    about.write_text(json.dumps({"refused": {"duckdb": "duckdb"}, "libraries": ["yaml"], "asked": asked}), "utf-8")
    told = json.loads(run(tmp_path, f"{GUARD}\n{EACH_ALONE}\ntell({str(about)!r})"))
    assert told["works"] == "works"
    assert "duckdb belongs to duckdb, which requirements.txt does not name" in told["lacks"]


@pytest.mark.parametrize("name", REAL)
def test_a_real_function_has_the_adapters_of_what_its_declaration_lets_it_use(
    name: str, staged: Mapping[str, StagedFunction]
) -> None:
    function = PIPELINE.functions[name]
    files = staged[name].files
    assert ("infra/gcp/firestore.py" in files) >= (function.data.documents != "none")
    assert ("infra/gcp/pubsub.py" in files) >= bool(function.publishes or function.data.dead_letters != "none")
    assert ("infra/gcp/cloud_tasks.py" in files) >= bool(function.enqueues)
    assert ("infra/gcp/bigquery.py" in files) == (function.data.warehouse != "none")
    assert ("google-cloud-bigquery" in staged[name].packages) == (function.data.warehouse != "none")
    assert ("anthropic" in staged[name].packages) == ("anthropic-key" in function.secrets)
    assert ("scipy" in staged[name].packages) == (name == "calibration")
    # What is staged without a role for it would fail with its first request.
    assert ("infra/gcp/storage.py" in files) <= (function.data.quarantine != "none")


# Refuses to import what belongs to an installed package that is not allowed.
GUARD = """
import importlib, importlib.abc, json, sys

class Guard(importlib.abc.MetaPathFinder):
    def __init__(self, refused):
        self.refused = refused

    def find_spec(self, name, path=None, target=None):
        if name in self.refused:
            raise ImportError(f"{name} belongs to {self.refused[name]}, which requirements.txt does not name")

"""

LIBRARIES = (
    "anthropic", "flask", "functions_framework", "google.cloud.bigquery",
    "google.cloud.firestore_v1.services.firestore", "google.cloud.storage", "google.cloud.tasks_v2",
    "google.pubsub_v1", "grpc", "pydantic", "yaml",
)  # fmt: skip
"""What takes longest to read; those that a function's packages lack are refused."""

# Imports each function in a process of its own, which begins with the libraries that its packages have.
EACH_ALONE = """
import os, traceback

def alone(name, root, modules):
    os.chdir(root)
    function = getattr(importlib.import_module("main"), name)
    for module in modules:
        importlib.import_module(module)
    return function.__name__

def said(name, root, modules):
    heard, saying = os.pipe()
    if os.fork() == 0:
        try:
            text = alone(name, root, modules)
        except BaseException:
            text = traceback.format_exc()
        with open(saying, "w") as file:
            file.write(text)
        os._exit(0)
    os.close(saying)
    with open(heard) as file:
        text = file.read()
    os.wait()
    return text

def tell(path):
    with open(path) as file:
        about = json.load(file)
    sys.meta_path.insert(0, Guard(about["refused"]))
    for library in about["libraries"]:
        try:
            importlib.import_module(library)
        except ImportError:
            pass
    print(json.dumps({name: said(name, root, modules) for name, root, modules in about["asked"]}))
"""
