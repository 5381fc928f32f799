"""ETags over HTTP: what is known is not sent again, and nobody overwrites what they have not seen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.demonstration.organisation import Organisation
from shared.kernel.errors import Conflict
from shared.people.contract import EmployeeBody
from tests.harness.api_client import ADA, JOE, NOW, ApiClient, Reply, call_analysed, role_play
from tests.harness.call_records import call_record
from tests.harness.crash_harness import ADMINISTRATOR

READ = (
    "employees",
    f"employees/{JOE}",
    f"employees/{JOE}/skills",
    f"validation-events/{JOE}",
    "events/evt-joe@augmentcode.com-1?source=voice-roleplay",
    "skills",
    "skills/discovery",
    "skills/discovery/versions",
    "frameworks",
    "frameworks/sales_engineering",
    "readiness",
    "reviews",
    "settings/reviews",
    "settings/assignments",
    "settings/hold-out",
    "calibration",
    "quarantine",
    "openapi.json",
    "docs",
)
DIMENSION = {"values": ["healthcare", "fintech"]}
PUTS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    (f"employees/{JOE}", f"employees/{JOE}", {"name": "One"}, {"name": "Two"}),
    ("skills/discovery", "skills/discovery", {"name": "One"}, {"name": "Two"}),
    ("settings/reviews", "settings/reviews", {"contest_days": 3}, {"contest_days": 4}),
    (
        "frameworks/sales_engineering/dimensions/zone",
        "frameworks/sales_engineering",
        {"values": ["a"]},
        {"values": ["b"]},
    ),
)
"""Where to put, where what stands is read, and two changes."""


class TestKnownAnswers:
    @pytest.mark.parametrize("path", READ)
    def test_an_answer_that_the_caller_has_is_not_sent_again(self, api: ApiClient, path: str) -> None:
        api.record(role_play(1))
        first = api.get(path, who=ADA)
        tag = first.headers["ETag"]
        assert first.status == 200
        assert tag.startswith('"')
        for given in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            known = api.get(path, who=ADA, headers={"If-None-Match": given})
            assert (known.status, known.raw, known.headers["ETag"]) == (304, b"", tag)
        assert api.get(path, who=ADA, headers={"If-None-Match": '"other"'}).raw == first.raw
        endless = ", ".join(['"other"'] * 2_000) + f", {tag}"
        assert api.get(path, who=ADA, headers={"If-None-Match": endless}).raw == first.raw

    def test_a_change_changes_the_tag_and_the_bytes_alone_decide(self, api: ApiClient) -> None:
        path = f"employees/{JOE}/skills"
        before = api.get(path).headers["ETag"]
        assert api.get(path, fields="status").headers["ETag"] != before
        api.record(role_play(1))
        now = api.get(path, headers={"If-None-Match": before})
        assert (now.status, now.headers["ETag"] != before) == (200, True)

    def test_who_may_not_read_learns_nothing_by_a_tag(self, api: ApiClient) -> None:
        refused = api.get(f"employees/{JOE}", who="priya@augmentcode.com", headers={"If-None-Match": "*"})
        assert (refused.status, "ETag" in refused.headers) == (403, False)


class TestPutsOnWhatWasSeen:
    @pytest.mark.parametrize(("path", "seen", "one", "two"), PUTS)
    def test_a_change_of_what_has_changed_since_is_refused_with_the_present_tag(
        self, api: ApiClient, path: str, seen: str, one: dict[str, Any], two: dict[str, Any]
    ) -> None:
        old = api.get(seen, who=ADA).headers["ETag"]
        first = api.put(path, one, who=ADA, headers={"If-Match": old})
        assert (first.status, first.headers["ETag"]) == (200, api.get(seen, who=ADA).headers["ETag"])
        refused = api.put(path, two, who=ADA, headers={"If-Match": old})
        assert (refused.status, refused.fields) == (412, ["If-Match"])
        assert refused.headers["ETag"] == first.headers["ETag"] == api.get(seen, who=ADA).headers["ETag"]
        on_it = api.put(path, two, who=ADA, headers={"If-Match": f'"other", {refused.headers["ETag"]}'})
        assert on_it.status == 200
        assert api.put(path, one, who=ADA, headers={"If-Match": "*"}).status == 200

    @pytest.mark.parametrize(("path", "seen", "one", "two"), PUTS)
    def test_a_weak_tag_matches_nothing_and_words_without_quotes_are_refused(
        self, api: ApiClient, path: str, seen: str, one: dict[str, Any], two: dict[str, Any]
    ) -> None:
        tag = api.get(seen, who=ADA).headers["ETag"]
        assert api.put(path, one, who=ADA, headers={"If-Match": f"W/{tag}"}).status == 412
        endless = ", ".join([tag] * 2_000)
        for header, given in (("If-Match", tag.strip('"')), ("If-Match", endless), ("If-None-Match", tag)):
            refused = api.put(path, one, who=ADA, headers={header: given})
            assert (refused.status, refused.fields) == (422, [header])
        assert api.put(path, one, who=ADA, headers={"If-None-Match": "*"}).status == 412
        assert api.get(seen, who=ADA).headers["ETag"] == tag

    @pytest.mark.parametrize(("path", "seen", "one", "two"), PUTS)
    def test_of_writers_at_once_on_the_same_one_comes_through(
        self, api: ApiClient, path: str, seen: str, one: dict[str, Any], two: dict[str, Any]
    ) -> None:
        tag = api.get(seen, who=ADA).headers["ETag"]
        api.token(ADA)

        def change(body: dict[str, Any]) -> Reply:
            return api.put(path, body, who=ADA, headers={"If-Match": tag})

        with ThreadPoolExecutor(4) as pool:
            found = [answer.status for answer in pool.map(change, [one, two, one, two])]
        assert sorted(found) == [200, 412, 412, 412]

    def test_a_writer_between_the_comparison_and_the_write_is_not_overtaken(self, api: ApiClient) -> None:
        change = api.platform.people.change_employee

        def meanwhile(_: object) -> None:
            change.put(ADMINISTRATOR, JOE, EmployeeBody(name="Meanwhile"))

        with pytest.raises(Conflict):
            change.put(ADMINISTRATOR, JOE, EmployeeBody(name="Late"), meanwhile)
        assert api.get(f"employees/{JOE}").json["name"] == "Meanwhile"

    def test_a_calls_deal_is_linked_on_what_was_seen(self, api: ApiClient) -> None:
        assert api.platform.call_records.create(call_record("gong", "1", NOW, state="observed", employees=[JOE]))
        tag = api.get("calls/gong-1", who=ADA).headers["ETag"]
        first = api.put("calls/gong-1/deal", {"deal_id": "opp-7"}, who=ADA, headers={"If-Match": tag})
        assert (first.status, first.headers["ETag"]) == (200, api.get("calls/gong-1", who=ADA).headers["ETag"])
        refused = api.put("calls/gong-1/deal", {"deal_id": "opp-8"}, who=ADA, headers={"If-Match": tag})
        assert (refused.status, refused.headers["ETag"]) == (412, first.headers["ETag"])
        assert api.get("calls/gong-1", who=ADA).raw == first.raw

    def test_somebody_new_is_created_once(self, api: ApiClient) -> None:
        path, body = "employees/new@x.example", {"name": "New"}
        nothing = api.put(path, body, headers={"If-Match": "*"})
        assert (nothing.status, "ETag" in nothing.headers) == (412, False)
        assert api.put(path, body, headers={"If-None-Match": "*"}).status == 200
        assert api.put(path, {"name": "Newer"}, headers={"If-None-Match": "*"}).status == 412
        assert api.get(path).json["name"] == "New"


class TestWhatIsReadCanBePutBack:
    def test_every_employee_skill_and_framework_of_the_demonstration(self, api: ApiClient) -> None:
        api.import_people(Organisation(NOW.date()).people_csv())
        people = [one["employee_id"] for one in api.get("employees", limit=200).json["employees"]]
        skills = [one["skill_id"] for one in api.get("skills").json["skills"]]
        frameworks = [one["framework_id"] for one in api.get("frameworks").json["frameworks"]]
        assert len(people) > 50
        paths = [f"employees/{one}" for one in people] + [f"skills/{one}" for one in skills]
        for path in (*paths, *(f"frameworks/{one}" for one in frameworks)):
            read = api.get(path)
            written = api.put(path, read.json)
            assert written.status == 200, written
            assert written.raw == api.get(path).raw == read.raw
            assert written.headers["ETag"] == read.headers["ETag"]

    def test_a_record_that_is_put_back_still_comes_from_where_it_came_from(self, api: ApiClient) -> None:
        api.put(f"employees/{JOE}", api.get(f"employees/{JOE}").json, who=ADA)
        api.import_people(f"name,email,role,manager,hire_date\nJoe From File,{JOE},manager,,\n")
        joe = api.get(f"employees/{JOE}").json
        assert (joe["name"], joe["role"]) == ("Joe From File", "manager")

    @pytest.mark.parametrize(
        ("path", "change"),
        [
            (f"employees/{JOE}", lambda read: {**read, "employee_id": "other@x.example"}),
            ("skills/discovery", lambda read: {**read, "skill_id": "closing"}),
            ("skills/discovery", lambda read: {**read, "competency": "closing"}),
            ("skills/discovery", lambda read: {**read, "framework_id": "other"}),
        ],
    )
    def test_the_record_of_another_is_refused_by_name(
        self, api: ApiClient, path: str, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        read = api.get(path).json
        body = change(read)
        refused = api.put(path, body)
        assert refused.status == 422
        assert refused.fields == [name for name in body if body[name] != read[name]]
        assert api.get(path).json == read


def test_an_answer_about_a_call_stays_as_it_is(api: ApiClient) -> None:
    """What was posted is answered as before: tags are of what is read and put."""
    assert "ETag" not in api.post("field-observations", call_analysed(1)).headers
