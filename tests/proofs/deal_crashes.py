"""Counts what people are told of deals over webhooks that come again, in any order and cut off, while processes die.

Two runs over the same deals in the same CRM, whose engineers and meetings change half way: a quiet one, in which each
deal is told of once and nothing dies, and the storm. What people are told must be the same: no notice less, none more,
each in one mail. A kill ends the webhook, the reading of a record, what carries a plan out, or what tells people,
between two of its effects; what is not seen done is delivered again, as queues, topics and Salesforce do.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.crm.deal_storm import DealStorm, Told


def blown(seed: int, weather: int, webhooks: int, kills: int, *, deals: int, people: int) -> Told:
    """Returns what people were told of the deals, half of the weather before they change and half after."""
    with TemporaryDirectory() as folder:
        storm = DealStorm(Path(folder), seed, weather, deals=deals, people=people)
        storm.blow(storm.deals, webhooks // 2, kills // 2)
        storm.blow(storm.change(), webhooks - webhooks // 2, kills - kills // 2)
        return storm.told()


def row(name: str, told: Told, quiet: Told, seconds: float) -> str:
    """Returns a line of the table."""
    lost, more = quiet.notices.keys() - told.notices.keys(), told.notices.keys() - quiet.notices.keys()
    once = sum(times == 1 for times in told.notices.values())
    return (
        f"| {name} | {told.webhooks:,} | {told.kills} | {len(quiet.notices):,} | {once:,} | {told.twice} | "
        f"{len(lost)} | {len(more)} | {told.mails:,} | {'yes' if told.open == quiet.open else 'no'} | {seconds:.0f} |"
    )


def is_good(told: Told, quiet: Told) -> bool:
    """Tells whether everybody was told everything once."""
    same = told.notices.keys() == quiet.notices.keys() and told.open == quiet.open
    return same and set(told.notices.values()) == {1} and told.mails == told.deliveries == quiet.deliveries


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./scripts/prove deal_crashes", description=__doc__)
    parser.add_argument("--webhooks", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--deals", type=int, default=300)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    names = "weather, webhooks, kills, person and event, told once, twice, lost, too many, mails, same open, s"
    print(f"| {' | '.join(names.split(', '))} |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|")
    began, size = monotonic(), {"deals": asked.deals, "people": asked.people}
    quiet = blown(asked.seed, asked.seed, 0, 0, **size)
    print(row("quiet", quiet, quiet, monotonic() - began), flush=True)
    began = monotonic()
    told = blown(asked.seed, asked.seed + 1, asked.webhooks, asked.kills, **size)
    print(row("storm", told, quiet, monotonic() - began), flush=True)
    return 0 if is_good(told, quiet) and is_good(quiet, quiet) else 1


if __name__ == "__main__":
    raise SystemExit(main())
