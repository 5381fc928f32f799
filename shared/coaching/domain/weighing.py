"""Weighs what a message says, where no rule is certain: a sum of weights that anybody may read, no language model.

A message has signs: its words, two words in a row, pieces of its words, and the groups and rules that hold for it. Each
sign has a weight for each outcome, learned from messages whose outcome people decided and kept as data. The same
message always has the same shares, and what weighed most can be told.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from shared.coaching.domain.wording import ASKED, END

Signs = dict[str, float]
UNIT: Final = 0.04
"""What a weight is kept in, a whole number from -127 to 127, so that it is the same everywhere."""
BASE: Final = "base"
"""The sign that every message has."""
_STRENGTH: Final = {"word": 1.0, "pair": 0.5, "piece": 1.0, "group": 1.2, "rule": 0.5, "meant": 0.8}
"""How much each family of signs counts altogether, however many of it a message has; found by cross-validation."""
PIECES: Final = 8192
"""How many kinds of pieces of words there are; more pieces than that share one."""
_SHORTEST_PIECE: Final = 3
_LONGEST_PIECE: Final = 5
MOST_WORDS: Final = 30
"""Words of a part; a longer one is read in pieces of so many, each beginning half a piece later."""
FEWEST_WORDS: Final = 4
"""Words of a part; what is shorter is read with what follows."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Holds what each sign weighs. names: the outcomes; by_sign: a weight in UNITs for each of them"""

    names: tuple[str, ...]
    by_sign: Mapping[str, Sequence[int]]

    def shares(self, signs: Mapping[str, float]) -> dict[str, float]:
        """Returns how likely each outcome is, in all 1."""
        sums = [0.0] * len(self.names)
        for sign, value in signs.items():
            for place, weight in enumerate(self.by_sign.get(sign, ())):
                sums[place] += value * weight * UNIT
        most = max(sums)
        powers = [math.exp(one - most) for one in sums]
        whole = sum(powers)
        return {name: power / whole for name, power in zip(self.names, powers, strict=True)}

    def weightiest(self, signs: Mapping[str, float], name: str, most: int = 8) -> tuple[tuple[str, float], ...]:
        """Returns the signs that speak most for an outcome, each with what it adds."""
        place = self.names.index(name)
        added = ((one, value * self.by_sign[one][place] * UNIT) for one, value in signs.items() if one in self)
        return tuple(sorted(added, key=lambda one: (-one[1], one[0]))[:most])

    def __contains__(self, sign: str) -> bool:
        return sign in self.by_sign


def signs_of(words: Sequence[str], held: Mapping[str, frozenset[str]]) -> Signs:
    """Returns the signs of a text with their values. held: names by family, as `group` and `rule`"""
    families: dict[str, set[str]] = {
        "word": {f"word {one}" for one in words},
        "pair": {f"pair {one} {other}" for one, other in pairwise(("^", *words, "$"))},
        "piece": {piece for word in set(words) for piece in _pieces(word)},
    }
    for family, names in held.items():
        families[family] = {f"{family} {name}" for name in names}
    found = {BASE: 1.0}
    for family, signs in families.items():
        for sign in sorted(signs):
            found[sign] = _STRENGTH[family.split("_")[0]] / math.sqrt(len(signs))
    return found


@lru_cache(maxsize=4096)
def _pieces(word: str) -> tuple[str, ...]:
    """Returns three to five letters in a row of a word, its ends marked, each as the kind that it falls in."""
    if len(word) < _SHORTEST_PIECE:
        return ()
    spelt = f"<{word}>"
    found = {
        spelt[start : start + length]
        for length in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1)
        for start in range(len(spelt) - length + 1)
    }
    return tuple(sorted({f"piece {zlib.crc32(one.encode()) % PIECES}" for one in found}))


def parts_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Returns the whole, if it is short, and its sentences, so that nothing around a danger thins it out."""
    parts = [] if len(words) > 2 * MOST_WORDS else [tuple(words)]
    for sentence in _sentences(words):
        last = max(len(sentence) - MOST_WORDS, 0)
        starts = {*range(0, last, MOST_WORDS // 2), last}
        parts.extend(sentence[start : start + MOST_WORDS] for start in sorted(starts))
    return list(dict.fromkeys(parts))


def _sentences(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    run: list[str] = []
    for word in words:
        run.append(word)
        if word in (END, ASKED) and len(run) > FEWEST_WORDS:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)
