"""One rich state and its projection, number by number: a change of any of them is a decision, not an accident.

To accept a decided change: `python -m tests.ratings.test_golden_profile` rewrites the file.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from shared.frameworks.domain.framework import Dimension
from shared.frameworks.domain.parameters import Lean, Noise, Parameters
from shared.kernel.context import context_of
from shared.observations.domain.entry import canonical_bytes, entry_key
from shared.observations.domain.observation import Observation, Score
from shared.ratings.domain.projection import project
from shared.ratings.domain.retention import retain
from shared.ratings.domain.skill_rating import from_text, to_text
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PLATFORM_KNOWLEDGE,
    TODAY,
    decided,
    exam,
    field,
    framework,
    lesson,
    practice,
    state,
)

FILE = Path(__file__).parent / "golden" / "profile.json"
HEALTHCARE = replace(GENERAL_DISCOVERY, context=context_of({"industry": "healthcare"}), decay_rate=2.5, version=3)
SALES = replace(
    framework(
        GENERAL_DISCOVERY,
        HEALTHCARE,
        PLATFORM_KNOWLEDGE,
        competencies=("discovery", "product_knowledge", "closing", "listening"),
        aliases={"discovery": ("needs_analysis",)},
    ),
    dimensions=(
        *framework().dimensions,
        Dimension("product_line", ("platform-v2",), (("platform v2", "platform-v2"),)),
    ),
)
PARAMETERS = Parameters(
    version=4, competencies={"closing": Noise(sigma=9.5)}, scorers={"gong": Lean(bias=1.5, error=2.5, pairs=40)}
)


def events() -> list[Observation]:
    """Two years of one person: calls and practice in several contexts, corrections, an expiry, an unknown word."""
    calls = [
        field(
            55 + (age * 7) % 40 + 0.01 * age,
            TODAY - age,
            source_id=f"call-{age}",
            industry="hospital" if age % 2 else "fintech",
            buyer_persona=["ciso", "executive"] if age % 3 == 0 else "Head of Things",
            deal_size="enterprise",
        )
        for age in range(2, 130, 7)
    ]
    sessions = [practice(91 - age % 11, TODAY - age, source_id=f"session-{age}") for age in range(1, 80, 16)]
    closing = [practice(77.77, TODAY - 400, source_id="c1", competency="closing")]
    closing += [field(81, TODAY - 395, source_id="c2", competency="closing")]
    knowledge = [
        exam(88, TODAY - 300, source_id="k1", competency="product_knowledge", product_line="Platform V2"),
        field(82, TODAY - 290, source_id="k2", competency="product_knowledge", product_line="platform-v2"),
        field(84, TODAY - 280, source_id="k3", competency="product_knowledge", product_line="platform-v2"),
        practice(95, TODAY - 3, source_id="k4", competency="product_knowledge", product_line="platform-v2"),
    ]
    listening = [lesson(64, TODAY - 10, source_id="l1", competency="listening")]
    listening += [lesson(None, TODAY - 5, source_id="l2", competency="listening")]
    both = (Score("discovery", 6000), Score("needs_analysis", 7001), Score("juggling", 9900))
    corrections = [
        decided(calls[0], "counted", 1, (Score("discovery", 7150, calls[0].scores[0].context),)),
        decided(calls[1], "rejected", 1),
        replace(calls[2], analysis=2, standing="held"),
        field(0, TODAY - 20, source_id="call-two-words", scores=both),
    ]
    return [*calls, *sessions, *closing, *knowledge, *listening, *corrections]


def golden() -> str:
    """The projection today and 40 days later, one skill a line, and the states' hashes."""
    entries = state(*events())
    kept = retain(entries, SALES)
    found = {
        "state": entry_key(canonical_bytes(entries).decode()),
        "retained": f"{len(kept)} of {len(entries)}: {entry_key(canonical_bytes(kept).decode())}",
        "today": [json.dumps(row, ensure_ascii=False) for row in project(entries, SALES, PARAMETERS, TODAY)],
        "later": [json.dumps(row, ensure_ascii=False) for row in project(entries, SALES, PARAMETERS, TODAY + 40)],
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def test_is_what_it_was() -> None:
    assert golden() == FILE.read_text(encoding="utf-8")


def test_survives_the_text() -> None:
    rows = project(state(*events()), SALES, PARAMETERS, TODAY)

    assert from_text(to_text(rows)) == rows


def test_is_the_same_from_what_is_retained() -> None:
    entries = state(*events())

    for as_of in (TODAY, TODAY + 40, TODAY + 400):
        whole, kept = (project(part, SALES, PARAMETERS, as_of) for part in (entries, retain(entries, SALES)))
        assert to_text(whole) == to_text(kept)


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(golden(), encoding="utf-8")
