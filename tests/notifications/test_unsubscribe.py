"""The links that end mails (case J21): looking changes nothing, one click by POST does, and the rest is still sent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from werkzeug import Request, Response
from werkzeug.test import Client, TestResponse

from functions.portal.shell.application import Portal
from infra.wiring.sign_in import SignIn
from shared.notifications.domain.one_click import OneClick
from shared.ports.documents import Query
from tests.notifications.house import DANA, JOE, House
from tests.notifications.test_sending import CALLER, choose

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def portal(house: House) -> Client:
    made = Portal(house.on(), SignIn(session_key="key"))

    @Request.application
    def answering(request: Request) -> Response:
        return made.respond(request)

    return Client(answering)


def link(house: House, mail: int = -1) -> str:
    """The path of the link in a mail."""
    source = house.mails()[mail]["source"]
    [line] = [one for one in source.splitlines() if one.startswith("List-Unsubscribe: ")]
    return str(line.partition("<https://skills.example.com")[2].removesuffix(">"))


def preferences(house: House) -> Mapping[str, object]:
    return {one.id: one.data for one in house.world.store.query(Query("notification_preferences"))}


def mailed(house: House) -> str:
    house.tell()
    house.run()
    return link(house)


def test_j21_scanners_and_looking_change_nothing(house: House) -> None:
    path = mailed(house)
    client = portal(house)
    page = client.get(path, headers={"User-Agent": "Mozilla/5.0 (compatible; scanner)"})
    assert page.status_code == 200
    assert "Do not send this any more" in page.text
    assert client.head(path).status_code == 200
    assert client.options(path).status_code == 405
    assert client.post(path).status_code == 400
    assert preferences(house) == {}


def test_j21_one_click_takes_effect_at_once_without_session_token_or_redirect(house: House) -> None:
    path = mailed(house)
    client = portal(house)
    answers: list[TestResponse] = [client.post(path, data=ONE_CLICK) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Set-Cookie" not in answer.headers for answer in answers)
    assert "It is off already" in client.get(path).text
    house.tell(once="2")
    house.run(hours=24)
    assert len(house.mails()) == 1


def test_j21_it_ends_one_kind_and_never_what_must_be_sent(house: House) -> None:
    portal(house).post(mailed(house), data=ONE_CLICK)
    house.tell(kind="escalation.raised", facts={"by": DANA, "to": DANA})
    house.tell(kind="grant.given", facts={"by": DANA, "to": DANA})
    house.run()
    assert len(house.mails()) == 3
    [escalation] = [one for one in house.deliveries() if one.kind == "escalation.raised"]
    path = OneClick("key", "").link(escalation.delivery_id)
    answer = portal(house).post(path, data=ONE_CLICK)
    assert (answer.status_code, "This is always sent" in answer.text) == (200, True)
    house.tell(kind="escalation.raised", facts={"by": DANA, "to": DANA}, once="2")
    house.run()
    assert len(house.mails()) == 4


def test_j21_of_a_summary_it_ends_the_summary_alone(house: House) -> None:
    choose(house, {"preparation.assigned": "daily", "grant.given": "now"})
    house.tell()
    house.run(hours=24)
    path = link(house)
    assert portal(house).post(path, data=ONE_CLICK).status_code == 200
    shown = house.use_cases().settings.show(CALLER, JOE)
    modes = {one.kind: one.mode for one in shown.choices if one.channel == "email"}
    assert "daily" not in modes.values()
    assert (modes["preparation.assigned"], modes["grant.given"], modes["escalation.raised"]) == ("off", "now", "now")
    assert "It is off already" in portal(house).get(path).text


@pytest.mark.parametrize("change", [lambda path: path[:-1], lambda path: path[:-1] + "g", lambda path: path + "/"])
def test_a_link_that_was_not_made_here_leads_nowhere(house: House, change: object) -> None:
    path = mailed(house)
    wrong = change(path)  # type: ignore[operator]
    for answer in (portal(house).get(wrong), portal(house).post(wrong, data=ONE_CLICK)):
        assert answer.status_code == 404
    assert preferences(house) == {}
