"""Evidence is kept as it came, once for its key; what is not whole is told precisely, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from shared.evidence.domain.evidence_kind import MOST_BYTES
from shared.ports.documents import Query
from tests.evidence.sending import EMPLOYER, HEIC, JPEG, VOICE, audited, bytes_kept, digest, employ, listed, notes, send
from tests.harness.api_client import ADA, ADMINISTRATION, DANA, ENID, JOE, MO, NOW, SARAH, ApiClient


def test_a_photo_comes_back_byte_by_byte_with_all_that_was_said_of_it(api: ApiClient) -> None:
    said: dict[str, Any] = {
        "captured_at": "2026-02-11T09:30:00+01:00",
        "caption": "The joint before the resin",
        "competencies": "discovery,Closing,something_else",
        "lesson_id": "prove_dead_first",
        "bytes": len(JPEG),
        "sha256": digest(JPEG),
    }
    answer = send(api, media="image/png", **said)
    assert answer.status == 201, answer
    taken = answer.json
    assert (taken["status"], taken["sha256"], taken["content_bytes"]) == ("kept", digest(JPEG), len(JPEG))
    assert taken["notices"] == [
        "competencies: 'something_else' is no competency of sales_engineering; it is kept as it came"
    ]
    (item,) = listed(api)
    assert item["captured_at"] == "2026-02-11T08:30:00Z"
    assert item["received_at"] == NOW.isoformat().replace("+00:00", "Z")
    assert (item["media_type"], item["claimed_type"]) == ("image/jpeg", "image/png")
    assert item["competencies"] == ["discovery", "closing", "something_else"]
    assert (item["caption"], item["lesson_id"], item["recorded_by"]) == (said["caption"], "prove_dead_first", JOE)
    content = api.get(f"evidence/{taken['evidence_id']}/content", who=JOE)
    assert content.raw == JPEG


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [
        (HEIC, "photo", "image/heic"),
        (VOICE, "voice", "audio/mp4"),
        (b"\x1aE\xdf\xa3webm", "voice", "video/webm"),
        ("Zwölf Meter Kabel geprüft.\n".encode(), "note", "text/plain"),
    ],
)
def test_what_phones_make_is_known_by_its_bytes(api: ApiClient, content: bytes, kind: str, media_type: str) -> None:
    answer = send(api, content, kind=kind, media="application/octet-stream")
    assert (answer.status, answer.json["media_type"], answer.json["notices"]) == (201, media_type, [])
    assert api.get(f"evidence/{answer.json['evidence_id']}/content", who=JOE).raw == content


def test_bytes_that_nobody_knows_are_kept_and_served_as_what_is_saved(api: ApiClient) -> None:
    page = b"<script>alert(1)</script>"
    answer = send(api, page, media="text/html")
    assert answer.status == 201
    assert "sent as a photo" in answer.json["notices"][0]
    content = api.get(f"evidence/{answer.json['evidence_id']}/content", who=JOE)
    assert content.raw == page
    assert content.headers["Content-Type"] == "application/octet-stream"
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    assert content.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in content.headers["Content-Security-Policy"]
    assert content.headers["Cache-Control"] == "no-store"


def test_the_same_key_is_the_same_item_and_other_bytes_under_it_are_refused(api: ApiClient) -> None:
    first = send(api)
    again = send(api, caption="Told otherwise")
    assert (again.status, again.json["status"]) == (200, "duplicate")
    assert again.json["evidence_id"] == first.json["evidence_id"]
    other = send(api, JPEG + b"!")
    assert (other.status, other.json["errors"][0]["field"]) == (409, "key")
    assert len(listed(api)) == len(bytes_kept(api)) == 1
    assert notes(api) == 0


def test_a_key_is_its_senders_own(api: ApiClient) -> None:
    send(api)
    assert send(api, JPEG + b"!", who=SARAH).status == 201


@pytest.mark.parametrize(
    ("content", "said", "status", "field", "words"),
    [
        (b"", {}, 422, "body", "empty"),
        (JPEG, {"bytes": len(JPEG) + 7}, 400, "body", f"{len(JPEG)} of {len(JPEG) + 7} bytes"),
        (JPEG, {"sha256": "ab" * 32}, 400, "sha256", digest(JPEG)),
        (JPEG, {"kind": "film"}, 422, "kind", "photo, voice, note"),
        (JPEG, {"kind": None, "key": ""}, 422, "key", "key"),
        (JPEG, {"captured_at": "yesterday"}, 422, "captured_at", "time zone"),
        (JPEG, {"competencies": ",".join(f"c{n}" for n in range(21))}, 422, "competencies", "at most 20"),
        (JPEG, {"competencies": "x" * 121}, 422, "competencies", "120 characters"),
        (JPEG, {"bytes": "many"}, 422, "bytes", "whole number"),
        (JPEG, {"lesson_id": ".."}, 422, "lesson_id", "id"),
    ],
)
def test_what_is_wrong_is_told_precisely_and_leaves_nothing(
    api: ApiClient, content: bytes, said: dict[str, Any], status: int, field: str, words: str
) -> None:
    answer = send(api, content, **said)
    assert (answer.status, answer.json["errors"][0]["field"]) == (status, field), answer
    assert words in answer.json["detail"]
    assert (listed(api), bytes_kept(api), notes(api)) == ([], [], 0)


def test_a_file_at_the_limit_is_taken_and_one_above_is_refused(api: ApiClient) -> None:
    largest = JPEG + bytes(MOST_BYTES - len(JPEG))
    assert send(api, largest).status == 201
    answer = send(api, largest + b"!", key="device-2")
    assert answer.status == 413
    assert "25000000 bytes" in answer.json["detail"]


class TestWhoMay:
    def test_those_beside_the_learner_see_it_and_every_look_of_theirs_is_on_record(self, api: ApiClient) -> None:
        employ(api)
        evidence_id = send(api).json["evidence_id"]
        for who in (JOE, MO, EMPLOYER, ADA):
            assert [item["evidence_id"] for item in listed(api, who=who)] == [evidence_id]
            assert api.get(f"evidence/{evidence_id}/content", who=who).raw == JPEG
        for action in ("evidence.listed", "evidence.opened"):
            assert sorted(one["actor"] for one in audited(api, action)) == sorted([MO, EMPLOYER, ADA])
            assert {one["subject"] for one in audited(api, action)} == {JOE}

    @pytest.mark.parametrize("who", [SARAH, DANA, ENID, EMPLOYER])
    def test_others_see_nothing_and_cannot_tell_that_there_is_something(self, api: ApiClient, who: str) -> None:
        evidence_id = send(api).json["evidence_id"]
        assert api.get("evidence", who=who, employee_id=JOE).status == 403
        there = api.get(f"evidence/{evidence_id}/content", who=who)
        missing = api.get("evidence/no-such-id/content", who=who)
        assert there.status == missing.status == 404
        assert there.json["detail"].replace(evidence_id, "") == missing.json["detail"].replace("no-such-id", "")
        assert audited(api, "evidence.opened") == audited(api, "evidence.listed") == []

    def test_another_learners_employer_is_none_of_this_one(self, api: ApiClient) -> None:
        employ(api, SARAH)
        send(api)
        assert api.get("evidence", who=EMPLOYER, employee_id=JOE).status == 403

    def test_a_mentor_brings_evidence_of_the_own_learner_only(self, api: ApiClient) -> None:
        assert send(api, who=MO, employee_id=JOE).status == 201
        assert send(api, who=MO, employee_id=SARAH, key="device-2").status == 403
        assert send(api, who=SARAH, employee_id=JOE, key="device-3").status == 403
        assert send(api, who=ADMINISTRATION, employee_id=JOE, key="device-4").status == 403
        assert [item["recorded_by"] for item in listed(api)] == [MO]


class TestTakenBack:
    def test_bytes_and_words_go_and_the_record_says_so(self, api: ApiClient) -> None:
        evidence_id = send(api, caption="Somebody's face").json["evidence_id"]
        assert api.delete(f"evidence/{evidence_id}", who=MO).status == 403
        gone = api.delete(f"evidence/{evidence_id}", who=JOE)
        assert gone.status == 200
        (item,) = listed(api)
        assert (item["content"], item["removed_because"], item["caption"]) == ("removed", "withdrawn", None)
        assert bytes_kept(api) == []
        assert api.get(f"evidence/{evidence_id}/content", who=JOE).status == 410
        assert send(api).json["status"] == "duplicate"  # what the outbox of a phone sends once more does not come back
        assert bytes_kept(api) == []
        assert [one["subject"] for one in audited(api, "evidence.removed")] == [JOE]


def test_a_page_ends_where_the_next_begins(api: ApiClient) -> None:
    for number in range(5):
        api.clock.move(seconds=1)
        send(api, JPEG + bytes([number]), key=f"device-{number}")
    first = api.get("evidence", who=JOE, limit=3).json
    rest = api.get("evidence", who=JOE, limit=3, cursor=first["next_cursor"]).json
    received = [item["received_at"] for item in (*first["items"], *rest["items"])]
    assert len(received) == 5
    assert received == sorted(received, reverse=True)
    assert rest["next_cursor"] is None
    assert api.parts.documents.query(Query("evidence_uploads")) == []
