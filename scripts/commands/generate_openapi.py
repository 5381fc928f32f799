"""Writes docs/openapi.json from the capabilities' routes and contracts.

Run it after a change of an api.py or a contract.py, and commit what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from functions.skills_api.openapi import document_text
from scripts.commands.generated_text import refuse_arguments

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_openapi", __doc__, arguments)
    DOCUMENT.write_text(document_text(), encoding="utf-8")
    print(DOCUMENT)
    return 0
