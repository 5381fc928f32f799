"""Feeds the demonstration organisation to a platform: people as CSV, then the events, all over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from infra import replay
from infra.demonstration.organisation import Organisation

StartProgress = Callable[[int], replay.OnProgress]


@dataclass(frozen=True)
class Fed:
    """What was fed. people: the import's own report."""

    people: dict[str, Any]
    events: replay.Report


def feed(
    post: replay.Post,
    progress: StartProgress,
    *,
    as_of: date,
    seed: int = 1,
    connections: int = replay.CONNECTIONS,
    list_size: int = replay.LIST_SIZE,
) -> Fed:
    """Imports the people, then posts their half year up to the day before `as_of`.

    progress: called with the number of events once it is known; what it returns is called as they are taken.
    Feeding the same (seed, as_of) again changes nothing. Another `as_of` is another history, with other ids: feed it
    to an empty platform only.
    Raises replay.Refused, replay.Unreachable.
    """
    organisation = Organisation(as_of, seed)
    people = replay.import_people(post, organisation.people_csv())
    events = organisation.events()
    delivery = replay.Delivery(post, connections=connections, list_size=list_size, on_progress=progress(len(events)))
    lines = (replay.Line(number, event.path, event.body) for number, event in enumerate(events, start=1))
    return Fed(people, delivery.run(lines))
