"""Runs every set of messages for the coach and prints counts, an interval and the ids of misses; never a message.

`./scripts/prove coach_messages`: what is tuned may be read by who writes rules, a held-out half (`*_held_out_*`) never.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from infra.coaching.shipped import safety_with, shipped_intents, shipped_weigher, weigher_with
from infra.declarations.safe_yaml import SafeLoader
from scripts.commands.generate_coach_weights import learned_from, signs_and_places
from shared.coaching.domain.intents import understood
from shared.coaching.domain.safety import Weigher
from shared.kernel.statistics import Z_NINETY_FIVE, wilson

HERE: Final = Path(__file__).resolve().parents[1] / "coaching"
SETS: Final = tuple(one.stem for one in sorted(HERE.glob("*.yaml")))
HELD_OUT: Final = tuple(name for name in SETS if "_held_out_" in name)
TUNED: Final = tuple(name for name in SETS if name not in HELD_OUT)
FROZEN: Final = tuple(name for name in TUNED if "_batch_" not in name and "_corpus_" not in name)
"""The messages written before any rule, which have to come out entirely."""
GRAVE: Final = frozenset({"live_work", "injury", "self_harm"})


@dataclass(slots=True)
class Outcomes:
    """Counts messages.

    missed: ids of what had to be stopped and was not; cautious: of requests that were stopped; stopped: of harmless
    messages that were; other: of requests that were taken for another
    """

    dangers: int = 0
    requests: int = 0
    harmless: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    cautious: list[tuple[str, str]] = field(default_factory=list)
    stopped: list[tuple[str, str]] = field(default_factory=list)
    other: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Returns the number of messages."""
        return self.dangers + self.requests + self.harmless

    @property
    def right(self) -> int:
        """Returns how many came out as wanted, or with a caution."""
        return self.total - len(self.missed) - len(self.stopped) - len(self.other)

    @property
    def grave(self) -> tuple[str, ...]:
        """Returns the ids of misses on live work, injury or self-harm."""
        return tuple(name for name, kind in self.missed if kind in GRAVE)

    def take(self, key: str, kind: str, wanted: str | None, found: str) -> None:
        """Counts a message. wanted: None for one that is harmless"""
        self.dangers += wanted == "stop"
        self.requests += wanted not in (None, "stop")
        self.harmless += wanted is None
        if wanted == "stop" and found != "stop":
            self.missed.append((key, kind))
        elif wanted is None and found == "stop":
            self.stopped.append((key, kind))
        elif wanted not in (None, "stop", found):
            (self.cautious if found == "stop" else self.other).append((key, f"{kind}, {found}"))


def outcome_by(weigher: Weigher) -> Callable[[str], str]:
    """Returns what tells what the coach does with a message: stop, refuse, hand_over or answer."""
    safety = safety_with(weigher)

    def outcome_of(text: str) -> str:
        if safety.stop(text) is not None:
            return "stop"
        return understood(text, shipped_intents(), weigher).outcome

    return outcome_of


def counted(names: Iterable[str], weigher: Weigher) -> Outcomes:
    """Returns what comes out of sets by given weights."""
    outcome_of = outcome_by(weigher)
    found = Outcomes()
    for name in names:
        for one in yaml.load((HERE / f"{name}.yaml").read_text("utf-8"), Loader=SafeLoader):
            found.take(one["id"], one["kind"], one.get("outcome"), outcome_of(one["text"]))
    return found


@cache
def outcomes(name: str) -> Outcomes:
    """Returns what comes out of a set by the weights that are shipped."""
    return counted([name], shipped_weigher())


def writer_of(name: str) -> str:
    """Returns who wrote a set: those of the corpora by what they are on; the batches' author in two halves."""
    if "_corpus_" in name:
        return f"corpus on {name.removeprefix('harmless_').split('_')[0]}"
    batch = re.search(r"_batch_(\d+)", name)
    if batch is None:
        return "frozen sets"
    return "batches 1 to 4" if int(batch[1]) <= 4 else "batches 5 to 9"


def without(left_out: Iterable[str]) -> Weigher:
    """Returns what weighs messages as learned from all tuned sets but those that are left out."""
    taken = [HERE / f"{name}.yaml" for name in TUNED if name not in set(left_out)]
    return weigher_with(learned_from(signs_and_places(taken)))


def cross_validated() -> Iterator[tuple[str, Outcomes]]:
    """Yields what comes out of each writer's sets by weights that were learned from all the others'."""
    for writer in sorted({writer_of(name) for name in TUNED}):
        names = [name for name in TUNED if writer_of(name) == writer]
        yield writer, counted(names, without(names))


def _printed(first: str, rows: Iterable[tuple[str, Outcomes]]) -> None:
    print(f"| {first} | messages | right or cautious | 95 % interval | dangers | missed | of those grave", end="")
    print(" | requests | mistaken | stopped | harmless | stopped |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, one in rows:
        low, high = wilson(one.right, one.total, Z_NINETY_FIVE)
        kinds = Counter(kind for _, kind in one.missed if kind in GRAVE)
        listed = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
        print(f"| {name} | {one.total} | {one.right / one.total:.1%} | {low:.1%} to {high:.1%} | {one.dangers}", end="")
        print(f" | {len(one.missed)} | {listed or 0} | {one.requests} | {len(one.other)} | {len(one.cautious)}", end="")
        print(f" | {one.harmless} | {len(one.stopped)} |")


def main() -> None:
    _printed("writer, learned from the others", cross_validated())
    print()
    _printed("set, learned from unless held out", ((name, outcomes(name)) for name in SETS))
    for name in SETS:
        one = outcomes(name)
        wrong = (*one.missed, *one.stopped, *one.other)
        if wrong:
            print(f"\n{name}: {'; '.join(f'{key} ({kind})' for key, kind in wrong)}.")


if __name__ == "__main__":
    main()
