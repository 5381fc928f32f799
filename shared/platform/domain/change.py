"""Names what a change of a profile can be about."""

from __future__ import annotations

from typing import Literal

About = Literal[
    "skills", "discrepancies", "person", "erased", "deals", "places", "scorers", "settings", "opened", "day"
]
"""What an entry is about: rows that changed or vanished, discrepancies that were found or resolved, the person's record
or its erasure, the deals of the person's calls; and of everybody: where the organisation works, certificates of
scorers, settings. Without an entry: scores that opened, and that a new day began."""
