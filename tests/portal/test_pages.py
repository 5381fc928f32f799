"""Every page shows what the use cases know, to those who may see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from infra.wiring.ratings import ratings
from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.ratings.domain.explanation import explain
from tests.harness.browser import words
from tests.portal.conftest import House
from tests.ratings.builders import rating_for


def test_leadership_reads_the_answer_as_one_sentence_and_one_number(house: House) -> None:
    answer = house.platform.readiness.answer(Caller(email="x", role="cro"), framework_id="sales_engineering")

    page = house.visit("cro").text("/")

    assert "Are we ready to sell?" in page
    assert answer.sentence.partition(" (")[0] in page
    assert answer.likely_ready is not None
    assert answer.likely_ready_interval is not None
    assert f"{round(answer.likely_ready)} of {answer.people} " in page
    low, high = answer.likely_ready_interval
    assert f"Between {round(low)} and {round(high)} with 80 % probability" in page
    assert answer.share is not None
    assert answer.interval is not None
    assert f"{round(100 * answer.share)} %" in page
    low, high = answer.interval
    assert f"Between {round(100 * low)} and {round(100 * high)} %" in page
    for item in answer.coverage:
        assert (item.name in page) or not item.core


def test_the_heat_map_can_be_turned_to_another_dimension(house: House) -> None:
    page = house.visit("cro").text("/?dimension=deal_size")

    assert "Enterprise" in page
    assert "weak, below 70" in page


def test_an_unknown_dimension_is_refused_in_words(house: House) -> None:
    response = house.visit("cro").get("/?dimension=shoe_size")

    assert response.status_code == 422
    assert "There is no dimension 'shoe_size'." in words(response)


def test_cells_below_five_people_are_suppressed_except_for_the_own_team(house: House) -> None:
    cro, manager = house.visit("cro"), house.visit("manager")
    hidden = 0
    for dimension in ("industry", "deal_size", "buyer_persona", "product_line"):
        answer = house.platform.readiness.answer(Caller(email="x", role="cro"), dimension=dimension)
        suppressed = [cell for line in answer.heat_map for cell in line.cells if cell.suppressed]
        hidden += len(suppressed)

        assert cro.text(f"/?dimension={dimension}").count("people, not shown") == len(suppressed)
        assert "people, not shown" not in manager.text(f"/?dimension={dimension}")

    assert hidden, "the organisation has contexts with few people"


def test_what_changed_compares_with_the_same_people_a_month_ago(house: House) -> None:
    caller = Caller(email="x", role="cro")
    team = house.platform.readiness.team(caller, "sales_engineering")
    before = house.platform.compare.earlier(team, timedelta(days=30))
    assert before is not None

    page = house.visit("cro").text("/")

    now = house.platform.readiness.answer(caller, framework_id="sales_engineering")
    told = f"{before.mean:g} → {now.mean_readiness:g}" in page
    assert told == (round(now.mean_readiness or 0) != round(before.mean or 0)), "a change of less than a point is none"
    validated = {item.name: item.validated for item in before.coverage}
    moved = [item for item in now.coverage if validated.get(item.name, item.validated) != item.validated]
    assert moved
    for item in moved[:2]:
        assert f"{validated[item.name]} → {item.validated}" in page


def test_a_profile_says_what_and_why(house: House) -> None:
    employee_id = house.people["employee"][0]
    projection = house.platform.projecting.seen_by(Caller(email="x", role="enablement"), employee_id).projection
    rows = projection.rows()

    page = house.visit("enablement").text(f"/people/{employee_id}")

    for competency in projection.framework.core:
        row = rating_for(rows, competency)
        assert row is not None
        assert projection.framework.by_competency[competency].name in page
        assert explain(row) in page
    assert "This view is recorded." in page
    assert "What would help most" in page


def test_the_drawn_interval_is_the_rating_s(house: House) -> None:
    employee_id = house.people["employee"][0]
    projection = house.platform.projecting.seen_by(Caller(email="x", role="enablement"), employee_id).projection
    row = next(r for r in projection.rows() if r.context == "" and r.rating is not None and r.low is not None)

    html = house.visit("enablement").get(f"/people/{employee_id}").get_data(as_text=True)

    assert row.low is not None
    assert row.high is not None
    assert f'class="range" x1="{row.low / 100:.2f}%" x2="{row.high / 100:.2f}%"' in html


def test_an_employee_starts_at_the_own_profile_and_leaves_no_audit_record(house: House) -> None:
    person = house.visit("employee")
    before = len(house.platform.audited.page(limit=500).items)

    response = person.get("/")

    assert response.status_code == 303
    assert response.headers["Location"] == "/me"
    assert "What would help most" in person.text("/me")
    assert len(house.platform.audited.page(limit=500).items) == before


@pytest.mark.parametrize(
    ("role", "start"),
    [("manager", "/team"), ("senior_manager", "/"), ("cro", "/"), ("employee", "/me"), ("administrator", "/")],
)
def test_who_signs_in_starts_at_the_question_of_the_role(house: House, role: str, start: str) -> None:
    arrived = house.stranger().sign_in(house.people[role][0])

    assert arrived.status_code == 200
    assert arrived.request.path == start


def test_a_manager_who_asked_for_a_page_comes_to_that(house: House) -> None:
    person = house.stranger()
    person.get("/sign-in?next=/people")
    form = {"employee": house.people["manager"][0], "next": "/people"}

    assert person.post("/sign-in/demonstration", form).headers["Location"] == "/people"
    assert person.get("/").status_code == 200  # readiness stays where it is


def test_every_individual_view_by_leadership_leaves_a_record(house: House) -> None:
    employee_id = house.people["employee"][1]
    cro = house.visit("cro")

    def seen(path: str, action: AuditAction) -> tuple[str, set[str | None]]:
        """The page, and whom the records that it left are about."""
        began = datetime.now(UTC)
        page = cro.get(path).get_data(as_text=True)
        found = house.platform.audited.page(actor=house.people["cro"][0], action=action, since=began, limit=200)
        return page, {name for record in found.items for name in (record.people or (record.subject,))}

    assert seen(f"/people/{employee_id}", AuditAction.PROFILE_VIEWED)[1] == {employee_id}
    page, listed = seen("/people", AuditAction.PROFILES_LISTED)
    links = {unquote(link) for link in re.findall(r'href="/people/([^"?#/]+)"', page)}
    assert listed == links - {house.people["cro"][0]}
    assert len(listed) > 20
    page, active = seen("/activity", AuditAction.ACTIVITY_VIEWED)
    assert active
    assert active <= {unquote(link) for link in re.findall(r'href="/people/([^"?#/]+)', page)}


def test_a_senior_manager_sees_names_but_only_aggregates(house: House) -> None:
    page = house.visit("senior_manager").text("/people")

    assert "Counted in the aggregates only" in page


def test_the_list_and_the_profiles_count_the_same_as_validated(house: House) -> None:
    caller = Caller(email="x", role="cro")
    of = ratings(house.platform.on)
    listed = [one for one in of.list_people.page(caller).people if one.rated]

    for one in listed[:3] + [one for one in listed if one.core_validated][:2]:
        opened = of.profiles.open(caller, one.employee.employee_id, page="profile", named=str)
        assert (one.validated, one.core) == (opened.validated, opened.answer.core_competencies)
        assert one.core_validated == (one.validated == one.core)
    page = house.visit("cro").text("/people")
    for one in listed:
        said = f"All {one.core}" if one.core_validated else f"{one.validated} of {one.core}"
        assert f"{said} " in page[page.index(one.employee.name) :][:400]


def test_people_stand_in_the_order_of_their_names_and_enablement_reads_no_figures(house: House) -> None:
    of = ratings(house.platform.on).list_people
    listed = of.page(Caller(email="x", role="cro")).people
    designed = of.page(Caller(email="x", role="enablement")).people
    names = [one.employee.name.casefold() for one in listed]

    assert names == sorted(names)
    assert [one.employee for one in designed] == [one.employee for one in listed]
    assert {one.readiness for one in designed} == {None}
    page = house.visit("enablement").text("/people")
    assert "On the profile" in page
    assert " of 100" not in page


def test_people_can_be_searched(house: House) -> None:
    cro = house.visit("cro")
    name = house.platform.employee(house.people["employee"][2]).name

    found = cro.text(f"/people?search={name.split()[0].lower()}")
    nobody = cro.text("/people?search=nobody-of-that-name")

    assert name in found
    assert "Nobody found" in nobody


def test_activity_lists_the_newest_and_pages_back(house: House) -> None:
    cro = house.visit("cro")

    html = cro.get("/activity").get_data(as_text=True)
    older = re.search(r'href="(/activity\?kind=validation&amp;after=[^"]+)"', html)

    assert older, "there are more than 25 validations"
    assert "Latest events" in cro.text(older[1].replace("&amp;", "&"))
    for odd in (
        "nonsense",
        "2026-02-10T00:00:00Z~",
        "2026-02-10T00:00:00~a",
        "2026-02-10T00:00:00Z~a/b",
        "0001-01-01T00:00:00%2B23:59~a",
    ):
        assert cro.get(f"/activity?after={odd}").status_code == 422


def test_every_page_shown_is_counted_once(house: House) -> None:
    person = house.visit("manager")
    seen: list[tuple[str, str]] = []
    house.platform.page_views.viewed, original = (  # type: ignore[method-assign]
        lambda caller, page: seen.append((caller.email, page)),
        house.platform.page_views.viewed,
    )
    try:
        person.get("/")
        person.get("/people")
        person.get("/no-such-page")
    finally:
        house.platform.page_views.viewed = original  # type: ignore[method-assign]

    assert seen == [(house.people["manager"][0], "readiness"), (house.people["manager"][0], "people")]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/people",
        "/me",
        "/activity",
        "/activity?kind=field",
        "/activity?kind=learning",
        "/skills",
        "/skills/sales_engineering/add",
        "/skills/sales_engineering/discovery",
        "/skills/sales_engineering/discovery/rule",
        "/skills/sales_engineering/discovery/rule?new=yes",
        "/dimensions/sales_engineering",
        "/calls",
        "/calls?state=failed",
        "/calls/analyses",
        "/reviews",
        "/reviews?state=decided&reason=sample",
        "/analysts",
        "/held-scores",
        "/health",
        "/calibration",
        "/assignment-rules",
        "/hold-out",
        "/quarantine",
        "/dead-letters",
        "/webhooks",
        "/audit",
    ],
)
def test_every_page_opens_for_the_administrator_and_is_never_stored(house: House, address: str) -> None:
    response = house.visit("administrator").get(address)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    html = response.get_data(as_text=True)
    assert " style=" not in html
    assert "<script>" not in html
    assert len(re.findall(r"<h1[ >]", html)) == 1


def test_static_files_are_kept_for_a_year_under_their_digest(house: House) -> None:
    person = house.stranger()
    html = person.get("/sign-in").get_data(as_text=True)
    address = re.search(r'href="(/assets/portal\.[0-9a-f]{12}\.css)"', html)
    assert address

    style = person.get(address[1])

    assert style.status_code == 200
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert person.get("/assets/portal.000000000000.css").status_code == 404
    assert person.get("/assets/../main.py").status_code == 404


def test_people_are_found_as_their_names_are_typed(house: House) -> None:
    someone = house.platform.employee(house.people["employee"][0])
    typed = " ".join(reversed(someone.name.upper().split()))
    cro = house.visit("cro")

    assert someone.name in cro.text(f"/people?search={typed}")
    assert someone.name in house.stranger().text(f"/sign-in?person={typed}")
    assert "Nobody found" in house.stranger().text("/sign-in?person=nobody-of-that-name")
    assert f'value="{someone.name}"' in cro.get(f"/calls?employee={typed}").get_data(as_text=True)
    several = cro.get("/calls?employee=s")
    assert several.status_code == 422
    assert "choose one, or write more of the name" in words(several)
    assert "is called 'zzz'" in words(cro.get("/calls?employee=zzz"))


def test_pages_say_how_far_the_demonstration_is_and_ask_again_only_then(house: House) -> None:
    cro, stranger = house.visit("cro"), house.stranger()
    house.platform.on.filling = "12 of 40 calls analysed"
    try:
        for page in (cro.get("/people"), stranger.get("/sign-in")):
            assert "still filling: 12 of 40 calls analysed" in words(page)
            assert "connect-src 'self'" in page.headers["Content-Security-Policy"]
        assert stranger.get("/filling").get_data(as_text=True) == "12 of 40 calls analysed"
    finally:
        house.platform.on.filling = ""
    assert "still filling" not in cro.text("/people")
    assert "connect-src" not in cro.get("/people").headers["Content-Security-Policy"]


def test_the_latest_events_are_in_the_order_of_the_times_that_they_show(house: House) -> None:
    for kind in ("validation", "field"):
        page = house.visit("cro").get(f"/activity?kind={kind}").get_data(as_text=True)
        shown = re.findall(r'<time datetime="([^"]+)"', page)
        assert len(shown) > 20
        assert shown == sorted(shown, reverse=True)
