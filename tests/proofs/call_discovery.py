"""1,000 calls discovered and queued against a recorder that enforces its limits, by several instances and over kills.

The recorder is the demonstration's: three requests a second and so many a day, counted by itself, pages of a hundred,
cursors that expire. An instance is the platform's own wiring on a data directory: use case, client, budget, store and
queue are the product's, on the machine's clock. Nothing waits for less than it would wait in earnest.

    at once       several instances begin the same day's discovery together
    without       the same with a budget that knows no limit: what the recorder then refuses. Each gives up at its first
    in a day      the recorder grants fewer requests a day than the instances need
    killed        processes die by kill -9 at random moments, while calls come in, and others begin again
    fetched       the details and the transcript of some of the queued calls, two requests each
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import deque
from collections.abc import Sequence
from typing import Final

from infra.wiring.call_analysis import call_analysis
from shared.call_pipeline.messages import CallTask
from tests.harness.platform import Platform
from tests.proofs.call_bench import LEFT_ALONE, Run, _discover, bench, killed, queued
from tests.proofs.measuring import machine

NO_LIMIT: Final = 100_000


def at_once(calls: int, instances: int, fetched: int, *, page_size: int) -> tuple[Run, Run]:
    """The instances discover; then they fetch the first `fetched` of the queued calls, which the second run adds."""
    with bench(calls, page_size=page_size) as made:
        began = time.monotonic()
        waiting = made.together(instances, _discover)
        discovered = made.result(f"{instances} instances at once", began, told_to_wait=waiting)
        with made.instance() as (_, parts):
            tasks = deque(queued(parts)[:fetched])

        def fetch(platform: Platform) -> None:
            imports = call_analysis(platform.on).import_call
            while tasks:
                try:
                    task = tasks.popleft()
                except IndexError:
                    return
                imports.run(CallTask(record_id=task["record_id"], analysis=task["analysis"], route="batch"))

        began, before = time.monotonic(), made.interface.answered.total()
        waiting = made.together(instances, fetch)
        after = made.result(f"{fetched} calls fetched by {instances}", began, told_to_wait=waiting)
        return discovered, _since(after, before)


def _since(run: Run, requests: int) -> Run:
    """The run without the listing before it, which made so many requests."""
    values = {name: getattr(run, name) for name in Run.__slots__}
    return Run(**{**values, "requests": run.requests - requests, "pages": 0})


def without_limits(calls: int, instances: int, *, page_size: int) -> Run:
    """What the recorder does to instances that keep to no limit: the check that it would have refused."""
    with bench(calls, page_size=page_size) as made:
        began = time.monotonic()
        waiting = made.together(instances, _discover, per_second=NO_LIMIT, per_day=NO_LIMIT)
        return made.result(f"{instances} that keep to no limit", began, told_to_wait=waiting)


def in_a_day(calls: int, instances: int, per_day: int, *, page_size: int) -> Run:
    """A recorder that grants `per_day` requests a day, and instances that know it."""
    with bench(calls, page_size=page_size, per_day=per_day) as made:
        began = time.monotonic()
        waiting = made.together(instances, _discover, per_day=per_day)
        return made.result(f"{instances} on {per_day} requests a day", began, told_to_wait=waiting)


def measure(
    calls: int = 1_000,
    *,
    instances: int = 4,
    kills: int = 12,
    fetched: int = 40,
    seed: int = 1,
    page_size: int = 100,
) -> list[Run]:
    """Every run, one after the other, each against a recorder and on a directory of its own."""
    pages = -(-(calls + 2 * (calls // LEFT_ALONE)) // page_size)
    return [
        *at_once(calls, instances, fetched, page_size=page_size),
        without_limits(calls, instances, page_size=page_size),
        in_a_day(calls, instances, max(1, instances * pages * 2 // 3), page_size=page_size),
        killed(calls, kills, seed, page_size=page_size),
    ]


def report(runs: Sequence[Run]) -> str:
    """A table in Markdown."""
    others = max(run.else_found for run in runs)
    lines = [
        f"{machine()}; both sides on the machine's clock. {runs[0].in_recorder:,} calls in the recorder, "
        f"{runs[0].wanted:,} of them with employees; of the others {others} have a record.",
        "",
        "| run | discovered | queued exactly once | tasks in all | fetched | pages | requests | refused for a limit "
        "| told to wait | s |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for run in runs:
        cells = (
            run.discovered,
            run.queued_once,
            run.queued,
            run.fetched,
            run.pages,
            run.requests,
            run.refused,
            run.told_to_wait,
        )
        lines.append(f"| {run.name} | {' | '.join(f'{cell:,}' for cell in cells)} | {run.seconds:.1f} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/prove call_discovery",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--calls", type=int, default=1_000, help="with employees")
    parser.add_argument("--instances", type=int, default=4)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--fetched", type=int, default=40, help="of the queued calls; each takes about 0.9 s")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    chosen = parser.parse_args(arguments)
    print(
        report(
            measure(
                chosen.calls,
                instances=chosen.instances,
                kills=chosen.kills,
                fetched=chosen.fetched,
                seed=chosen.seed,
            )
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
