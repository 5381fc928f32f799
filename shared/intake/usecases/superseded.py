"""Says in words why an event counts nowhere because another one about the same does."""

from __future__ import annotations

from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import LEARNING, PRACTICE, Entry, decode_entries


def why_superseded(effective: EffectiveEntries, text: str) -> str | None:
    """Returns why another event counts in the place of this one, as a sentence; None where this one counts.

    effective: of entries about the same, at least; text: this event's entry, with its receipt
    """
    (entry,) = decode_entries([text])
    counts = effective.about(entry.kind, entry.source, entry.source_id)
    return None if counts is None or counts.rank <= entry.rank else _reason(entry, counts)


def _reason(entry: Entry, counts: Entry) -> str:
    if entry.kind == LEARNING:
        return "more progress, or a later report, of the same activity counts"
    if entry.kind == PRACTICE and _content(entry) == _content(counts):
        return "the same was received once more, under another id of this person's, and counts once"
    about = f"{entry.source} {entry.source_id}"
    if counts.human > entry.human:
        return f"{'a later' if entry.human else 'a'} decision of a person about {about} counts"
    if counts.analysis > entry.analysis:
        return f"analysis_version {counts.analysis} of {about} counts, which is higher than {entry.analysis}"
    return (
        f"a later analysis of {about} counts; to make this one count again, send it with a higher analysis_version, "
        "since a repetition cannot be told from a retry"
    )


def _content(entry: Entry) -> Entry:
    return entry._replace(received=0, place=0, text="")
