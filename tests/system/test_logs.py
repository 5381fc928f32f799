"""What the code says in its logs, read from the code: names of events, and fields that both environments' logs take."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.gcp.log import CloudLog
from infra.local.ambient import SystemClock
from shared.kernel.log_events import LogEvent

ROOT = Path(__file__).parents[2]
PERSONAL = {"employee", "employee_id", "email", "actor", "subject", "name", "payload", "data", "body", "token", "quote"}


def logged() -> Iterator[tuple[str, str, frozenset[str]]]:
    """(place, event's name, fields) of every line that the product's code may log."""
    for folder in ("shared", "infra", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text("utf-8")
            for node in ast.walk(ast.parse(text if ".event(" in text else "")):  # most log nothing
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                of = ast.unparse(node.func.value).lower()
                if node.func.attr == "event" and of.endswith("log") and node.args:
                    names = [
                        LogEvent[n.attr]
                        for n in ast.walk(node.args[0])
                        if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "LogEvent"
                    ]
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    for name in names:
                        yield place, str(name), frozenset(k.arg or "**" for k in node.keywords)


LINES = list(logged())


def test_there_is_something_to_look_at() -> None:
    assert {"delivery.failed", "state.repaired", "recalculation.started"} <= {name for _, name, _ in LINES}


@pytest.mark.parametrize(("place", "name", "fields"), LINES, ids=[f"{place} {name}" for place, name, _ in LINES])
def test_every_line_has_a_name_and_nothing_personal(place: str, name: str, fields: frozenset[str]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", name)
    assert not fields & PERSONAL


def test_what_a_delivery_says_goes_into_the_clouds_log(capsys: pytest.CaptureFixture[str]) -> None:
    """The cloud's log has fields of its own, which nobody else may give: it would raise where a failure is told."""
    log = CloudLog("demo", "ingest", SystemClock())
    for _, name, fields in LINES:
        if "**" not in fields:
            log.event(name, **dict.fromkeys(fields - {"severity"}, "x"))
    assert capsys.readouterr().out.count("\n") == sum("**" not in fields for _, _, fields in LINES)
