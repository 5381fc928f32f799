"""Everybody's profiles at once: as each profile's own route shows them, in parts that can be asked for again."""

from __future__ import annotations

import pytest

import shared.ratings.usecases.export_profiles as export_profiles
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import ADA, CRO, JOE, PRIYA, SARAH, ApiClient, call_seen, role_play


@pytest.fixture
def observed(api: ApiClient) -> ApiClient:
    api.record(role_play(1), role_play(2, score=64), call_seen(1), role_play(1, employee=SARAH))
    return api


def test_a_line_is_what_the_profile_shows(observed: ApiClient) -> None:
    lines = observed.get("export/skill-profiles", who=CRO, view="all").lines

    ids = [line["employee_id"] for line in lines]
    assert ids == sorted(ids)
    assert {JOE, SARAH, PRIYA} <= set(ids)
    shown = [observed.get(f"employees/{who}/skills", who=CRO, view="all").json for who in ids]
    assert lines == shown


def test_without_a_view_a_line_has_the_usual_rows_on_one_page(observed: ApiClient) -> None:
    lines = {line["employee_id"]: line for line in observed.get("export/skill-profiles").lines}

    shown = observed.get(f"employees/{JOE}/skills", limit=200).json
    assert lines[JOE]["skills"] == shown["skills"]
    assert lines[JOE]["next_cursor"] is None
    assert lines[JOE].keys() == shown.keys()


def test_it_goes_on_after_the_last_line_until_none_follows(
    observed: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = observed.get("export/skill-profiles").lines
    monkeypatch.setattr(export_profiles, "MOST_PEOPLE", 4)

    found = observed.get("export/skill-profiles").lines
    while more := observed.get("export/skill-profiles", cursor=found[-1]["employee_id"]).lines:
        assert len(more) <= 4
        found += more

    assert found == whole


def test_who_has_left_is_in_no_export(observed: ApiClient) -> None:
    assert observed.put(f"employees/{SARAH}", {"name": "Sarah Johnson", "active": False}).status == 200

    assert SARAH not in {line["employee_id"] for line in observed.get("export/skill-profiles").lines}


def test_each_answer_leaves_one_record_with_how_many_people(observed: ApiClient) -> None:
    lines = observed.get("export/skill-profiles", who=CRO).lines
    observed.get("export/skill-profiles", who=CRO, cursor=lines[-1]["employee_id"])

    (record,) = observed.get("audit", action=str(AuditAction.PROFILES_EXPORTED), who=ADA).json["items"]
    assert (record["actor"], record["subject"]) == (CRO, None)
    others = [line["employee_id"] for line in lines if line["employee_id"] != CRO]
    assert (record["detail"], record["people"]) == (f"{len(lines)} people", others)


def test_a_cursor_is_an_id(observed: ApiClient) -> None:
    refused = observed.get("export/skill-profiles", cursor="a/b")

    assert (refused.status, refused.fields) == (422, ["cursor"])
