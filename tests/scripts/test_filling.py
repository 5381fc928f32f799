"""How far the demonstration is, on the terminal and on every page."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from infra.local.runtime import open_parts
from infra.web.delivery import Report
from scripts.commands.filling import STEPS, Filling
from shared.ports.documents import Put

ROOT = Path(__file__).resolve().parents[2]


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

    filling.apprentices(4_791)(Report(accepted=200))
    assert on.filling == "200 of 4,791 apprentices’ answers and observations, 2 of 40 calls analysed"

    filling.note("")
    parts.close()
    assert on.filling == ""


class Emptying:
    """A platform whose queue has less left with every look."""

    def __init__(self, *left: int) -> None:
        self._left = list(left)

    def left(self) -> int:
        return self._left[0]

    def settle(self, seconds: float) -> bool:
        self._left.pop(0)
        return not self._left


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_left_of_a_step_is_told_until_it_is_done(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    out, drawn = StringIO(), Terminal()
    for where in (out, drawn):
        filling = Filling(Surroundings(), parts.integrations, 40, where)  # type: ignore[arg-type]
        assert filling.settle(Emptying(200, 180, 100, 90, 20), "rating everybody")  # type: ignore[arg-type]
        filling.begin("building reports")
    parts.close()
    assert out.getvalue() == "1/8 rating everybody … 50 % … 90 % … done (0.0 s)\n2/8 building reports … "
    assert "1/8 rating everybody … 10 %, 180 deliveries to go, 0 s left" in drawn.getvalue()
    assert drawn.getvalue().endswith("\r\x1b[K1/8 rating everybody … done (0.0 s)\n2/8 building reports … ")


def test_every_step_of_a_first_start_is_counted() -> None:
    source = (ROOT / "scripts" / "commands" / "run.py").read_text("utf-8")
    begun = sum(
        source.count(one) for one in ("filling.events", "filling.apprentices", "filling.settle(", "filling.begin(")
    )
    looped = source.count("filling.settle(runtime, what)")
    assert begun + looped == STEPS, "the loop over two schedules settles twice"
