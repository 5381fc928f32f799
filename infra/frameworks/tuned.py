"""Tells which labelled conversations an analyst was tuned on: no certificate is drawn from those."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

TUNED_ON = Path(__file__).with_name("tuned_on.json")


def tuned_on(scorer_id: str) -> tuple[str, ...]:
    """Returns the names of the conversations; none for an analyst that is not ours."""
    return _listed().get(scorer_id.partition(":")[0], ())


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    stored = json.loads(TUNED_ON.read_text("utf-8"))
    return {analyst: tuple(names) for analyst, names in stored.items() if analyst != "about"}
