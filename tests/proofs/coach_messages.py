"""Runs every set of messages for the coach and prints counts, an interval and the ids of misses; never a message.

`./scripts/prove coach_messages`: what is tuned may be read by who writes rules, a held-out half (`*_held_out`) never.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal, NotRequired, TypedDict

import yaml

from infra.coaching.shipped import safety_with, shipped_intents, shipped_weigher, weigher_with
from infra.declarations.safe_yaml import SafeLoader
from scripts.commands.generate_coach_weights import learned_from, signs_and_places, signs_of_set
from shared.coaching.domain.intents import understood
from shared.coaching.domain.safety import BOUNDS, Bounds, Look, Safety, Stop, Weigher
from shared.kernel.statistics import Z_NINETY_FIVE, wilson

HERE: Final = Path(__file__).resolve().parents[1] / "coaching"
SETS: Final = tuple(one.stem for one in sorted(HERE.glob("*.yaml")))
HELD_OUT: Final = tuple(name for name in SETS if name.endswith("_held_out"))
TUNED: Final = tuple(name for name in SETS if name not in HELD_OUT)
FROZEN: Final = tuple(name for name in TUNED if "_batch_" not in name and "_corpus_" not in name)
"""The messages written before any rule, which have to come out entirely."""
Wanted = Literal["danger", "harmless", "request"]
GRAVE: Final = frozenset({"live_work", "injury", "self_harm"})


@dataclass(slots=True)
class Outcomes:
    """Counts messages: of dangers, harmless ones and requests how many are stopped, asked back about, or neither.

    missed: ids of dangers that are neither; stopped: of harmless messages; cautious: of requests that are stopped
    asked: ids of whatever is asked back about, by what it is; other: of requests that are taken for another
    """

    dangers: int = 0
    requests: int = 0
    harmless: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    cautious: list[tuple[str, str]] = field(default_factory=list)
    stopped: list[tuple[str, str]] = field(default_factory=list)
    other: list[tuple[str, str]] = field(default_factory=list)
    asked: dict[Wanted, list[tuple[str, str]]] = field(
        default_factory=lambda: {"danger": [], "harmless": [], "request": []}
    )

    @property
    def total(self) -> int:
        """Returns the number of messages."""
        return self.dangers + self.requests + self.harmless

    @property
    def right(self) -> int:
        """Returns how many came out as wanted, with a caution, or were asked back about."""
        return self.total - len(self.missed) - len(self.stopped) - len(self.other)

    @property
    def grave(self) -> tuple[str, ...]:
        """Returns the ids of misses on live work, injury or self-harm."""
        return tuple(name for name, kind in self.missed if kind in GRAVE)

    def take(self, key: str, kind: str, wanted: str | None, found: str) -> None:
        """Counts a message. wanted: None for one that is harmless; found: stop, ask, or what is answered"""
        what: Wanted = "danger" if wanted == "stop" else "harmless" if wanted is None else "request"
        self.dangers += what == "danger"
        self.requests += what == "request"
        self.harmless += what == "harmless"
        if found == "ask":
            self.asked[what].append((key, kind))
        elif what == "danger" and found != "stop":
            self.missed.append((key, kind))
        elif what == "harmless" and found == "stop":
            self.stopped.append((key, kind))
        elif what == "request" and found != wanted:
            (self.cautious if found == "stop" else self.other).append((key, f"{kind}, {found}"))


class Message(TypedDict):
    """Holds a message as a set has it. outcome: is missing for one that is harmless"""

    id: str
    kind: str
    text: str
    outcome: NotRequired[str]


def messages_of(name: str) -> list[Message]:
    """Returns the messages of a set."""
    found: list[Message] = yaml.load((HERE / f"{name}.yaml").read_text("utf-8"), Loader=SafeLoader)
    return found


def outcome_by(weigher: Weigher) -> Callable[[str], str]:
    """Returns what tells what the coach does with a message: stop, ask, refuse, hand_over or answer."""
    safety = safety_with(weigher)

    def outcome_of(text: str) -> str:
        judged = safety.judged(text)
        if judged is not None:
            return "stop" if isinstance(judged, Stop) else "ask"
        return understood(text, shipped_intents(), weigher).outcome

    return outcome_of


def counted(names: Iterable[str], weigher: Weigher) -> Outcomes:
    """Returns what comes out of sets by given weights."""
    outcome_of = outcome_by(weigher)
    found = Outcomes()
    for name in names:
        for one in messages_of(name):
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
    if name.endswith(("_spent_2", "_spent_3")):
        return "second half" if name.endswith("2") else "third half"
    batch = re.search(r"_batch_(\d+)", name)
    if batch is None:
        return "frozen sets"
    return "batches 1 to 4" if int(batch[1]) <= 4 else "batches 5 to 10" if int(batch[1]) <= 10 else "batches 11 on"


def without(left_out: Iterable[str]) -> Weigher:
    """Returns what weighs messages as learned from all tuned sets but those that are left out."""
    taken = [HERE / f"{name}.yaml" for name in TUNED if name not in set(left_out)]
    return weigher_with(learned_from(signs_and_places(taken)))


@dataclass(frozen=True, slots=True)
class Seen:
    """Holds what was found in a message by weights that had learned nothing from its writer."""

    kind: str
    wanted: str | None
    look: Look


def writers_left_out() -> Iterator[tuple[str, Outcomes, list[Seen]]]:
    """Yields what comes out of each writer's messages by weights that were learned from all the others'."""
    learned = {name: [one for some in signs_of_set(HERE / f"{name}.yaml") for one in some] for name in TUNED}
    for writer in sorted({writer_of(name) for name in TUNED}):
        names = [name for name in TUNED if writer_of(name) == writer]
        print(f"learning without {writer} …", file=sys.stderr, flush=True)
        weigher = weigher_with(learned_from([one for name in TUNED if name not in names for one in learned[name]]))
        yield writer, counted(names, weigher), seen_in(names, safety_with(weigher))


def seen_in(names: Iterable[str], safety: Safety) -> list[Seen]:
    """Returns what is found in the messages of sets."""
    return [
        Seen(one["kind"], one.get("outcome"), safety.look(one["text"])) for name in names for one in messages_of(name)
    ]


def shares_by(seen: Sequence[Seen], by: Bounds) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Returns how many dangers, and how many harmless messages, are stopped, asked back about and neither."""
    found = {True: [0, 0, 0], False: [0, 0, 0]}
    for one in seen:
        if one.wanted in ("stop", None):
            judged = one.look.judged(by)
            found[one.wanted == "stop"][0 if isinstance(judged, Stop) else 1 if judged else 2] += 1
    dangers, harmless = found[True], found[False]
    return (dangers[0], dangers[1], dangers[2]), (harmless[0], harmless[1], harmless[2])


TRIED: Final = (
    BOUNDS,
    *(
        replace(
            BOUNDS, named=BOUNDS.named * by, told=BOUNDS.told * by, short=BOUNDS.short * by, plain=BOUNDS.plain * by
        )
        for by in (0.25, 0.5, 2, 4)
    ),
    *(
        replace(BOUNDS, certain_whole=whole, certain_part=part)
        for whole, part in ((0.9, 0.95), (0.94, 0.97), (0.99, 0.995))
    ),
)
"""The thresholds as shipped, and what others would lead to."""


def _print_thresholds(seen: Sequence[Seen]) -> None:
    print("| stopped from (whole, part) | asked from (named, told, short, plain) | dangers", end="")
    print(" | stopped | asked | missed | harmless | stopped | asked |\n|---|---|---|---|---|---|---|---|---|")
    for one in TRIED:
        (stopped, asked, missed), (wrongly, in_vain, passed) = shares_by(seen, one)
        dangers, harmless = stopped + asked + missed, wrongly + in_vain + passed
        asked_from = ", ".join(f"{share:g}" for share in (one.named, one.told, one.short, one.plain))
        print(
            f"| {one.certain_whole}, {one.certain_part} | {asked_from} | {dangers}"
            f" | {stopped / dangers:.1%} | {asked / dangers:.1%} | {missed / dangers:.1%}"
            f" | {harmless} | {wrongly / harmless:.1%} | {in_vain / harmless:.1%} |"
        )


def _print_kinds(seen: Sequence[Seen]) -> None:
    print("| kind | messages | stopped | asked | neither | 95 % interval |\n|---|---|---|---|---|---|")
    for kind in sorted({one.kind for one in seen if one.wanted in ("stop", None)}):
        dangers, harmless = shares_by([one for one in seen if one.kind == kind], BOUNDS)
        for what, (stopped, asked, neither) in (("danger", dangers), ("harmless", harmless)):
            total = stopped + asked + neither
            if total:
                low, high = wilson(neither, total, Z_NINETY_FIVE)
                print(f"| {what}: {kind} | {total} | {stopped} | {asked} | {neither} | {low:.1%} to {high:.1%} |")


def _rules_in(names: Iterable[str]) -> Iterator[tuple[str, int, int, int]]:
    """Yields for each rule that stops alone how many dangers, requests and harmless messages it stops."""
    safety, found = safety_with(shipped_weigher()), Counter[tuple[str, str]]()
    for name in names:
        for one in messages_of(name):
            certain = safety.look(one["text"]).certain
            if certain is not None:
                found[certain.rule, one.get("outcome", "harmless")] += 1
    for rule in sorted({rule for rule, _ in found}):
        dangers, harmless = found[rule, "stop"], found[rule, "harmless"]
        yield rule, dangers, sum(n for (one, _), n in found.items() if one == rule) - dangers - harmless, harmless


def _printed(first: str, rows: Iterable[tuple[str, Outcomes]]) -> None:
    print(f"| {first} | messages | right, cautious or asked | 95 % interval | dangers | asked | missed", end="")
    print(" | of those grave | requests | asked | mistaken | stopped | harmless | asked | stopped |")
    print("|---" * 15 + "|")
    for name, one in rows:
        low, high = wilson(one.right, one.total, Z_NINETY_FIVE)
        kinds = Counter(kind for _, kind in one.missed if kind in GRAVE)
        listed = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
        print(f"| {name} | {one.total} | {one.right / one.total:.1%} | {low:.1%} to {high:.1%} | {one.dangers}", end="")
        print(f" | {len(one.asked['danger'])} | {len(one.missed)} | {listed or 0} | {one.requests}", end="")
        print(f" | {len(one.asked['request'])} | {len(one.other)} | {len(one.cautious)} | {one.harmless}", end="")
        print(f" | {len(one.asked['harmless'])} | {len(one.stopped)} |")


def main() -> None:
    rows, seen = list[tuple[str, Outcomes]](), list[Seen]()
    for writer, one, looks in writers_left_out():
        rows.append((writer, one))
        seen.extend(looks)
    print("Each message by weights that were learned from all other writers:\n")
    _print_thresholds(seen)
    print()
    _print_kinds(seen)
    print()
    _printed("writer, learned from the others", rows)
    print("\n| rule that stops alone | dangers | requests | harmless |\n|---|---|---|---|")
    for rule, dangers, requests, harmless in _rules_in(TUNED):
        print(f"| {rule} | {dangers} | {requests} | {harmless} |")
    print()
    _printed("set, learned from unless held out", ((name, outcomes(name)) for name in SETS))
    for name in SETS:
        one = outcomes(name)
        wrong = (*one.missed, *one.stopped, *one.other)
        if wrong:
            print(f"\n{name}: {'; '.join(f'{key} ({kind})' for key, kind in wrong)}.")


if __name__ == "__main__":
    main()
