"""The log of changes: who keeps a copy of the profiles reads whose changed, when it can be seen by them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from infra.declarations.pipeline import load_pipeline
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.changes import HORIZON, KEPT
from shared.ports.documents import Query
from tests.harness.api_client import (
    ADA,
    ADMINISTRATION,
    CRO,
    ENID,
    JOE,
    NOW,
    SARAH,
    ApiClient,
    call_analysed,
    call_seen,
    lesson,
    role_play,
)

SETTLED = HORIZON.total_seconds() + 1


class Copy:
    """A copy of the profiles, kept from the export and the log alone."""

    def __init__(self, api: ApiClient, who: str, limit: int = 200) -> None:
        self.api, self.who, self.limit = api, who, limit
        self.cursor = self._asked({})["cursor"]
        self.profiles = {line["employee_id"]: line for line in self.export()}
        self.told: list[dict[str, Any]] = []

    def export(self) -> list[dict[str, Any]]:
        return self.api.get("export/skill-profiles", who=self.who).lines

    def poll(self) -> list[dict[str, Any]]:
        """Takes in what there is, and returns it."""
        told: list[dict[str, Any]] = []
        more = True
        while more:
            answer = self._asked({"after": self.cursor, "limit": self.limit})
            assert len(answer["changes"]) <= self.limit
            for change in answer["changes"]:
                self._take(change)
            told += answer["changes"]
            self.cursor, more = answer["cursor"], answer["more"]
        return told

    def _take(self, change: dict[str, Any]) -> None:
        if change["employee_id"] is None:
            gone = [one for one in self.profiles if hashlib.sha256(one.encode()).hexdigest() == change["erased"]]
            for one in gone:
                del self.profiles[one]
        elif change["profile"] is None:
            self.profiles.pop(change["employee_id"], None)
        else:
            self.profiles[change["employee_id"]] = change["profile"]

    def _asked(self, query: dict[str, Any]) -> dict[str, Any]:
        answer = self.api.get("changes", who=self.who, **query)
        assert answer.status == 200, answer
        return dict(answer.json)

    @property
    def is_whole(self) -> bool:
        return sorted(self.profiles.values(), key=lambda one: str(one["employee_id"])) == self.export()


def settle(api: ApiClient) -> None:
    """Lets what has been recorded become ratings, and the log pass it."""
    api.deliver()
    api.clock.move(seconds=SETTLED)


def test_a_new_rating_enters_the_log_once_nothing_can_come_before_it(api: ApiClient) -> None:
    copy = Copy(api, CRO)
    api.record(role_play(1), role_play(2))
    api.deliver()

    assert copy.poll() == []
    api.clock.move(seconds=SETTLED)
    told = copy.poll()

    assert JOE in {one["employee_id"] for one in told}
    (joe,) = [one for one in told if one["employee_id"] == JOE and one["about"] != ["places"]]
    assert "skills" in joe["about"]
    assert copy.poll() == []
    assert copy.is_whole


def test_a_copy_follows_corrections_voids_records_and_leavers(api: ApiClient) -> None:
    copy = Copy(api, CRO, limit=3)
    api.record(role_play(1), call_seen(1), lesson(1), call_seen(1, employee=SARAH, score=64))
    settle(api)
    copy.poll()
    assert copy.is_whole

    assert api.post("voids", {"event_id": f"evt-{JOE}-1", "source": "voice-roleplay", "reason": "Twice"}).status == 200
    again = call_seen(1, employee=SARAH, score=91) | {"observation_id": "again"}
    again["analysis_metadata"] = {"analysis_version": 2, "human_reviewed": True}
    api.record(again)
    assert api.put("employees/new@augmentcode.com", {"name": "New One"}).status == 200
    assert api.put(f"employees/{ENID}", {"name": "Enid", "role": "enablement", "active": False}).status == 200
    settle(api)
    copy.poll()

    assert ENID not in copy.profiles
    assert "new@augmentcode.com" in copy.profiles
    assert copy.is_whole


def test_with_a_new_day_every_profile_is_told_of(api: ApiClient) -> None:
    api.record(role_play(1), call_seen(1))
    settle(api)
    copy = Copy(api, CRO, limit=4)
    api.clock.move(days=1)

    told = copy.poll()

    assert {one["employee_id"] for one in told} == {line["employee_id"] for line in copy.export()}
    assert {tuple(one["about"]) for one in told} == {("day",)}
    assert len(told) == len(copy.profiles)
    assert copy.is_whole


def test_who_was_erased_is_told_of_without_a_name(api: ApiClient) -> None:
    api.record(role_play(1))
    settle(api)
    copy = Copy(api, CRO)
    assert api.post(f"employees/{JOE}/erasure", {"employee_id": JOE}, who=ADA).status == 202
    settle(api)

    told = copy.poll()

    assert JOE not in repr(told)
    assert JOE not in copy.profiles
    assert copy.is_whole


def test_scores_that_are_closed_enter_when_they_open(api: ApiClient) -> None:
    api.record(call_seen(1), call_seen(2, days_ago=2), call_seen(3, days_ago=3))
    settle(api)
    copies = Copy(api, CRO), Copy(api, ADMINISTRATION)
    before = copies[0].profiles[JOE]
    just_now, of_last_week = ((NOW - ago).isoformat() for ago in (timedelta(minutes=10), timedelta(days=5)))
    api.record(call_analysed(9, timestamp=just_now), call_analysed(10, timestamp=of_last_week))
    settle(api)
    for copy in copies:
        told = copy.poll()
        rows = [change["profile"]["skills"] for change in told if change["employee_id"] == JOE]
        assert rows
        assert all(one == before["skills"] for one in rows)
        assert copy.profiles[JOE]["scores_open_at"] is not None
        assert copy.is_whole

    for hours in (12, 11.9, 0.2, 12, 11.6):  # the older opens after a day, the other after two; a midnight between
        api.clock.move(hours=hours)
        for copy in copies:
            copy.poll()
            assert copy.is_whole
    closed = copies[0].profiles[JOE]["skills"]
    assert closed != before["skills"]  # by now one of them is open
    api.clock.move(hours=0.4)
    for copy in copies:
        (opened,) = copy.poll()

        assert (opened["employee_id"], opened["about"]) == (JOE, ["opened"])
        assert opened["profile"]["skills"] != closed
        assert opened["profile"]["scores_open_at"] is None
        assert copy.is_whole


def test_another_time_for_the_employee_to_see_scores_first_is_told_of_everybody(api: ApiClient) -> None:
    api.clock.move(seconds=SETTLED)  # past the import of these people
    copy = Copy(api, CRO)
    for hours in (0, 0):  # the second changes nothing
        assert api.put("settings/reviews", {"employee_first_hours": hours}).status == 200
    api.clock.move(seconds=SETTLED)

    told = copy.poll()

    assert {tuple(one["about"]) for one in told} == {("settings",)}
    assert {one["employee_id"] for one in told} == set(copy.profiles)


def test_a_cursor_older_than_the_log_is_told_to_begin_again(api: ApiClient) -> None:
    cursor = api.get("changes", who=CRO).json["cursor"]
    api.clock.move(seconds=KEPT.total_seconds() + 1)

    refused = api.get("changes", who=CRO, after=cursor)

    assert (refused.status, refused.fields) == (410, ["cursor"])
    assert "export/skill-profiles" in refused.json["detail"]


@pytest.mark.parametrize("cursor", ["x", "WyIiLCIyMDI2LTAyLTEyIiwiYSJd", "WyIiLCIiXQ"])
def test_a_cursor_that_was_never_given_is_refused(api: ApiClient, cursor: str) -> None:
    refused = api.get("changes", who=CRO, after=cursor)

    assert (refused.status, refused.fields) == (422, ["after"])


def test_what_is_told_is_on_record_and_nothing_is_where_nothing_is_told(api: ApiClient) -> None:
    copy = Copy(api, CRO)
    copy.poll()
    api.record(role_play(1))
    settle(api)
    told = copy.poll()

    records = api.get("audit", action=str(AuditAction.PROFILES_EXPORTED), who=ADA).json["items"]
    (record,) = records  # the same people as the first export named, in one hour
    assert record["detail"] == f"{len(copy.profiles)} people"
    assert record["people"] == sorted({one["employee_id"] for one in told} - {CRO})


def test_the_log_goes_when_nobody_can_follow_it_any_more(api: ApiClient) -> None:
    api.record(role_play(1))
    api.deliver()

    found = api.platform.documents.query(Query("changes"))
    entries = [document for document in found if document.data["employee_id"] == JOE]
    assert entries
    assert load_pipeline().documents.expires["changes"] == "expires_at"
    for entry in entries:
        assert timedelta(0) < entry.data["expires_at"] - entry.data["at"] - KEPT <= timedelta(days=1)
