"""A part of the sweep that fails keeps no other from its work, and has the whole triggered again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.kernel.errors import NotFound, Retryable
from shared.operations.usecases.sweep import Sweep
from tests.harness.crash_harness import Notes


def raising(error: Exception) -> Callable[[], int]:
    def part() -> int:
        raise error

    return part


def test_every_part_tells_how_many_it_finished() -> None:
    log = Notes()
    assert Sweep({"employees": lambda: 2, "reviews": lambda: 0}, log).run() == {"employees": 2, "reviews": 0}
    assert log.named("sweep.part_failed") == []


@pytest.mark.parametrize(
    ("error", "severity"),
    [(Retryable("busy"), "WARNING"), (NotFound("no such framework"), "ERROR"), (KeyError("revision"), "ERROR")],
)
def test_the_parts_after_one_that_fails_are_run(error: Exception, severity: str) -> None:
    log, finished = Notes(), list[str]()

    def reviews() -> int:
        finished.append("reviews")
        return 1

    with pytest.raises(Retryable, match=r"^not swept: employees$"):
        Sweep({"employees": raising(error), "reviews": reviews}, log).run()
    assert finished == ["reviews"]
    assert log.lines == [("sweep.part_failed", severity, {"part": "employees", "cause": type(error).__name__})]
