"""What the coach says is said somewhere, and its figures are those that hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import yaml

from functions.portal.coach.page import ASKED
from infra.vendors.whatsapp import MOST_MEDIA_BYTES
from shared.coaching.domain.doubt import ANSWERED_WITHIN, PRESSED
from shared.coaching.domain.hours_text import MOST_MINUTES
from shared.coaching.usecases.hand_over import MOST_TEXT
from shared.evidence.domain.evidence_kind import MOST_BYTES

ROOT = Path(__file__).resolve().parents[2]
SAYS: dict[str, str] = yaml.safe_load((ROOT / "infra/coaching/words.yaml").read_text("utf-8"))["says"]
FAMILIES = ("stop_", "reason_", "refuse_", "after_", "goes_on_", "line_goes_on_")
"""Said by a name that ends in a kind: of a stop, of a reason, of a refusal, of what follows a milestone."""
ANSWERED = frozenset(f"asked_{reply}" for reply in PRESSED.values())
"""Said by a name that ends in what somebody answers who was asked back."""


def test_every_sentence_is_said_somewhere() -> None:
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "shared/coaching").rglob("*.py")))
    # Of a doubt about self-harm a sentence has words of its own, under the name with that ending.
    own = (name.removesuffix("_self_harm") if name.startswith(("asked_", "not_answered")) else name for name in SAYS)
    named = [name for name in own if not name.startswith(FAMILIES) and name not in ANSWERED]
    silent = [name for name in named if f'"{name}"' not in code and f'"{name.removesuffix("_many")}"' not in code]
    assert silent == []


def test_the_figures_that_are_said_are_those_that_hold() -> None:
    assert f"larger than {min(MOST_MEDIA_BYTES, MOST_BYTES) // 1_000_000} MB" in SAYS["unfit"]
    assert f"at most {MOST_TEXT} characters" in SAYS["too_long"]
    assert f"up to {MOST_MINUTES // 60} hours" in SAYS["hours_misread"]
    minutes = f"{ANSWERED_WITHIN // timedelta(minutes=1)} minutes"
    for name in ("asked_no_answer", "asked_no_answer_self_harm"):
        assert f"not answered for {minutes}" in SAYS[name]
    assert f"No answer within {minutes}" in ASKED["no_answer"][1]
    page = (ROOT / "functions/portal/hand_overs/hand_overs.html").read_text("utf-8")
    assert f"had no answer for {minutes}" in page
    assert f"Up to {MOST_TEXT} characters" in page
