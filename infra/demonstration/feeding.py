"""Feeds the demonstration organisation to a platform: people as CSV, then the events, all over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from infra.demonstration.corpus_threads import StagedThread
from infra.demonstration.organisation import Organisation
from infra.web.calling import EMAIL_THREADS, Post, accepted
from infra.web.delivery import CONNECTIONS, LIST_SIZE, Delivery, OnProgress, Report, import_people
from infra.web.events import Line
from shared.kernel.json_values import JsonObject

StartProgress = Callable[[int], OnProgress]


@dataclass(frozen=True)
class Fed:
    """Counts what was fed. people: the import's own report; threads: e-mail threads taken in."""

    people: JsonObject
    events: Report
    threads: int = 0


def feed(
    post: Post,
    progress: StartProgress,
    *,
    as_of: date,
    seed: int = 1,
    connections: int = CONNECTIONS,
    list_size: int = LIST_SIZE,
    when_people_are_there: Callable[[], None] = lambda: None,
    threads: Sequence[StagedThread] = (),
) -> Fed:
    """Imports the people, then posts their half year up to the day before `as_of`, and their e-mail threads.

    when_people_are_there: called between the two: from then on calls may be discovered
    progress: called with the number of events once it is known; what it returns is called as they are taken.
    Feeding the same (seed, as_of) again changes nothing. Another `as_of` is another history, with other ids: feed it
    to an empty platform only.
    Raises Refused, Unreachable.
    """
    organisation = Organisation(as_of, seed)
    people = import_people(post, organisation.people_csv())
    when_people_are_there()
    events = organisation.events()
    delivery = Delivery(post, connections=connections, list_size=list_size, on_progress=progress(len(events)))
    lines = (Line(number, event.path, event.body) for number, event in enumerate(events, start=1))
    report = delivery.run(lines)
    for thread in threads:
        _post_thread(post, thread)
    return Fed(people, report, len(threads))


def _post_thread(post: Post, thread: StagedThread) -> None:
    """Raises Refused, Unreachable."""
    deal = thread.thread.script.deal
    context = {"account_name": deal.account, "industry": deal.industry, "deal_size": deal.deal_size}
    body = {"export": thread.mbox.decode(), "thread_id": thread.thread_id, "context": context}
    accepted(post(EMAIL_THREADS, json.dumps(body).encode()), EMAIL_THREADS)
