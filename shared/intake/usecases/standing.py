"""Says which of several events about the same stands, and in words why another one does not."""

from __future__ import annotations

from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import LEARNING, Entry, decode_entries


def outranked(effective: EffectiveEntries, text: str) -> str | None:
    """Returns why an entry does not stand, as a sentence; None for one that stands, or about which nothing is known.

    text: of the entry, as the ledger has it
    """
    (entry,) = decode_entries([text])
    counts = effective.about(entry)
    if counts is None or counts.rank[:-1] <= entry.rank[:-1]:
        return None
    return _why(entry, counts)


def _why(entry: Entry, counts: Entry) -> str:
    if counts.human > entry.human:
        decided = "a person has decided about" if not entry.human else "a later decision stands about"
        return f"superseded: {decided} {entry.source} {entry.source_id}, and that stands"
    if entry.kind == LEARNING:
        return f"superseded: {entry.source_id} has been reported with more progress, or later, and that stands"
    if counts.analysis > entry.analysis:
        return (
            f"superseded: analysis_version {counts.analysis} of {entry.source} {entry.source_id} stands, which is higher "
            f"than {entry.analysis}"
        )
    return (
        f"superseded: a later analysis of {entry.source} {entry.source_id} stands; if this one is to stand again, send "
        "it with a higher analysis_version (a repeat cannot be told from a retry)"
    )
