"""Writes the package augment_skills_client from docs/openapi.json."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

HERE = Path(__file__).resolve().parent
_PACKED = HERE / "openapi.json"  # a source distribution has it beside
DOCUMENT = _PACKED if _PACKED.exists() else HERE.parent / "docs" / "openapi.json"
PACKAGE = "augment_skills_client"
FILE: Final = "application/octet-stream"
"""The one type of a body of bytes that the generator knows; whoever sends a file names its own."""


def generate(folder: Path) -> Path:
    """Returns the package, written anew below a folder. Raises CalledProcessError."""
    package = folder / PACKAGE
    with TemporaryDirectory() as made:
        document = Path(made) / "openapi.json"
        document.write_text(_with_files(DOCUMENT.read_text("utf-8")), encoding="utf-8")
        _run(document, package)
    for module in sorted((package / "api").rglob("*.py")):
        module.write_text(_sending_bytes(module.read_text("utf-8")), encoding="utf-8")
    (package / "py.typed").touch()
    return package


def _run(document: Path, package: Path) -> None:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--overwrite"]
    where = ["--path", str(document), "--config", str(HERE / "generator.yaml"), "--output-path", str(package)]
    subprocess.run([*command, *where], check=True, capture_output=True)


def _with_files(text: str) -> str:
    """Returns a document in which a body that is a file, of whichever types, is of the one that is known."""
    document = json.loads(text)
    for methods in document["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            schemas = [one["schema"] for one in content.values()]
            if schemas and all(one.get("format") == "binary" for one in schemas):
                operation["requestBody"]["content"] = {FILE: {"schema": schemas[0]}}
    return json.dumps(document)


def _sending_bytes(module: str) -> str:
    """Returns a module that sends a file's bytes at once, as an asynchronous client must, and as what the file is."""
    return module.replace('_kwargs["content"] = body.payload\n', '_kwargs["content"] = body.payload.read()\n').replace(
        f'headers["Content-Type"] = "{FILE}"', f'headers["Content-Type"] = body.mime_type or "{FILE}"'
    )


if __name__ == "__main__":
    print(generate(HERE))
