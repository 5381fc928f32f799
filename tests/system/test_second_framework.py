"""Another trade on the same platform: a framework without a word of sales drives a call, a review, a rating, a profile.

Its people joint cables; what they do is told apart by voltage and by the type of cable.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from infra.demonstration.messages_interface import DEMONSTRATION_MODEL, KEY, MessagesInterface
from infra.demonstration.messages_server import MessagesServer
from infra.local.platform import SYSTEM
from shared.frameworks.domain.framework import framework_from_dict
from tests.conversations.gong_calls_in_json import call_id, details
from tests.harness.embedded_platform import EmbeddedPlatform, embedded_platform
from tests.harness.google_platform import ask, eventually

SALES = ("industry", "deal_size", "deal size", "buyer_persona", "buyer persona", "product_line", "products")
LEVELS = [{"from": 0, "description": "Not shown."}, {"from": 75, "description": "Shown in routine work."}]
JOINTING = framework_from_dict(
    {
        "framework_id": "jointing",
        "name": "Cable jointing",
        "version": 1,
        "dimensions": [
            {"dimension": "voltage", "values": ["lv", "11kv"], "aliases": {"high voltage": "11kv"}},
            {"dimension": "cable_type", "values": ["xlpe", "paper"], "aliases": {"paper lead": "paper"}},
        ],
        "competencies": [
            {"competency": "proving_dead", "name": "Proving dead", "category": "skill", "core": True, "rubric": LEVELS},
            {"competency": "handing_back", "name": "Handing back", "category": "skill", "rubric": LEVELS},
        ],
        "rules": [
            {"competency": "proving_dead", "context": {"voltage": "11kv"}, "min_field_observations": 1},
            {"competency": "handing_back", "min_field_observations": 1},
        ],
    }
)
PEOPLE = """name,email,role,framework
Jo Lang,jo@grid.example,employee,jointing
Bea Ohm,bea@grid.example,enablement,jointing
"""
JO, BEA = "jo@grid.example", "bea@grid.example"
SAID = (
    ("6432345678555530001", "Before anybody cuts we identify the cable and we prove it dead at the point of work."),
    ("c", "It is the old paper lead, eleven kilovolts, out of the substation on the corner."),
    (
        "6432345678555530001",
        "Then I spike it remotely, I test the tester before and after, and I write down who watched.",
    ),
    ("c", "Good. Call me when it is earthed."),
)
PROOF = "I test the tester before and after"


def answered(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """A careful reader's answer, as far as the form lets it be given."""
    forms = request["output_config"]["format"]["schema"]["$defs"]
    assert set(forms["DealAnswer"]["properties"]) == {"voltage", "cable_type"}
    user = request["messages"][0]["content"]
    turn = next(line for line in user.splitlines() if PROOF in line)
    entry = {
        "competency": "proving_dead",
        "score": 82,
        "confidence": 0.5,
        "quotes": [{"turn": int(turn[1 : turn.index("]")]), "words": PROOF}],
        "measured": "none",
        "reason": "Tests the tester.",
    }
    absent = {"competency": "handing_back", "reason": "Nothing is handed back."}
    deal = {"voltage": ["11kv"], "cable_type": ["paper"]}
    return {"scores": [entry], "not_observed": [absent], "deal": deal}


@pytest.fixture
def model() -> Iterator[tuple[MessagesInterface, str]]:
    interface = MessagesInterface(answered)
    with MessagesServer(interface) as url:
        yield interface, url


def recorded(folder: Path) -> str:
    """A folder with a recorded talk of Jo's with the control engineer."""
    began = datetime.now(UTC) - timedelta(hours=2)
    call = details(1, began, title="Planned outage", duration=40)
    call["context"] = []
    call["parties"] = [
        {"id": "p1", "emailAddress": JO, "name": "Jo Lang", "speakerId": SAID[0][0], "affiliation": "Internal"},
        {"id": "p2", "name": "Control", "speakerId": "c", "affiliation": "External"},
    ]
    monologues = [
        {"speakerId": speaker, "sentences": [{"start": 10_000 * place, "end": 10_000 * place + 9000, "text": text}]}
        for place, (speaker, text) in enumerate(SAID)
    ]
    body = {"calls": [call], "callTranscripts": [{"callId": call_id(1), "transcript": monologues}]}
    folder.mkdir()
    (folder / "outage.json").write_text(json.dumps(body), encoding="utf-8")
    return str(folder)


def test_a_framework_of_other_dimensions_drives_call_review_rating_and_profile(
    tmp_path: Path, model: tuple[MessagesInterface, str]
) -> None:
    interface, url = model
    settings = {
        "AUGMENT_CALLS_FOLDER": recorded(tmp_path / "calls"),
        "AUGMENT_CALLS_FROM": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
        "AUGMENT_ANALYSIS_ROUTE": "immediate",
        "AUGMENT_HOME_DOMAINS": "grid.example",
        "AUGMENT_MODEL": DEMONSTRATION_MODEL,
        "AUGMENT_MODEL_URL": url,
        "SECRET_ANTHROPIC_KEY": KEY,
    }
    with embedded_platform(tmp_path, io.StringIO(), settings) as house:
        house.platform.publish_frameworks.install(JOINTING, SYSTEM)
        assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).value["created"] == 2

        the_call_is_read_in_the_frameworks_words(house)
        asked = json.dumps([one.request for one in interface.recorded]).lower()
        assert asked, "the model was asked"
        assert [word for word in SALES if word in asked] == []

        a_person_confirms_it(house)
        it_is_rated_where_it_was_shown(house)


def the_call_is_read_in_the_frameworks_words(house: EmbeddedPlatform) -> None:
    house.clock("gong-batch")

    own = house.person(JO)  # whose scores they are sees them first

    def observed() -> Any:
        items = ask(house, "GET", "/api/v1/calls", token=own).value["items"]
        return next((one for one in items if one["state"] == "observed"), None)

    call = eventually(observed, "the analysed call")
    (result,) = call["results"]
    assert (result["scores"], result["waiting"]) == ({"proving_dead": 82}, ["proving_dead"])
    (seen,) = ask(house, "GET", f"/api/v1/field-observations/{JO}", token=own).value["items"]
    assert seen["payload"]["context"] == {"dimensions": {"voltage": ["11kv"], "cable_type": ["paper"]}}


def a_person_confirms_it(house: EmbeddedPlatform) -> None:
    token = house.person(BEA)
    waiting = eventually(lambda: ask(house, "GET", "/api/v1/reviews", token=token).value["items"], "the review")
    path = f"/api/v1/reviews/{waiting[0]['review_id']}"
    shown = ask(house, "GET", path, token=token).value
    decision = {"decision": "confirm", "event_id": shown["event_id"]}
    assert ask(house, "POST", f"{path}/decision", decision, token=token).value["outcome"] == "confirmed"


def it_is_rated_where_it_was_shown(house: EmbeddedPlatform) -> None:
    practice = {
        "event_type": "hands_on_lab",
        "event_source": "simulator",
        "employee_id": JO,
        "timestamp": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "overall_score": 90,
        "passed": True,
        "competency_scores": [{"competency": "handing_back", "score": 90, "context": {"voltage": "lv"}}],
    }
    told = ask(house, "POST", "/api/v1/validation-events", practice, account="voice-roleplay", function="ingest")
    assert told.status == 201, told

    def skills(context: str) -> dict[tuple[str, str], dict[str, Any]]:
        path = f"/api/v1/employees/{quote(JO)}/skills?view=all&context={quote(context)}"
        found = ask(house, "GET", path, token=house.person(JO)).value["skills"]
        return {(one["competency"], json.dumps(one["context"])): one for one in found}

    def rated() -> Any:
        found = skills("voltage=11kv&cable_type=paper")
        both = found.get(("proving_dead", json.dumps({"cable_type": "paper", "voltage": "11kv"})))
        return found if both is not None and both["current_rating"] is not None else None

    found = eventually(rated, "the rating")
    for context in (None, {"voltage": "11kv"}, {"cable_type": "paper"}, {"cable_type": "paper", "voltage": "11kv"}):
        row = found["proving_dead", json.dumps(context)]
        assert (row["current_rating"], row["field_observations"]) == (82, 1), context
    assert found["proving_dead", json.dumps({"voltage": "11kv"})]["status"] == "validated"
    assert found["handing_back", json.dumps({"voltage": "lv"})]["field_observations"] == 0
