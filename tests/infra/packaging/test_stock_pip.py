"""What a stock Python installs: small locks of invented packages through scripts/setup, and as a zip's requirements.

`./scripts/prove first_command` does the first with all that is pinned, `./scripts/prove packages` the second.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from infra.packaging.lock import Lock

ROOT = Path(__file__).resolve().parents[3]
SIZE = 6


@dataclass(frozen=True)
class Invented:
    """Packages of which each needs some of the later ones, some by way of an extra that brings the last. Of each there
    is a newer release than the pinned one, as there is of everything before long.

    wheels: a folder of them; lock: their lock as uv writes one; extras: how many needs name an extra
    """

    wheels: Path
    lock: str
    extras: int


def invented(seed: int, folder: Path) -> Invented:
    random, wheels = Random(seed), folder / f"wheels-{seed}"
    wheels.mkdir()
    needs: dict[int, list[tuple[int, bool]]] = {
        one: [(other, random.random() < 0.5) for other in range(one + 1, SIZE - 1) if random.random() < 0.6]
        for one in range(SIZE - 1)
    }
    needs[0] = needs[0] or [(1, True)]
    blocks = []
    for one in range(SIZE):
        name = named(seed, one)
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Provides-Extra: more"]
        lines += [
            f"Requires-Dist: {named(seed, other)}{'[more]' if extra else ''} >=1.0"
            for other, extra in needs.get(one, [])
        ]
        lines += [f'Requires-Dist: {named(seed, SIZE - 1)}; extra == "more"'] * (one < SIZE - 1)
        wheel(wheels, name, "1.1", lines)
        digest = wheel(wheels, name, "1.0", lines)
        via = [named(seed, who) for who, whom in needs.items() if one in dict(whom) or one == SIZE - 1]
        blocks.append(
            f"{name}==1.0 \\\n    --hash=sha256:{digest}\n    # via\n" + "".join(f"    #   {v}\n" for v in via)
        )
    return Invented(wheels, "".join(blocks), sum(extra for whom in needs.values() for _, extra in whom))


def named(seed: int, number: int) -> str:
    return f"invented-{seed}-{number}"


def wheel(folder: Path, name: str, version: str, described: Sequence[str]) -> str:
    """Writes a wheel, and what is known of it when it is installed beside it; its digest."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": "",
        f"{info}/METADATA": "\n".join([*described, f"Version: {version}", ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
        archive.extractall(folder / f"installed-{version}")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """scripts/setup in a folder of its own, on a lock of invented packages; its Python and what it said."""
    folder = tmp_path_factory.mktemp("stock")
    made = invented(0, folder)
    (folder / "scripts").mkdir()
    shutil.copy2(ROOT / "scripts" / "setup", folder / "scripts")
    (folder / "requirements.lock").write_text(made.lock, "utf-8")
    environment = {**offline(made.wheels), "PYTHON": getattr(sys, "_base_executable", sys.executable)}
    done = subprocess.run([folder / "scripts/setup"], env=environment, capture_output=True, text=True, check=False)
    return folder / ".venv" / "bin" / "python", done


def offline(wheels: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}


def test_a_lock_is_installed_whole_by_the_pip_that_comes_with_python(
    stock: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    python, done = stock
    assert done.returncode == 0, done.stderr
    listed = subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    assert [name for name in (named(0, number) for number in range(SIZE)) if name not in listed] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_zips_requirements_are_installed_with_what_they_need(
    stock: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Google's builder resolves what they need, unlike scripts/setup, and wants a hash for each extra that is named."""
    made = invented(seed, tmp_path)
    assert made.extras
    monkeypatch.syspath_prepend(made.wheels / "installed-1.0")
    lock = Lock(made.lock)
    pinned = lock.pinned(lock.closure([named(seed, 0)]))

    def installing(requirements: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "requirements.txt").write_text(requirements, "utf-8")
        command = [str(stock[0]), "-m", "pip", "install", "--dry-run", "--require-hashes", "-r", "requirements.txt"]
        return subprocess.run(
            command, cwd=tmp_path, env=offline(made.wheels), capture_output=True, text=True, check=False
        )

    done = installing(pinned)
    assert done.returncode == 0, done.stderr
    bare = re.sub(r"^\S+\[more\].*\n(?:    .*\n)*", "", pinned, flags=re.MULTILINE)
    assert bare != pinned
    assert "In --require-hashes mode" in installing(bare).stderr


def test_an_interpreter_that_is_gone_is_put_in_again(stock: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """As between two images of a build, and after an update of the system."""
    python, _ = stock
    environment = {
        **offline(python.parents[2] / "wheels-0"),
        "PYTHON": getattr(sys, "_base_executable", sys.executable),
    }
    for link in python.parent.glob("python*"):
        link.unlink()
    python.symlink_to("/nowhere/python3")
    setup = [python.parents[2] / "scripts" / "setup"]
    done = subprocess.run(setup, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    assert named(0, 0) in listed
