"""Reports of an activity without an id go on under the identity that its reports of before 2026-11-29 have."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from shared.kernel.ids import digest
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import LEARNING
from shared.observations.domain.observation import decode
from shared.observations.state_records import States
from tests.harness.crash_harness import new_crash_harness
from tests.harness.sent_events import video
from tests.ratings.builders import framework

JOE = "joe@example.com"


def test_more_progress_takes_the_place_of_what_was_reported_under_the_former_identity(tmp_path: Path) -> None:
    world = new_crash_harness(tmp_path, replace(framework(), framework_id="sales_engineering"), [JOE])
    half, whole = ({k: v for k, v in video("v", done=done).items() if k != "activity_id"} for done in (50, 100))
    world.process().record(half)
    state = States(world.store).get(JOE)
    assert state is not None
    ((key, text),) = state.entries.items()
    begun = datetime.fromisoformat(str(half["started_at"])).astimezone(UTC).isoformat()
    former = replace(decode(text), source_id=digest(JOE, str(half["content_id"]), begun))
    world.store.commit([States.mended(state, dict([former.entry()]), [key], None)])

    (answer,) = world.process().record(whole)

    assert json.loads(answer.text)["duplicate"] is False
    stored = States(world.store).get(JOE)
    assert stored is not None
    (counts,) = EffectiveEntries(stored.entries.values()).of_kind(LEARNING)
    assert (len(stored.entries), counts.source_id) == (2, former.source_id)
