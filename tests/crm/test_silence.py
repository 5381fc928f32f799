"""A way by which the CRM told of changes, and has fallen silent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.sqlite_documents import SqliteDocuments
from shared.crm.domain.hint import SOURCES, Hint, Source
from shared.crm.records import HintRecords
from shared.crm.usecases.watch_source import WatchSource
from tests.crm.crm_in_memory import record_id
from tests.harness.crash_harness import PIPELINE, Watch

DEAL = record_id("006", 1)


class Watched:
    def __init__(self, folder: Path) -> None:
        indexes = PIPELINE.integrations.indexes
        self.hints = HintRecords(SqliteDocuments(folder / "integrations.sqlite", indexes=indexes, durable=False))
        self.clock = Watch()

    def hint(self, source: Source, name: str = "one") -> None:
        self.hints.keep(source, [Hint(name, "Opportunity", DEAL)], self.clock.now())

    def state(self) -> dict[Source, tuple[bool, str]]:
        answers = {
            one: WatchSource(self.hints, one, lambda: timedelta(hours=48), self.clock).check() for one in SOURCES
        }
        return {one: (answer.ok, answer.detail) for one, answer in answers.items()}


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_where_nothing_has_ever_come_the_first_way_says_so(watched: Watched) -> None:
    assert [ok for ok, _ in watched.state().values()] == [False, True, True]
    watched.hint("callout")
    assert [ok for ok, _ in watched.state().values()] == [True, True, True]


def test_a_way_that_has_delivered_and_falls_silent_is_a_fault_though_others_deliver(watched: Watched) -> None:
    watched.hint("change_event")
    watched.clock.forward(hours=49)
    watched.hint("outbound_message")
    state = watched.state()
    assert state["outbound_message"] == (True, "delivering")
    assert state["change_event"] == (
        False,
        "nothing for 49 hours: look at whoever bridges them: an expired replay id is silent",
    )


def test_a_repetition_of_an_old_message_is_no_sign_of_life(watched: Watched) -> None:
    watched.hint("outbound_message")
    watched.clock.forward(hours=49)
    watched.hint("outbound_message")
    assert not watched.state()["outbound_message"][0]


def test_whoever_falls_silent_for_a_month_is_not_forgotten(watched: Watched) -> None:
    """Hints are kept for longer than the longest silence that can be set."""
    watched.hint("outbound_message")
    (found,) = watched.hints.keep("outbound_message", [Hint("one", "Opportunity", DEAL)], watched.clock.now())
    assert found.expires_at - found.received_at > timedelta(days=30)
