"""Lists sentences of an author's that look like a quotation, and are none; `{other}` is the other's first name."""

from __future__ import annotations

TRAPS = (
    "On Monday our team wrote: a plan, a budget and a list of risks, and I attach all three.",
    "From: Friday on\nI am in Leeds, so the workshop had better be before that.",
    "The numbers to remember:\n* latency below 20 ms\n* two reviewers for each change\n* one invoice a year",
    'The handbook says "an index follows each push within minutes", and that is what we measured.',
    "Anything with a delay\n> 20 ms is too slow for an editor, as we both know.",
    "This is the whole change:\n\n    index:\n      follow: renames\n      write: false\n\n"
    "Nothing else has to be touched.",
    "Yes, agreed.",
    "You asked about vendor lock-in. The export is complete: every rating, every event and every decision leaves as "
    "plain files, and our contract says so in its second annex, which your lawyers have had since September.",
    "Date: the tenth. Place: your office. Who comes: Mia and myself.",
    "To {other}'s first point: we cover it. To the second: not before spring.",
)
