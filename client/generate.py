"""Writes the package augment_skills_client from docs/openapi.json."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
_PACKED = HERE / "openapi.json"  # a source distribution has it beside
DOCUMENT = _PACKED if _PACKED.exists() else HERE.parent / "docs" / "openapi.json"
PACKAGE = "augment_skills_client"


def generate(folder: Path) -> Path:
    """Returns the package, written anew below a folder. Raises CalledProcessError."""
    package = folder / PACKAGE
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--overwrite"]
    where = ["--path", str(DOCUMENT), "--config", str(HERE / "generator.yaml"), "--output-path", str(package)]
    subprocess.run([*command, *where], check=True, capture_output=True)
    (package / "py.typed").touch()
    return package


if __name__ == "__main__":
    print(generate(HERE))
