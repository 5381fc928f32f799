"""What is made on an environment: each thing once, whoever asks first and from whichever end."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from threading import Event, Thread

from infra.local.ambient import JsonLog
from infra.local.environment import EmbeddedEnvironment
from infra.local.runtime import open_parts
from infra.wiring.environment import Environment, Wiring, wired

PATIENCE = 0.2
"""Seconds that one thread gives the other to come to where it would be waited for."""


class Both(Wiring):
    """A property that asks for something made once, which asks for that property."""

    def __init__(self, on: Environment) -> None:
        super().__init__(on)
        self.in_property, self.in_once = Event(), Event()

    @wired
    def value(self) -> list[str]:
        self.in_property.set()
        self.in_once.wait(PATIENCE)
        return self._on.once(lambda on: ["made"])


def environment_in(folder: Path) -> EmbeddedEnvironment:
    return EmbeddedEnvironment(open_parts(folder, log=JsonLog(StringIO())))


def test_two_threads_that_begin_at_different_ends_do_not_wait_for_each_other(tmp_path: Path) -> None:
    on = environment_in(tmp_path)
    both = Both(on)
    found: list[list[str]] = []

    def made(_: Environment) -> list[str]:
        both.in_once.set()
        both.in_property.wait(PATIENCE)
        return both.value

    threads = [
        Thread(target=lambda: found.append(both.value), daemon=True),
        Thread(target=lambda: found.append(on.once(made)), daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == 2, "the threads wait for each other"
    assert found[0] is found[1]
