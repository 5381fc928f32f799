"""Says why learners are handed over, and what came of it, in one set of words for everybody who reads of it."""

from __future__ import annotations

from typing import Final

WHY: Final = {
    "live_work": ("failed", "It sounds like live work"),
    "injury": ("failed", "It sounds like an injury"),
    "near_miss": ("failed", "It sounds like a near miss"),
    "self_harm": ("failed", "It sounds as if they may harm themselves"),
    "unanswered": ("failed", "It may be danger: the coach asked, and has no answer"),
    "asked": ("in_progress", "They ask for a person"),
    "needs_a_person": ("in_progress", "A person has to answer this"),
    "voice": ("in_progress", "A voice note, which the coach cannot hear"),
    "goes_on": ("validated", "A milestone is reached, and they go on"),
    "silent": ("weak", "No answer for a week: the coach writes no more until there is one"),
}
"""By reason: how grave it is, and the reason in a sentence."""
OUTCOMES: Final = {
    "safe": "Nobody is harmed, and the work is safe",
    "reported": "It is reported where we report such things",
    "mistaken": "It was stopped for nothing",
    "answered": "Settled: back to the coach",
}
"""What a person may say came of it."""
