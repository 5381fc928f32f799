"""A function may open what its code can come to open: Google refuses the rest, which no emulator does."""

from __future__ import annotations

from typing import Final

import pytest

from infra.declarations.pipeline import load_pipeline
from tests.infra.declarations.settings_read import Reader

PORTS: Final = {
    "documents": "documents",
    "integrations": "integrations",
    "transcripts": "transcripts",
    "evidence_files": "evidence",
    "clips": "clips",
    "warehouse": "warehouse",
    "dead_letters": "dead_letters",
    "files": "quarantine",
}
"""What opens a store → the right in `data` that it takes."""
NEVER_OPENED: Final = {
    (
        "nightly_certification",
        "documents",
    ): "to quarantine what it refuses: the clock sends nothing that could be refused",
    ("nightly_directory", "documents"): "likewise",
    ("begin_nudges", "documents"): "likewise",
    ("ingest", "integrations"): "to show an event, which skills_api does",
    ("skills_api", "dead_letters"): "to count what waits, which health_check does",
    ("portal", "dead_letters"): "likewise",
}
"""What the reading of the code finds and never happens: an attribute may be any class's that was reached."""


@pytest.fixture(scope="module")
def opened() -> set[tuple[str, str]]:
    """(function, the right that it takes to open what it opens)"""
    reader, found = Reader(), set()
    for function in load_pipeline().functions.values():
        for one in reader.reached(function):
            where, _, port = one.home.module.name.rpartition(".")
            if where == "infra.wiring.ports" and one.name == port and port in PORTS:
                found.add((function.name, PORTS[port]))
    return found


def test_a_function_may_open_every_store_that_its_code_can_come_to_open(opened: set[tuple[str, str]]) -> None:
    functions = load_pipeline().functions
    without = {(name, right) for name, right in opened if getattr(functions[name].data, right) == "none"}
    assert without == NEVER_OPENED.keys()


def test_what_projects_a_person_reads_which_deal_a_conversation_belongs_to(opened: set[tuple[str, str]]) -> None:
    """Calls know it, which lie in the database of the integrations."""
    assert {(name, "integrations") for name in ("deals", "skill_assignments", "nightly_assignments", "learn")} <= opened
