"""What mentors saw and employers verified: evidence, and field observations that the framework's own rules weigh."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.ports.documents import Query
from tests.evidence.sending import EMPLOYER, JPEG, audited, bytes_kept, employ, jointing, listed, notes, send
from tests.harness.api_client import ADA, ADMINISTRATION, DANA, INTEGRATION, JOE, MO, NOW, SARAH, ApiClient, Reply


@pytest.fixture
def site(api: ApiClient) -> ApiClient:
    """Joe learns cable jointing with Mo, for the partner."""
    jointing(api)
    employ(api)
    return api


def seen(
    number: int = 1, *, competency: str = "S1", level: int = 90, days_ago: float = 1, **more: Any
) -> dict[str, Any]:
    return {
        "key": f"visit-{number}",
        "employee_id": JOE,
        "observed_at": (NOW - timedelta(days=days_ago, minutes=number)).isoformat(),
        "competency_scores": [{"competency": competency, "level": level, "words": "Proved dead twice, unasked"}],
        "supervision": "supervised",
        "context": {"voltage": ["11kV"], "cable_type": ["polymeric"], "environment": ["footway"]},
        **more,
    }


def verified(number: int = 1, *, competency: str = "B1", level: int = 75, **more: Any) -> dict[str, Any]:
    body = seen(number, competency=competency, level=level, **more)
    return {name: value for name, value in body.items() if name not in ("supervision", "context")}


def observe(api: ApiClient, body: dict[str, Any], who: str = MO) -> Reply:
    return api.post("learning/observations", body, who=who)


def verify(api: ApiClient, body: dict[str, Any], who: str = EMPLOYER) -> Reply:
    return api.post("learning/verifications", body, who=who)


def skill(api: ApiClient, competency: str) -> dict[str, Any]:
    """The general row of Joe's profile."""
    api.deliver()
    rows = api.get(f"employees/{JOE}/skills", who=ADA).json["skills"]
    found: dict[str, Any] = next(one for one in rows if one["competency"] == competency and not one["context"])
    return found


def history(api: ApiClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"field-observations/{JOE}", who=ADA).json["items"]
    return found


def practice(number: int, competency: str = "S1", score: float = 95) -> dict[str, Any]:
    return {
        "event_id": f"lab-{competency}-{number}",
        "employee_id": JOE,
        "event_type": "certification_exam" if number == 0 else "hands_on_lab",
        "event_source": "workshop",
        "timestamp": (NOW - timedelta(days=1, minutes=number)).isoformat(),
        "overall_score": score,
        "passed": True,
        "competency_scores": [{"competency": competency, "score": score}],
    }


def test_what_a_mentor_saw_is_evidence_and_counts_in_its_context(site: ApiClient) -> None:
    photo = send(site, JPEG, who=MO, employee_id=JOE).json["evidence_id"]
    answer = observe(site, seen(photos=[photo], words="A tidy trench"))
    assert answer.status == 201, answer
    assert answer.json["standing"] == "counted"
    item = next(one for one in listed(site) if one["kind"] == "observation")
    performance = item["performance"]
    assert performance["context"] == {"voltage": ["11kv"], "cable_type": ["xlpe"], "environment": ["footway"]}
    assert (performance["supervision"], performance["photos"], performance["words"]) == (
        "supervised",
        [photo],
        "A tidy trench",
    )
    assert performance["event_id"] == answer.json["event_id"]
    (event,) = history(site)
    assert (event["source"], event["standing"]) == ("mentor_observation", "counted")
    assert skill(site, "S1")["current_rating"] == 90
    assert [(one["actor"], one["subject"]) for one in audited(site, "performance.observed")] == [(MO, JOE)]
    assert b"A tidy trench" in site.get(f"evidence/{item['evidence_id']}/content", who=JOE).raw


def test_told_again_it_is_the_same_and_other_words_under_its_version_are_refused(site: ApiClient) -> None:
    first = observe(site, seen())
    again = observe(site, seen())
    assert (again.status, again.json["status"]) == (200, "duplicate")
    assert again.json["evidence_id"] == first.json["evidence_id"]
    other = observe(site, seen(level=40))
    assert (other.status, other.fields) == (409, ["version"])
    assert len(history(site)) == len(bytes_kept(site)) == 1


def test_corrections_count_by_their_version_in_any_order(site: ApiClient) -> None:
    told = {version: seen(level=level, version=version) for version, level in ((1, 40), (2, 60), (3, 75))}
    for number, order in enumerate(permutations(told)):
        for version in order:
            assert observe(site, told[version] | {"key": f"order-{number}"}).status == 201
    counted = [one for one in history(site) if one["standing"] == "counted"]
    assert len(counted) == 6
    assert skill(site, "S1")["current_rating"] == 75


def test_a_correction_of_another_time_is_refused_and_leaves_no_item(site: ApiClient) -> None:
    observe(site, seen())
    answer = observe(site, seen(version=2, days_ago=3))
    assert answer.status == 409
    assert len(listed(site)) == len(bytes_kept(site)) == 1
    assert notes(site) == 0
    assert observe(site, seen(version=2, level=60)).status == 201


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"competency_scores": [{"competency": "S9", "level": 75}]}, "competency_scores.0.competency", "S1, S2"),
        ({"competency_scores": [{"competency": "S1", "level": 77}]}, "competency_scores.0.level", "0, 40, 60, 75, 90"),
        ({"competency_scores": [{"competency": "S1", "level": 75}] * 2}, "competency_scores.1", "twice"),
        ({"competency_scores": []}, "competency_scores", ""),
        ({"context": {"phase": ["red"]}}, "context", "voltage, cable_type, environment"),
        ({"context": {"voltage": ["900kv"]}}, "context.voltage", "lv, 11kv, 33kv"),
        ({"supervision": "half"}, "supervision", "supervised"),
        ({"observed_at": (NOW + timedelta(hours=1)).isoformat()}, "observed_at", "future"),
        ({"photos": ["no-such-photo"]}, "photos.0", "send it first"),
        ({"words": "x" * 4_001}, "words", ""),
    ],
)
def test_what_cannot_be_scored_is_told_precisely(
    site: ApiClient, changed: dict[str, Any], field: str, words: str
) -> None:
    answer = observe(site, seen() | changed)
    assert (answer.status, answer.fields[0]) == (422, field), answer
    assert words in answer.json["detail"]
    assert (listed(site), history(site), bytes_kept(site)) == ([], [], [])
    assert audited(site, "performance.observed") == []


def test_anothers_photo_is_no_photo_of_this_learner(site: ApiClient) -> None:
    anothers = send(site, who=SARAH).json["evidence_id"]
    assert observe(site, seen(photos=[anothers])).fields == ["photos.0"]


class TestWhoseWordsCount:
    def test_a_mentor_observes_the_own_learners_only(self, site: ApiClient) -> None:
        assert observe(site, seen(employee_id=SARAH)).status == 403
        for who in (JOE, SARAH, DANA, ADA, EMPLOYER, ADMINISTRATION, INTEGRATION):
            assert observe(site, seen(), who=who).status == 403
        assert history(site) == []

    def test_an_employer_verifies_the_own_apprentices_behaviours_only(self, site: ApiClient) -> None:
        assert verify(site, verified()).status == 201
        answer = verify(site, verified(2, competency="S1"))
        assert (answer.status, answer.fields) == (422, ["competency_scores.0.competency"])
        assert "B1, B2, B3" in answer.json["detail"]
        assert verify(site, verified(3, employee_id=SARAH)).status == 403
        for who in (JOE, SARAH, DANA, MO, ADA, ADMINISTRATION, INTEGRATION):
            assert verify(site, verified(4), who=who).status == 403
        assert [(one["actor"], one["subject"]) for one in audited(site, "behaviour.verified")] == [(EMPLOYER, JOE)]

    def test_no_observation_but_the_employers_scores_a_behaviour(self, site: ApiClient) -> None:
        answer = observe(site, seen(competency="B1"))
        assert (answer.status, answer.fields) == (422, ["competency_scores.0.competency"])
        for source in ("a-peer", "gong", "site-visit"):
            posted = site.post("field-observations", machine(source, "B1"), who=INTEGRATION)
            assert (posted.status, posted.fields) == (422, ["competency_scores.0.competency"])
            assert "employer" in posted.json["detail"]
        assert history(site) == []

    @pytest.mark.parametrize("source", ["mentor_observation", "employer_verification", "Employer_Verification"])
    def test_no_machine_speaks_in_a_persons_place(self, site: ApiClient, source: str) -> None:
        body = machine(source, "B1")
        hidden = machine("gong", "S1") | {"recording": {"source": source, "id": "visit-1"}}
        for sent, field in ((body, "observation_source"), (hidden, "recording")):
            alone = site.post("field-observations", sent, who=INTEGRATION)
            assert (alone.status, alone.fields) == (422, [field])
            listed_ = site.post("field-observations", [sent], who=ADMINISTRATION).json
            assert listed_["rejected"] == 1
        assert history(site) == []


class TestTheFrameworksOwnRules:
    def test_a_behaviour_is_met_by_the_employers_verifications_alone(self, site: ApiClient) -> None:
        for number in range(5):
            site.post("validation-events", practice(number, "B1"), who=INTEGRATION)
            observe(site, seen(number, competency="B1"))
        assert skill(site, "B1")["status"] != "validated"
        for number in range(5):
            assert verify(site, verified(number)).status == 201
            status = skill(site, "B1")["status"]
            assert status == ("validated" if number == 4 else "in_progress")

    def test_a_skill_is_met_by_practice_and_observed_work_together_and_by_neither_alone(self, site: ApiClient) -> None:
        for number in range(6):
            site.post("validation-events", practice(number), who=INTEGRATION)
        assert skill(site, "S1")["status"] == "in_progress"
        for number in range(5):
            assert observe(site, seen(number)).status == 201
            status = skill(site, "S1")["status"]
            assert status == ("validated" if number == 4 else "in_progress")

    def test_observed_work_without_practice_meets_no_skill(self, site: ApiClient) -> None:
        for number in range(8):
            assert observe(site, seen(number, competency="S2")).status == 201
        assert skill(site, "S2")["status"] == "in_progress"


def machine(source: str, competency: str) -> dict[str, Any]:
    """A field observation of a machine's."""
    return {
        "observation_id": f"obs-{source}",
        "employee_id": JOE,
        "observation_source": source,
        "source_id": "visit-1",
        "timestamp": (NOW - timedelta(days=1)).isoformat(),
        "competency_scores": [{"competency": competency, "score": 95}],
    }


def test_what_a_crash_kept_from_the_ledger_the_sweep_records(site: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.wiring.evidence import evidence
    from shared.kernel.errors import Retryable

    telling = evidence(site.platform.on)._telling

    def died(*_: object) -> None:
        raise Retryable("the process is gone")

    monkeypatch.setattr(telling, "tell", died)
    assert observe(site, seen()).status == 503
    monkeypatch.undo()
    assert history(site) == []
    site.clock.move(minutes=6)
    assert evidence(site.platform.on).tidying.sweep() == 1
    assert len(history(site)) == 1
    assert observe(site, seen()).json["standing"] == "counted"
    assert site.parts.documents.query(Query("evidence_uploads")) == []
