"""The recipes are true: followed block by block in a scratch copy, they give a function, an endpoint and a page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RECIPES = ROOT / "docs" / "recipes.md"
BLOCK = re.compile(r"^```\w+ (?P<where>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)

FOLLOWED = """
import json
from pathlib import Path

import pytest

from functions.tell_headcount.main import tell_headcount
from tests.harness.api_client import DANA, JOE
from tests.portal.conftest import built, house


def test_the_function_tells(api):
    from infra.local.identity import audience_of, service_account

    token = api.parts.issuer.token(service_account("platform"), audience_of("tell_headcount"))[0]
    from werkzeug.test import EnvironBuilder
    from werkzeug import Request

    sent = EnvironBuilder(method="POST", headers={"Authorization": f"Bearer {token}"}, data=b"")
    request = Request(sent.get_environ())
    body, status, _ = tell_headcount(request)
    assert status == 200
    assert json.loads(body)["active"] > 0


def test_the_endpoint_answers_and_refuses(api):
    assert api.get("headcount", who=DANA).json["active"] > 0
    assert api.get("headcount", who=JOE).status == 403


def test_the_page_shows(house):
    page = house.visit("administrator").get("/headcount")
    assert "people are active" in page.get_data(as_text=True)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files, with every block of the recipes put where it says."""
    target = tmp_path_factory.mktemp("copy") / "tree"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).exists() and not name.startswith(("docs/pictures", "infra/demonstration/calls")):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    follow(RECIPES.read_text(encoding="utf-8"), target)
    return target


def follow(recipes: str, tree: Path) -> None:
    """Puts every block with a file or a place into the tree; fails where the place is not there once."""
    blocks = list(BLOCK.finditer(recipes))
    assert len(blocks) >= 12
    for block in blocks:
        where, text = block["where"], block["text"]
        if new := re.fullmatch(r"file=(\S+)", where):
            path = tree / new[1]
            assert not path.exists(), f"{new[1]} exists already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            continue
        place = re.fullmatch(r'into=(\S+) after="(.*?)"( before=true)?', where)
        assert place, where
        path = tree / place[1]
        known = path.read_text(encoding="utf-8")
        line = place[2].replace('\\"', '"').replace("\\n", "\n") + "\n"
        at = known.find(line)
        assert at >= 0, f"{place[1]} has no line {line!r}"
        at += 0 if place[3] else len(line)
        path.write_text(known[:at] + text + known[at:], encoding="utf-8")


def test_a_function_an_endpoint_and_a_page_come_of_the_recipes(copy: Path) -> None:
    (copy / "tests" / "api" / "test_recipes_followed.py").write_text(FOLLOWED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/api/test_recipes_followed.py"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert done.stdout.startswith("..."), done.stdout


def test_what_comes_of_the_recipes_has_types(copy: Path) -> None:
    names = re.findall(r"file=(\S+\.py)", RECIPES.read_text(encoding="utf-8"))
    cache = ROOT / ".mypy_cache"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--no-error-summary",
            "--cache-dir",
            str(cache),
            *[n for n in names if "__init__" not in n],
        ],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_what_comes_of_the_recipes_is_formatted_and_in_order(copy: Path) -> None:
    for command in (["format", "--check", "--quiet"], ["check", "--quiet", "--no-cache"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "functions", "infra", "shared"],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
