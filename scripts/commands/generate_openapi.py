"""Writes docs/openapi.json from the capabilities' routes and contracts, and beside it the JSON schema of what a flow of
the CRM sends, for whoever builds one.

Run it after a change of an api.py or a contract.py, and commit what changed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from functions.skills_api.openapi import document_text
from scripts.commands.generated_text import refuse_arguments
from shared.crm.contract import RecordChangesBody

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
CRM_MESSAGE = DOCUMENT.with_name("crm-message.schema.json")


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_openapi", __doc__, arguments)
    DOCUMENT.write_text(document_text(), encoding="utf-8")
    CRM_MESSAGE.write_text(crm_message(), encoding="utf-8")
    print(DOCUMENT)
    return 0


def crm_message() -> str:
    """Returns the JSON schema of what a flow sends."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **RecordChangesBody.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
