"""Knows what a learner's phones said that they hold, until it has arrived: what a cleared phone can tell nobody.

What is told is a set: told twice, late, or in another order it is the same. What a learner has let go of stays let go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, cast

PhoneItemKind = Literal["answer", "photo", "voice", "note"]
MOST_ON_PHONES: Final = 500
"""Items of one learner; of more the newest."""
LOOKED_FOR: Final = timedelta(days=60)
"""After it nobody remembers what a photo was of."""
_BETWEEN: Final = "|"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class PhoneItem:
    """One item on a phone. made_at: as the phone claims; told_at: when it was told of first; let_go: nobody looks
    for it any more"""

    kind: PhoneItemKind
    made_at: datetime
    told_at: datetime
    let_go: bool = False

    @property
    def entry(self) -> str:
        """Returns the line that `phone_item_of` reads."""
        times = (str((one - _EPOCH) // _MILLISECOND) for one in (self.made_at, self.told_at))
        return _BETWEEN.join((self.kind, *times, str(int(self.let_go))))


def phone_item_of(entry: str) -> PhoneItem:
    """Reads what `PhoneItem.entry` wrote. Raises ValueError for anything else."""
    kind, made, told, let_go = entry.split(_BETWEEN)
    made_at, told_at = (_EPOCH + int(one) * _MILLISECOND for one in (made, told))
    return PhoneItem(cast(PhoneItemKind, kind), made_at, told_at, let_go == "1")


PhoneItems = Mapping[str, PhoneItem]


def united(*sets: PhoneItems) -> dict[str, PhoneItem]:
    """Returns the items of several sets by key: told of first counts, and let go in one is let go."""
    found: dict[str, PhoneItem] = {}
    for one in sets:
        for key, item in one.items():
            there = found.get(key)
            if there is not None:
                first = min(there, item, key=lambda each: (each.told_at, each.entry))
                item = PhoneItem(first.kind, first.made_at, first.told_at, there.let_go or item.let_go)
            found[key] = item
    return found


def still_missing(held: PhoneItems, arrived: Collection[str], now: datetime) -> dict[str, PhoneItem]:
    """Returns the items to go on looking for, let-go ones among them, so that a late telling does not bring one back.

    arrived: keys of what the platform has
    """
    kept = [(key, one) for key, one in held.items() if key not in arrived and now - one.told_at < LOOKED_FOR]
    newest = sorted(kept, key=lambda pair: (pair[1].told_at, pair[0]), reverse=True)[:MOST_ON_PHONES]
    return dict(sorted(newest))


def let_go(held: PhoneItems, keys: Iterable[str]) -> dict[str, PhoneItem]:
    """Returns the items of which some are let go; a key that nobody told of is none."""
    gone = set(keys)
    return {key: PhoneItem(one.kind, one.made_at, one.told_at, one.let_go or key in gone) for key, one in held.items()}
