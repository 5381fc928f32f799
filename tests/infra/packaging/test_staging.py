"""Packaging: what goes into a function's zip, what stays out, and that the same sources give the same bytes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import textwrap
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.declarations.pipeline import Data, FunctionSpec, Pipeline, Retry, load_pipeline
from infra.packaging.errors import PackagingError
from infra.packaging.lock import Lock, normalized
from infra.packaging.staging import StagedFunction, package, stage
from tests.harness.compiled import compile_below

ROOT = Path(__file__).resolve().parents[3]
LOCK = Lock((ROOT / "requirements.lock").read_text("utf-8"))

# A small platform in the shape of the real one: two functions, a domain, one wiring module per adapter.
SAMPLE = {
    "functions/__init__.py": "",
    "functions/greet/__init__.py": "",
    "functions/greet/main.py": """
        from infra.wiring.bus import bus
        from infra.wiring.store import store
        from shared.greeting import greeting

        def greet(request):
            bus().publish(greeting("you"))
            return store().get()
        """,
    "functions/greet/templates/page.html": "<p>hello</p>",
    "functions/count/__init__.py": "",
    "functions/count/main.py": """
        from shared import numbers
        from infra.wiring.store import store

        def count(request):
            return numbers.one(store())
        """,
    "shared/__init__.py": "",
    "shared/greeting.py": """
        from __future__ import annotations
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from shared.never import Unused

        def greeting(name: str) -> str:
            import yaml
            from shared.words import HELLO
            return yaml.safe_dump(HELLO + name)
        """,
    "shared/words.py": 'HELLO = "hello "\n',
    "shared/numbers.py": "def one(store):\n    return '1'\n",
    "shared/never.py": "class Unused: ...\n",
    "infra/__init__.py": "",
    "infra/wiring/__init__.py": "",
    "infra/wiring/bus.py": """
        def bus():
            from infra.gcp.pubsub import Bus
            return Bus()
        """,
    "infra/wiring/store.py": """
        from pathlib import Path
        from infra import settings

        SETTINGS = Path(__file__).with_name("settings.yaml")

        def store():
            from infra.gcp.firestore import Store
            return Store(SETTINGS.read_text(), settings.FOLDER)
        """,
    "infra/wiring/settings.yaml": "a: 1\n",
    "infra/settings.py": 'from pathlib import Path\n\nFOLDER = Path(__file__).parent / "declared"\n',
    "infra/unread.yaml": "b: 2\n",
    "infra/gcp/__init__.py": "",
    "infra/gcp/pubsub.py": """
        class Bus:
            def __init__(self):
                from google.pubsub_v1 import PublisherClient
                self.client = PublisherClient

            def publish(self, message): ...
        """,
    "infra/gcp/firestore.py": """
        class Store:
            def __init__(self, settings, folder):
                from google.cloud.firestore_v1.services.firestore import FirestoreClient
                self.client = FirestoreClient

            def get(self):
                return "ok"
        """,
    "infra/local/__init__.py": "",
    "infra/local/store.py": "import duckdb\n\nclass Store: ...\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "sources"
    for name, text in SAMPLE.items():
        write(root, name, text)
    return root


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")


def declared(name: str, *, publishes: tuple[str, ...] = (), packages: tuple[str, ...] = ()) -> FunctionSpec:
    return FunctionSpec(
        name=name, about="", edge="app", trigger="http", memory="512Mi", cpu=1, timeout_seconds=60, concurrency=20,
        min_instances=0, max_instances=20, retry=Retry(2, 300, 8), publishes=publishes,
        data=Data(documents="write"), packages=packages,
    )  # fmt: skip


GREET = declared("greet", publishes=("greeted",))
COUNT = declared("count")


def test_a_zip_holds_what_the_function_reaches_and_nothing_else(tree: Path) -> None:
    assert stage(tree, GREET, LOCK).files == (
        "functions/__init__.py",
        "functions/greet/__init__.py",
        "functions/greet/main.py",
        "functions/greet/templates/page.html",
        "infra/__init__.py",
        "infra/gcp/__init__.py",
        "infra/gcp/firestore.py",
        "infra/gcp/pubsub.py",
        "infra/settings.py",
        "infra/wiring/__init__.py",
        "infra/wiring/bus.py",
        "infra/wiring/settings.yaml",
        "infra/wiring/store.py",
        "main.py",
        "requirements.txt",
        "shared/__init__.py",
        "shared/greeting.py",
        "shared/words.py",
    )


def test_an_adapter_that_the_function_never_asks_for_stays_out_with_its_packages(tree: Path) -> None:
    count = stage(tree, COUNT, LOCK)
    assert "infra/gcp/firestore.py" in count.files
    assert "infra/gcp/pubsub.py" not in count.files
    assert "google-cloud-firestore" in count.packages
    assert "google-cloud-pubsub" not in count.packages
    assert "duckdb" not in count.packages


def test_packages_of_the_declaration_come_by_their_name_or_by_that_of_a_google_service(tree: Path) -> None:
    count = stage(tree, declared("count", packages=("jinja2", "bigquery")), LOCK)
    assert {"jinja2", "markupsafe", "google-cloud-bigquery"} <= set(count.packages)


def test_requirements_are_the_locks_own_lines_with_hashes(tree: Path) -> None:
    text = read(stage(tree, GREET, LOCK), "requirements.txt")
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.search(r"^functions-framework==\S+ \\$", text, re.MULTILINE)
    assert re.search(r"^pyyaml==", text, re.MULTILINE)
    plain = re.sub(r"\[\w+\]==", "==", text)  # an extra is pinned as its package is
    assert set(plain.splitlines()) <= {
        variant for line in locked.splitlines() for variant in (line, line.rstrip(" \\"))
    }
    for block in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block
        assert not block.rstrip().endswith("\\")


def test_the_lock_names_all_that_a_package_depends_on() -> None:
    """The comments of the lock against what the installed packages say of themselves."""
    names = {"functions-framework", "google-cloud-firestore", "google-cloud-pubsub", "google-cloud-tasks", "pydantic"}
    closed = {requirement.name for requirement in LOCK.closure(names)}
    for name in closed - {"colorama"}:
        for text in metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert normalized(needed.name) in closed, f"{name} needs {needed.name}"


def test_twice_the_same_sources_are_twice_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    first = stage(tree, GREET, LOCK)
    copy = tmp_path / "copy"
    for name in reversed(SAMPLE):  # another order, other times, another place
        write(copy, name, SAMPLE[name])
    (copy / "functions/greet/main.py").chmod(0o755)
    again = stage(copy, GREET, LOCK)
    assert again.content == first.content
    assert again.object_name == first.object_name == f"functions/greet/{first.digest}.zip"


@pytest.mark.parametrize(
    ("changed", "redeployed"),
    [
        ("shared/words.py", {"greet"}),
        ("shared/numbers.py", {"count"}),
        ("infra/wiring/store.py", {"greet", "count"}),
        ("infra/wiring/bus.py", {"greet"}),
        ("infra/wiring/settings.yaml", {"greet", "count"}),
        ("infra/gcp/pubsub.py", {"greet"}),
        ("functions/greet/templates/page.html", {"greet"}),
        ("infra/local/store.py", set()),
        ("infra/unread.yaml", set()),
        ("shared/never.py", set()),
    ],
)
def test_a_change_redeploys_what_it_touches(tree: Path, changed: str, redeployed: set[str]) -> None:
    before = {function.name: stage(tree, function, LOCK).digest for function in (GREET, COUNT)}
    with (tree / changed).open("a") as file:
        file.write("\n")
    after = {function.name: stage(tree, function, LOCK).digest for function in (GREET, COUNT)}
    assert {name for name in before if before[name] != after[name]} == redeployed


def test_a_folder_of_data_files_comes_whole(tree: Path) -> None:
    for name in ("embedded", "cloud", "deeper/still"):
        write(tree, f"infra/declared/{name}", "")
    assert [name for name in stage(tree, COUNT, LOCK).files if name.startswith("infra/declared/")] == [
        "infra/declared/cloud",
        "infra/declared/deeper/still",
        "infra/declared/embedded",
    ]


def test_a_staged_function_answers_from_its_own_root(tree: Path, tmp_path: Path) -> None:
    root = unpacked(stage(tree, COUNT, LOCK), tmp_path)
    assert run(root, "from main import count; print(count(None), count.__name__)") == "1 count"


@pytest.mark.parametrize("name", ["infra.local.store", "infra.demonstration", "scripts.tool", "tests.harness"])
def test_what_stays_out_of_the_cloud_is_refused_wherever_it_is_imported(tree: Path, name: str) -> None:
    write(tree, "shared/numbers.py", f"def one(store):\n    from {name} import it\n    return it\n")
    with pytest.raises(PackagingError, match=rf"shared/numbers\.py:2: a function cannot import {name}\.it"):
        stage(tree, COUNT, LOCK)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nonexistent_package\n", r"numbers\.py:1: nonexistent_package comes from no package"),
        ("from absent.module import x\n", r"numbers\.py:1: absent\.module\.x comes from no package"),
        ("x = __import__('importlib').import_module(name)\n", r"numbers\.py:1: import_module with a computed name"),
        ("def f(:\n", r"numbers\.py:1: invalid syntax"),
        ("from pathlib import Path\nx = Path(__file__).parent / name\n", r"numbers\.py:2: reads from shared,"),
        ("from pathlib import Path\nx = Path(__file__).with_name(f'{y}')\n", r"numbers\.py:2: reads from numbers\.py"),
    ],
)  # fmt: skip
def test_what_the_text_does_not_tell_is_refused_with_its_line(tree: Path, text: str, message: str) -> None:
    write(tree, "shared/numbers.py", text)
    with pytest.raises(PackagingError, match=message):
        stage(tree, COUNT, LOCK)


def test_a_function_without_its_folder_is_refused(tree: Path) -> None:
    with pytest.raises(PackagingError, match=r"functions/absent/main\.py is missing"):
        stage(tree, declared("absent"), LOCK)


def test_relative_imports_and_reexports_are_followed(tree: Path) -> None:
    write(tree, "shared/__init__.py", "")
    write(tree, "shared/deep/__init__.py", "from .leaf import LEAF\n")
    write(tree, "shared/deep/leaf.py", "from ..words import HELLO as LEAF\n")
    write(tree, "shared/numbers.py", "from shared.deep import LEAF\n")
    files = stage(tree, COUNT, LOCK).files
    assert {"shared/deep/__init__.py", "shared/deep/leaf.py", "shared/words.py"} <= set(files)


def test_terraform_is_told_the_objects_of_all_functions(tree: Path, tmp_path: Path) -> None:
    (tree / "requirements.lock").write_text((ROOT / "requirements.lock").read_text("utf-8"), "utf-8")
    pipeline = pipeline_of(GREET, COUNT)
    output = tmp_path / "build"
    package(tree, pipeline, output, ["count"])
    assert not (output / "sources.tfvars.json").exists()  # a part would look like all there is

    staged = package(tree, pipeline, output)
    told = json.loads((output / "sources.tfvars.json").read_text("utf-8"))["sources"]
    assert told == {function.name: function.object_name for function in staged}
    assert all(
        (output / name).read_bytes() == function.content for name, function in zip(told.values(), staged, strict=True)
    )

    write(tree, "shared/words.py", 'HELLO = "good day "\n')
    package(tree, pipeline, output)
    assert len(list(output.rglob("*.zip"))) == 2  # the old one is gone


def test_an_undeclared_function_is_refused(tree: Path, tmp_path: Path) -> None:
    (tree / "requirements.lock").write_text("", "utf-8")
    with pytest.raises(PackagingError, match=r"not declared in infra/declarations/pipeline\.yaml: nobody"):
        package(tree, pipeline_of(GREET), tmp_path / "build", ["nobody"])


def unpacked(staged: StagedFunction, folder: Path) -> Path:
    root = folder / staged.name
    zipfile.ZipFile(io.BytesIO(staged.content)).extractall(root)
    compile_below(root)
    return root


def read(staged: StagedFunction, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(staged.content)).read(name).decode()


def run(root: Path, program: str) -> str:
    """What a fresh interpreter prints that starts in `root`, sees no other sources and no PYTHONPATH."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def pipeline_of(*functions: FunctionSpec) -> Pipeline:
    real = load_pipeline()
    return Pipeline(
        service="sample", topics={}, queues={}, schedules={}, routes=(),
        functions={function.name: function for function in functions},
        secrets={}, settings={}, documents=real.documents, integrations=real.integrations,
        warehouse_subscriptions=real.warehouse_subscriptions,
    )  # fmt: skip
