"""Runs tests for a proof, and reads how each went and how long it took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree import ElementTree

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Tried:
    """A test that ran. seconds: with its setup; moments: of a crash matrix; bad: failed"""

    name: str
    seconds: float
    moments: int
    bad: bool
    skipped: bool


@dataclass(frozen=True)
class Run:
    """What ran, and how long it took by the clock."""

    tests: Sequence[Tried]
    seconds: float

    @property
    def failed(self) -> Sequence[str]:
        return [test.name for test in self.tests if test.bad]


def run(command: Sequence[str | Path], speed: str, settings: Mapping[str, str] = {}) -> Run:
    """Runs tests at a speed. command: what takes pytest's arguments"""
    with TemporaryDirectory(prefix="proof-") as folder:
        report = Path(folder) / "report.xml"
        environment = {**os.environ, "AUGMENT_TESTS": speed, **settings}
        began = time.monotonic()
        subprocess.run([*command, f"--junitxml={report}"], cwd=ROOT, env=environment, stdout=sys.stderr, check=False)
        seconds = time.monotonic() - began
        return Run(read(report.read_text("utf-8")), seconds)


def read(report: str) -> list[Tried]:
    """Reads pytest's report."""
    found = []
    for case in ElementTree.fromstring(report).iter("testcase"):
        moments = 0
        for one in case.iter("property"):
            if one.get("name") == "moments":
                moments += int(str(one.get("value")).strip("()").split(",")[0])
        found.append(
            Tried(
                f"{case.get('classname', '').replace('.', '/')}::{case.get('name')}",
                float(case.get("time", "0")),
                moments,
                case.find("failure") is not None or case.find("error") is not None,
                case.find("skipped") is not None,
            )
        )
    return found
