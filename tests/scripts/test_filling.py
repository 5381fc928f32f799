"""How far the demonstration is, on the terminal and on every page."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from infra.local.runtime import open_parts
from infra.web.delivery import Report
from scripts.commands.filling import Filling
from shared.ports.documents import Put


class Surroundings:
    filling = ""


def test_events_and_calls_are_counted_while_they_come_in(tmp_path: Path) -> None:
    parts, on = open_parts(tmp_path), Surroundings()
    filling = Filling(on, parts.integrations, 40, StringIO())  # type: ignore[arg-type]
    assert on.filling == "importing people"

    for number, state in enumerate(("observed", "ready", "internal")):
        parts.integrations.commit([Put(f"calls/c{number}", {"state": state})])
    filling.events(6_571)(Report(accepted=12))
    assert on.filling == "12 of 6,571 events, 2 of 40 calls analysed"

    filling.note("")
    parts.close()
    assert on.filling == ""
