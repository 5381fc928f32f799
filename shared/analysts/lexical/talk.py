"""Measures one speaker's talk: how much, how long at a stretch, and how others get the floor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from shared.analysts.lexical.side import Side
from shared.analysts.lexical.speech import Kind, Utterance
from shared.conversations.domain.conversation import MeasuredSpan

INTERRUPTION_OVERLAP_MS = 500
"""Starting this long before the other ends is an interruption (reasons: rubric, listening)."""

INTERRUPTION_WORDS = 2
"""A single word over somebody's talk is an acknowledgement or a false start, not a bid for the floor."""

MONOLOGUE_BREAK_MS = 4_000
"""A silence this long offers the floor: usual gaps are of the order of 200 ms, and four seconds are twenty of them."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Measurements in milliseconds, the ratio in thousandths.

    end_ms: where the last talk ends.
    ratio: the speaker's talking time over that of all known speakers; None when nobody talks.
    median_gap_ms: from the last word of others to the speaker's answer, negative for overlap; None without one.
    """

    end_ms: int
    own_ms: int
    others_ms: int
    own_turns: int
    others_turns: int
    ratio: int | None
    longest_monologue: MeasuredSpan | None
    interruptions: tuple[MeasuredSpan, ...]
    median_gap_ms: int | None
    acknowledgements: int


def talk_of(side: Side) -> Talk:
    """Measures a speaker's talk."""
    own_ms, others_ms = _covered(side.mine), _covered(side.others)
    return Talk(
        end_ms=max((one.turn.end_ms for one in side.talk), default=0),
        own_ms=own_ms,
        others_ms=others_ms,
        own_turns=len(side.mine),
        others_turns=len(side.others),
        ratio=(2000 * own_ms + own_ms + others_ms) // (2 * (own_ms + others_ms)) if own_ms + others_ms else None,
        longest_monologue=_longest_monologue(side),
        interruptions=_interruptions(side),
        median_gap_ms=_median_gap(side),
        acknowledgements=sum(
            one.kind is Kind.ACKNOWLEDGEMENT and one.turn.speaker_id == side.speaker_id for one in side.utterances
        ),
    )


def _longest_monologue(side: Side) -> MeasuredSpan | None:
    """Returns the longest stretch in which nobody else takes the floor and no silence offers it."""
    longest: tuple[int, int] | None = None
    current: tuple[int, int] | None = None
    for one in side.talk:
        start, end = one.turn.start_ms, one.turn.end_ms
        if one.turn.speaker_id != side.speaker_id:
            current = None
            continue
        if current is not None and start - current[1] <= MONOLOGUE_BREAK_MS:
            current = (current[0], max(current[1], end))
        else:
            current = (start, end)
        if longest is None or current[1] - current[0] > longest[1] - longest[0]:
            longest = current
    if longest is None:
        return None
    return MeasuredSpan("longest monologue", *longest, f"{(longest[1] - longest[0] + 500) // 1000} s")


def _interruptions(side: Side) -> tuple[MeasuredSpan, ...]:
    """Tells where the speaker starts while another has the floor and keeps it long enough."""
    reach: list[int] = []
    for one in side.others:
        reach.append(max(one.turn.end_ms, reach[-1] if reach else 0))
    found = []
    for one in side.mine:
        begun = bisect_left(side.others_from, one.turn.start_ms)
        until = reach[begun - 1] if begun else 0
        overlap = until - one.turn.start_ms
        if overlap >= INTERRUPTION_OVERLAP_MS and len(one.words) >= INTERRUPTION_WORDS:
            found.append(
                MeasuredSpan("interruption", one.turn.start_ms, until, f"overlap {overlap} ms", one.turn_index)
            )
    return tuple(found)


def _median_gap(side: Side) -> int | None:
    """Returns the time after the last word of the others within which half of the answers come."""
    gaps = []
    floor_until: int | None = None
    answering = False
    for one in side.talk:
        if one.turn.speaker_id == side.speaker_id:
            if answering and floor_until is not None:
                gaps.append(one.turn.start_ms - floor_until)
            answering = False
        elif one.turn.speaker_id is not None:
            floor_until = max(floor_until or 0, one.turn.end_ms)
            answering = True
    return int(median(gaps)) if gaps else None


def _covered(utterances: Iterable[Utterance]) -> int:
    """Returns the time that the turns cover, overlaps counted once; in order of start."""
    total = 0
    until = 0
    for one in utterances:
        total += max(0, one.turn.end_ms - max(one.turn.start_ms, until))
        until = max(until, one.turn.end_ms)
    return total
