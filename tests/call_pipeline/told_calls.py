"""What the tests of calls drive: a day, and what a model answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared.conversations.domain.recorded_call import CrmObject
from tests.harness.call_world import CallWorld, new_call_world
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
DEAL = CrmObject("Opportunity", "006A", (("StageName", "Discovery"), ("Amount", 300_000)))
ACCOUNT = CrmObject("Account", "001A", (("Name", "Acme Health"), ("Industry", "Healthcare")))


def tokens(calls: CallWorld, call_id: str) -> int:
    """The tokens that were paid for a call's prompts."""
    usage = calls.record(call_id).usage
    assert usage is not None
    return usage.input_tokens


@pytest.fixture
def calls(tmp_path: Path) -> CallWorld:
    return new_call_world(tmp_path, FRAMEWORK)
