"""The forms that assign, on a person's page, on My team and of the rules: what cannot be taken is said by its field."""

from __future__ import annotations

import pytest
from werkzeug import Request
from werkzeug.test import Client

from functions.portal.shell.application import Portal
from infra.wiring.sign_in import SignIn
from tests.api.conftest import api, loaded
from tests.enablement.test_deal_assignments import assignments, told
from tests.harness.api_client import DANA, ENID, JOE, SARAH, ApiClient
from tests.harness.browser import ANYBODY, Person, words

__all__ = ["api", "loaded"]

FORM = {"content_id": "hipaa-battlecard", "due_on": "2026-02-20", "reason": "For Friday"}


def browser(api: ApiClient, who: str) -> Person:
    portal = Portal(api.platform.on, SignIn(session_key="a-key-for-tests", demonstration=ANYBODY))
    person = Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))
    person.sign_in(who)
    return person


def test_a_manager_assigns_to_some_of_the_team(api: ApiClient) -> None:
    dana = browser(api, DANA)
    assert "Assign something" in dana.text("/team")
    answer = dana.post("/team", FORM | {"person-0": JOE, "person-1": SARAH})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/team?done=assigned")
    assert [one["given_by"] for who in (JOE, SARAH) for one in assignments(api, who)] == [DANA, DANA]
    again = dana.post("/team", FORM | {"person-0": JOE})
    assert again.headers["Location"] == "/team?done=assigned_before"
    assert "Dana Manager asks you to do something" in browser(api, JOE).text("/notifications")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person-0": ""}, "Choose"),
        ({"reason": " "}, "Say why: the person reads it."),
        ({"reason": "x" * 301}, "At most 300 characters that show."),
        ({"due_on": "Friday"}, "Enter a date as 2026-11-30."),
        ({"due_on": "2026-02-11"}, "A day from today until in a year"),
        ({"content_id": "nothing"}, "is nothing that can be assigned"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_lost(api: ApiClient, change: dict[str, str], said: str) -> None:
    dana = browser(api, DANA)
    dana.get("/team")
    answer = dana.post("/team", {"person-0": JOE, "reason": "Kept as it was", **FORM, **change})
    assert answer.status_code == 422
    assert said in words(answer)
    assert assignments(api) == []


def test_what_was_assigned_is_taken_back_on_the_persons_page(api: ApiClient) -> None:
    enid = browser(api, ENID)
    page = f"/people/{JOE}/preparation"
    assert "Assign something" in enid.text(page)
    assert enid.post(page, FORM | {"person-0": JOE}).headers["Location"].endswith("?done=assigned")
    shown = enid.text(page)
    assert "Assigned by Enid Enablement" in shown
    (one,) = assignments(api)
    taken = enid.post(f"{page}/withdrawal", {"assignment_id": one["assignment_id"]})
    assert taken.headers["Location"].endswith("?done=withdrawn")
    assert "Taken back" in enid.text(page)
    assert len(told(api, JOE, "assignment.withdrawn")) == 1
    assert "Assign something" not in browser(api, JOE).text("/preparation")


def test_the_rules_are_changed_on_their_page(api: ApiClient) -> None:
    enid = browser(api, ENID)
    assert "Off until somebody turns it on" in enid.text("/assignment-rules")
    form = {"on": "yes", "rule-gap": "yes", "most_open": "3", "cooldown_days": "20", "remind_after": "40"}
    wrong = enid.post("/assignment-rules", form | {"most_open": "9"})
    assert (wrong.status_code, "Enter a whole number from 1 to 5." in words(wrong)) == (422, True)
    assert enid.post("/assignment-rules", form).status_code == 303
    kept = api.get("settings/assignments", who=ENID).json
    assert (kept["on"], kept["most_open"], kept["cooldown_days"], kept["remind_after"]) == (True, 3, 20, 0.4)
    assert kept["escalate"] is False
    assert [one["trigger"] for one in kept["rules"] if one["on"]] == ["gap"]
