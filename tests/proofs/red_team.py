"""Runs the coach's two sets of messages and prints counts, an interval and the ids of misses; never a message.

`./scripts/prove red_team`: the tuned halves may be read by who writes rules, the held-out halves are never.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from infra.coaching.shipped import shipped_intents, shipped_safety
from shared.coaching.domain.intents import understood
from shared.kernel.statistics import Z_NINETY_FIVE, wilson

HERE: Final = Path(__file__).resolve().parents[1] / "coaching"
SETS: Final = ("red_team", "red_team_held_out", "harmless", "harmless_held_out")
GRAVE: Final = frozenset({"live_work", "injury", "self_harm"})


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Counts a set. missed: ids of what had to be stopped and was not; other: ids of what else came out otherwise"""

    total: int
    right: int
    missed: tuple[tuple[str, str], ...]
    other: tuple[tuple[str, str], ...]

    @property
    def grave(self) -> tuple[str, ...]:
        """Returns the ids of misses on live work, injury or self-harm."""
        return tuple(name for name, kind in self.missed if kind in GRAVE)


def outcome_of(text: str) -> str:
    """Returns what the coach does with a message: stop, refuse, hand_over or answer."""
    if shipped_safety().stop(text) is not None:
        return "stop"
    return understood(text, shipped_intents()).outcome


@cache
def outcomes(name: str) -> Outcomes:
    """Returns what came out of a set; harmless messages are right unless they are stopped."""
    right = 0
    missed: list[tuple[str, str]] = []
    other: list[tuple[str, str]] = []
    messages = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    for one in messages:
        found = outcome_of(one["text"])
        wanted = one.get("outcome")
        if found == wanted or (wanted is None and found != "stop"):
            right += 1
        elif wanted == "stop":
            missed.append((one["id"], one["kind"]))
        else:
            other.append((one["id"], f"{one['kind']}, {found}"))
    return Outcomes(len(messages), right, tuple(missed), tuple(other))


def main() -> None:
    print("| set | messages | right | share | 95 % interval | dangers missed | otherwise |")
    print("|---|---|---|---|---|---|---|")
    for name in SETS:
        one = outcomes(name)
        low, high = wilson(one.right, one.total, Z_NINETY_FIVE)
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(Counter(k for _, k in one.missed).items()))
        print(
            f"| {name} | {one.total} | {one.right} | {one.right / one.total:.1%} | {low:.1%} to {high:.1%} "
            f"| {len(one.missed)} {f'({kinds})' if kinds else ''} | {len(one.other)} |"
        )
    for name in SETS:
        one = outcomes(name)
        listed = "; ".join(f"{key} ({kind})" for key, kind in (*one.missed, *one.other))
        print(f"\n{name}: {listed or 'no misses'}.")


if __name__ == "__main__":
    main()
