"""Asks pip-audit whether anything that is pinned has a known vulnerability.

pip-audit ends alike where it has found something and where it could ask nobody; only the report that it writes tells
which. It has a cache of its own, so that what audits is none of what is audited.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PINNED: Final = ROOT / "requirements.lock"
TOOL: Final = ROOT / "scripts" / "locks" / "pip-audit.lock"
SECONDS: Final = 300
RED, PLAIN = "\033[1;31m", "\033[0m"


def main(argv: Sequence[str]) -> int:
    """Returns 0 for nothing known, 1 for a vulnerability, or where nobody could be asked and somebody must be."""
    parser = argparse.ArgumentParser(
        prog="scripts/audit", description="Asks for known vulnerabilities of what is pinned."
    )
    parser.add_argument("--must", action="store_true", help="fail where no source of advisories can be reached")
    must = parser.parse_args(argv).must
    asked, trouble = _asked()
    vulnerable = [one for one in asked if one.get("vulns")]
    unseen = [one for one in asked if "skip_reason" in one]
    if not asked or unseen:
        if unseen:
            trouble = f"{len(unseen)} of {len(asked)} packages: {unseen[0]['skip_reason']}"
        print(f"{RED}NOT AUDITED: no source of advisories can be reached ({trouble[:300]}).{PLAIN}", file=sys.stderr)
    for one in vulnerable:
        for found in one["vulns"]:
            fixed = ", ".join(found.get("fix_versions", [])) or "no version"
            print(f"{one['name']} {one['version']}: {found['id']}, mended in {fixed}", file=sys.stderr)
    if asked:
        print(f"audit: {len(asked) - len(unseen)} packages, {len(vulnerable)} with a known vulnerability")
    return 1 if vulnerable or (must and (unseen or not asked)) else 0


def _asked() -> tuple[list[dict[str, Any]], str]:
    """Returns what pip-audit says of each package, or nothing and why there is nothing."""
    try:
        tool = os.environ.get("PIP_AUDIT") or str(_installed())
        with TemporaryDirectory() as folder:
            file = Path(folder, "report.json")
            asked = ("--requirement", PINNED, "--disable-pip", "--require-hashes", "--progress-spinner", "off")
            done = subprocess.run(
                (tool, *asked, "--format", "json", "--output", file),
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            if file.exists() and file.stat().st_size:
                found: list[Any] = json.loads(file.read_text("utf-8"))["dependencies"]
                return found, ""
    except (OSError, subprocess.SubprocessError) as error:
        return [], f"{type(error).__name__}: {error}"
    return [], (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]


def _installed() -> Path:
    """Returns pip-audit, installed into a cache of its own where it is not there yet. Raises CalledProcessError."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "augment-skills", "pip-audit")
    noted = cache / "installed.lock"
    if not noted.exists() or noted.read_bytes() != TOOL.read_bytes():
        venv.create(cache, clear=True, with_pip=True)
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
        command = (cache / "bin" / "python", *install, "--requirement", TOOL)
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
        noted.write_bytes(TOOL.read_bytes())
    return cache / "bin" / "pip-audit"
