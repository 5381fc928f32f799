"""Salesforce's interface of our own making, asked by a client that is not: what both of us took for granted shows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.salesforce_interface import INTEGRATION_USER, ORGANISATION_ID
from infra.demonstration.salesforce_records import Organisation
from tests.harness.salesforce import key_pair, salesforce

CLIENT = Path(__file__).parent / "jsforce"
DEALS = ["Deal 0", "Deal 1", "Deal 2", "Deal 3", "O'Hara & Sons"]


def jsforce() -> Path:
    """Where jsforce is installed; ./scripts/test installs it."""
    found = Path(os.environ.get("JSFORCE", CLIENT / "node_modules"))
    if shutil.which("node") is not None and (found / "jsforce").is_dir():
        return found
    message = (
        "no Node.js here, or no jsforce (set JSFORCE to its node_modules): Salesforce's server is NOT checked by it"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def asked(address: str) -> dict[str, Any]:
    """What jsforce understood of the server."""
    done = subprocess.run(
        ["node", str(CLIENT / "check.cjs"), address],
        input=key_pair()[0],
        env={**os.environ, "NODE_PATH": str(jsforce())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.node
def test_jsforce_logs_in_reads_pages_writes_and_knows_the_refusals() -> None:
    organisation = Organisation()
    account = organisation.add("Account", {"Name": "Acme", "Industry": "Healthcare"})
    for name in DEALS:
        organisation.add("Opportunity", {"Name": name, "AccountId": account if name == "Deal 1" else None})
    gone = organisation.add("Opportunity", {"Name": "Gone"})
    organisation.delete("Opportunity", gone)
    with salesforce(organisation, page_size=2) as connected:
        told = asked(connected.url)
    assert (told["organization"], told["user"]) == (ORGANISATION_ID, INTEGRATION_USER)
    assert (told["total"], told["names"]) == (5, DEALS), "over three pages"
    assert told["industries"] == [None, "Healthcare", None, None, None]
    assert (told["deleted"], told["found"]) == ([gone], ["O'Hara & Sons"])
    assert (told["written"], told["readiness"]) == (True, 63)
    assert told["modified"].endswith(".000+0000")
    assert told["usage"] == {"used": 7, "limit": 15_000}
    refusals = {name: told[name] for name in ("wrong", "field", "kind", "query", "absent", "gone")}
    assert refusals == {
        "wrong": "invalid_grant",
        "field": "INVALID_FIELD",
        "kind": "INVALID_TYPE",
        "query": "MALFORMED_QUERY",
        "absent": "NOT_FOUND",
        "gone": "ENTITY_IS_DELETED",
    }
