"""Lessons are published version beside version, and none that nobody competent has read where people are trained."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from tests.evidence.sending import JPEG
from tests.harness.api_client import ADA, ENID, JOE, ApiClient, Reply
from tests.learning.apprentices import ANA, people
from tests.learning.lesson_files import CAPTIONS, CAPTIONS_SHA256, answer_body, lesson_body

VIDEO = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
VIDEO_SHA256 = sha256(VIDEO).hexdigest()
CLIP = {
    "video": "prove_dead.mp4",
    "captions": "prove_dead.vtt",
    "seconds": 88,
    "bytes": len(VIDEO),
    "sha256": VIDEO_SHA256,
    "script_sha256": "0" * 64,
    "captions_sha256": CAPTIONS_SHA256,
}


def publish(api: ApiClient, *lessons: dict[str, Any], who: str = ENID) -> Reply:
    return api.post("learning/lessons", {"lessons": list(lessons)}, who=who)


def keep(api: ApiClient, content: bytes, kind: str, name: str | None = None, who: str = ENID) -> Reply:
    return api.put(f"learning/clips/{name or sha256(content).hexdigest()}", raw=content, content_type=kind, who=who)


def test_a_version_is_known_again_and_never_becomes_another(api: ApiClient) -> None:
    assert publish(api, lesson_body()).json["lessons"][0]["status"] == "published"
    again = publish(api, lesson_body(), lesson_body("dig_safely"))
    assert [one["status"] for one in again.json["lessons"]] == ["known", "published"]
    changed = publish(api, lesson_body("third"), lesson_body(title="Another title"))
    assert (changed.status, changed.fields) == (409, ["lessons.1.version"])
    assert api.get("learning/lessons/third", who=ENID).status == 404, "all of them, or none"


def test_the_highest_version_is_taught_in_whichever_order_they_come(api: ApiClient) -> None:
    for version in (2, 3, 1):
        assert publish(api, lesson_body(version=version, title=f"Version {version}")).status == 200
    assert api.get("learning/lessons/prove_dead", who=ENID).json["title"] == "Version 3"
    assert api.get("learning/lessons/prove_dead", who=ENID, version=1).json["title"] == "Version 1"
    (taught,) = api.get("learning/lessons", who=ENID, framework_id="cable_jointing_demo").json["lessons"]
    assert taught["version"] == 3


@pytest.mark.parametrize("reviewed_on", ["2026-01-05", None, "2027-01-05"])
def test_a_framework_that_is_not_synthetic_publishes_nothing_without_a_reviewer(
    api: ApiClient, reviewed_on: str | None
) -> None:
    reviewer = reviewed_on and {"name": "Sam Safe", "role": "Head of training", "reviewed_on": reviewed_on}
    body = lesson_body(framework_id="sales_engineering", competencies=["discovery"], reviewer=reviewer)
    answer = publish(api, body)
    if reviewed_on == "2026-01-05":
        assert answer.status == 200
        shown = api.get("learning/lessons/prove_dead", who=JOE).json
        assert (shown["notice"], shown["reviewer"]["name"]) == (None, "Sam Safe")
    else:
        field = "lessons.0.reviewer.reviewed_on" if reviewed_on else "lessons.0.reviewer"
        assert (answer.status, answer.fields) == (422, [field])
        assert api.get("learning/lessons", who=JOE).json["lessons"] == []


def test_an_invented_framework_says_so_with_every_lesson(api: ApiClient) -> None:
    assert api.import_people(people()).status == 200
    assert publish(api, lesson_body()).status == 200
    (item,) = api.get("learning/feed", who=ANA).json["items"]
    assert "invented" in item["notice"]
    assert "Not reviewed by a competent person" in item["notice"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"competencies": ["K9"]}, "lessons.0.competencies.0"),
        ({"framework_id": "unknown"}, "lessons.0.framework_id"),
        ({"lesson_id": "Prove dead"}, "lessons.0.lesson_id"),
        ({"questions": []}, "lessons.0.questions"),
        ({"prerequisites": ["not_there"]}, "lessons.0.prerequisites"),
        ({"prerequisites": ["prove_dead"]}, "lessons.0.prerequisites"),
        ({"clip": CLIP}, "lessons.0.clip.sha256"),
        ({"title": "x" * 121}, "lessons.0.title"),
        ({"version": 0}, "lessons.0.version"),
    ],
)
def test_what_is_wrong_is_named(api: ApiClient, changed: dict[str, Any], field: str) -> None:
    answer = publish(api, lesson_body() | changed)
    assert answer.status == 422
    assert answer.fields[0] == field


def test_an_option_that_is_not_there_cannot_be_right(api: ApiClient) -> None:
    body = lesson_body()
    body["questions"][1]["right"] = 4
    answer = publish(api, body)
    assert (answer.status, answer.fields) == (422, ["lessons.0.questions.1.right"])


def test_a_clip_is_kept_under_its_digest_and_served_for_ever(api: ApiClient) -> None:
    assert keep(api, VIDEO, "video/mp4").json == {
        "sha256": VIDEO_SHA256,
        "bytes": len(VIDEO),
        "content_type": "video/mp4",
    }
    assert keep(api, VIDEO, "video/mp4").status == 200
    assert keep(api, CAPTIONS, "text/vtt").status == 200
    assert publish(api, lesson_body(clip=CLIP)).status == 200
    shown = api.get(f"learning/clips/{VIDEO_SHA256}.mp4", who=JOE)
    assert shown.raw == VIDEO
    assert "immutable" in shown.headers["Cache-Control"]
    assert api.get(f"learning/clips/{CAPTIONS_SHA256}.vtt", who=JOE).raw == CAPTIONS
    assert api.get(f"learning/clips/{VIDEO_SHA256}.vtt", who=JOE).status == 404


def test_a_film_s_poster_is_sent_first_and_told_with_the_lesson(api: ApiClient) -> None:
    for content, kind in ((VIDEO, "video/mp4"), (CAPTIONS, "text/vtt")):
        keep(api, content, kind)
    digest = sha256(JPEG).hexdigest()
    body = lesson_body(clip={**CLIP, "poster_sha256": digest})
    early = publish(api, body)
    assert (early.status, early.fields) == (422, ["lessons.0.clip.poster_sha256"])

    assert keep(api, JPEG, "image/jpeg").status == 200
    assert publish(api, body).status == 200

    assert api.get("learning/lessons/prove_dead", who=ENID).json["clip"]["poster_sha256"] == digest
    assert api.get(f"learning/clips/{digest}.jpg", who=JOE).raw == JPEG


@pytest.mark.parametrize(
    ("content", "kind", "name", "status"),
    [
        (VIDEO, "video/mp4", "0" * 64, 422),
        (VIDEO, "text/vtt", None, 422),
        (CAPTIONS, "video/mp4", None, 422),
        (CAPTIONS, "image/png", None, 415),
        (CAPTIONS, "image/jpeg", None, 422),
        (b"", "video/mp4", None, 422),
        (b"\xff\xfeWEBVTT", "text/vtt", None, 422),
        (VIDEO + bytes(2_000_000), "video/mp4", None, 413),
    ],
)
def test_what_is_no_clip_is_refused(api: ApiClient, content: bytes, kind: str, name: str | None, status: int) -> None:
    assert keep(api, content, kind, name, who=ADA).status == status


def withdraw(api: ApiClient, lesson_id: str = "prove_dead", who: str = ENID, **body: Any) -> Reply:
    return api.post(f"learning/lessons/{lesson_id}/withdrawal", body or {"reason": "A step is missing"}, who=who)


def test_a_withdrawn_lesson_leaves_feeds_and_its_answers_stay(api: ApiClient) -> None:
    assert api.import_people(people()).json["rejected"] == 0
    publish(api, lesson_body(), lesson_body("dig_safely"))
    at = api.clock.now().isoformat()
    first = api.post("learning/answers", {"answers": [answer_body(1, at)]}, who=ANA).json["results"]

    withdrawn = withdraw(api)
    again = withdraw(api, reason="Another reason")

    assert (withdrawn.status, withdrawn.json["withdrawn_at"]) == (200, again.json["withdrawn_at"])
    feed = api.get("learning/feed", who=ANA).json
    assert [one["lesson_id"] for one in feed["items"]] == ["dig_safely"]
    assert [one["lesson_id"] for one in api.get("learning/lessons", who=ANA).json["lessons"]] == ["dig_safely"]
    late = api.post("learning/answers", {"answers": [answer_body(1, at), answer_body(2, at)]}, who=ANA).json["results"]
    assert [one["status"] for one in (*first, *late)] == ["taken", "duplicate", "taken"]
    assert feed["streak"]["longest"] == 1, "the day on which it was answered is one of learning"
    trail = api.get("audit", action="lesson.withdrawn").json["items"]
    assert [(one["subject"], one["detail"]) for one in trail] == [("prove_dead", "version 1: A step is missing")]


def test_a_higher_version_is_taught_again_and_a_known_one_is_not(api: ApiClient) -> None:
    publish(api, lesson_body())
    withdraw(api)
    assert publish(api, lesson_body()).json["lessons"][0]["status"] == "known"
    taught = {"who": ENID, "framework_id": "cable_jointing_demo"}
    assert api.get("learning/lessons", **taught).json["lessons"] == []
    publish(api, lesson_body(version=2))
    assert [one["version"] for one in api.get("learning/lessons", **taught).json["lessons"]] == [2]


def test_what_another_lesson_waits_for_is_not_withdrawn(api: ApiClient) -> None:
    publish(api, lesson_body(), lesson_body("dig_safely", prerequisites=["prove_dead"]))
    refused = withdraw(api)
    assert (refused.status, refused.fields) == (409, ["lesson_id"])
    assert withdraw(api, "dig_safely").status == withdraw(api).status == 200
    assert withdraw(api, "no_such_lesson").status == 404
    assert withdraw(api, reason="").fields == ["reason"]
    assert withdraw(api, who=JOE).status == 403
