"""Every address, as every role, on an empty platform, in a small organisation and among 1,000 people."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from functions.portal.people.page import PER_PAGE
from functions.portal.shell.routes import ROUTES
from infra.demonstration.model import framework
from shared.kernel.access import ROLES
from shared.ports.documents import Query, Where
from tests.harness.browser import words
from tests.harness.speed import Moments
from tests.portal.conftest import ADMINISTRATION, House
from tests.portal.lived_in import as_role, live_in
from tests.portal.walk import BUDGETS, Seen, Walk, grow, is_act, visited
from tests.proofs.large_organisation import added_up, measured

LEADERS_PAGES = ("/", "/people", "/activity", "/calls", "/reviews", "/analysts", "/people?search=a")
AS_FULL = {"/people?search=a": "/people"}
"""Which page shows among 100 people as many as this one may among 1,000, of whom a search finds ten times more."""


MOST_FIRST = tuple(reversed(ROLES))
"""Who sees most teaches the walk the ids with which the others ask."""


def wrong_everywhere(house: House, walk: Walk, roles: Sequence[str] = MOST_FIRST) -> tuple[list[str], set[str]]:
    """What is wrong with the pages of every role, and which pages somebody was shown."""
    seen = [one for role in roles for one in walk.of(as_role(house, role), role)]
    return [told for one in seen for told in one.wrong()], {one.name for one in seen if one.status == 200}


def test_a_small_organisation(tmp_path_factory: pytest.TempPathFactory, built: Path) -> None:
    house = House(tmp_path_factory.mktemp("small"), built)
    wrong, shown = wrong_everywhere(house, Walk(live_in(house)))

    house.parts.close()
    assert wrong == []
    assert {route.name for route in ROUTES if not is_act(route)} - shown == set(), "pages that nobody was shown"


def test_an_empty_platform(tmp_path_factory: pytest.TempPathFactory) -> None:
    house = Bare(tmp_path_factory.mktemp("empty"))

    wrong, _ = wrong_everywhere(house, Walk(acts=False))

    house.parts.close()
    assert wrong == []


def test_a_thousand_people(grown: dict[int, House], moments: Moments) -> None:
    wrong, _ = wrong_everywhere(grown[1_000], Walk(acts=False, filters=False), moments.of(MOST_FIRST, between=3))

    assert wrong == []


class Bare(House):
    """A platform with one person of each role, of whom nothing was ever observed."""

    def _fill(self, people: str, engineers: object) -> None:
        self.people = {role: [f"{role}@augmentcode.com"] for role in ROLES}
        rows = [f"{role.title()} Person,{role}@augmentcode.com,{role},," for role in ROLES]
        self.platform.publish_frameworks.install(framework(), ADMINISTRATION)
        told = "\n".join(["name,email,role,manager,hire_date", *rows])
        self.platform.people.import_people.from_csv(ADMINISTRATION, told.encode())


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[dict[int, House]]:
    """The same organisation with 100 and with 1,000 people."""
    made = {}
    for number in (100, 1_000):
        larger = tmp_path_factory.mktemp(f"larger-{number}")
        shutil.copytree(built, larger, dirs_exist_ok=True)
        grow(larger, number)
        made[number] = House(tmp_path_factory.mktemp(f"of-{number}"), larger)
    yield made
    for house in made.values():
        house.parts.close()


def test_a_leader_s_pages_at_1000_people_are_hardly_larger_than_at_100(grown: dict[int, House]) -> None:
    """A page costs what it shows: only what everybody's ratings are read for may cost more."""
    wrong = []
    leader = {number: house.visit("cro") for number, house in grown.items()}
    for address in LEADERS_PAGES:
        name = address.partition("?")[0].strip("/") or "readiness"
        few = visited(leader[100], "cro", name, AS_FULL.get(address, address))
        many = visited(leader[1_000], "cro", name, address)
        for what, least, most in (
            ("bytes", few.bytes, many.bytes),
            ("elements", few.elements, many.elements),
            ("milliseconds", 1_000 * few.seconds, 1_000 * many.seconds),
        ):
            factor = BUDGETS["from_100_to_1000_people"][what]
            if most > factor * max(least, BUDGETS["from_100_to_1000_people"][f"from_{what}"]):
                wrong.append(f"{address}: {least:,.0f} to {most:,.0f} {what}, more than {factor} times")
        wrong += many.wrong()
    assert wrong == []


def test_a_search_finds_everybody_once_a_page_at_a_time(grown: dict[int, House]) -> None:
    """On pages as full as those of the list without a search, to the end of what is found."""
    leader, address = grown[1_000].visit("cro"), "/people?search=a"
    found, rows = Counter[str](), []
    while address:
        page = visited(leader, "cro", "people", address).text
        shown = re.findall(r'href="(/people/[^"?]+)"', page.partition("<tbody")[2].partition("</tbody")[0])
        rows.append(len(shown))
        found.update(shown)
        more = re.search(r'href="(/people\?search=a&amp;after=[^"]+)"', page)
        address = unescape(more[1]) if more else ""
    people = grown[1_000].parts.documents.query(Query("employees", [Where("active", "==", True)]))
    beginning = {f"/people/{one.id}" for one in people if "a" in one.data["searched_by"]}
    assert len(beginning) > 2 * PER_PAGE, "several pages"
    assert set(map(unquote, found)) == beginning
    assert set(found.values()) == {1}
    assert set(rows[:-1]) == {PER_PAGE}
    assert 0 < rows[-1] <= PER_PAGE


def test_the_page_of_many_shows_what_was_added_up_and_says_when(grown: dict[int, House]) -> None:
    house = grown[1_000]
    person = house.visit("cro")
    at_once = words(person.get("/"))
    done = added_up(house.platform.on)
    assert done[1] == 1
    text = words(person.get("/"))
    assert "so many people are looked at every half hour" in text
    assert "so many people are looked at" not in at_once
    # All but what it says of when, and what moved in a month, which is told of up to 300 people.
    assert text.partition("Likely ready")[2] == at_once.partition("Likely ready")[2]


def test_a_process_that_reads_everybody_s_ratings_stays_small(tmp_path: Path, built: Path) -> None:
    """1,000 people took over 400 MB. 5,000 fit into that now: `./scripts/prove large_organisation` opens them."""
    shutil.copytree(built, tmp_path / "one")
    grow(tmp_path / "one", 1_000)

    opened = measured(tmp_path / "one", 1_000)

    assert opened.megabytes < 300


NAVIGATION = '<nav aria-label="Main"></nav>'


@pytest.mark.parametrize(
    ("status", "text", "told"),
    [
        (200, "<p>Mean readiness None</p>", "writes '<p>Mean readiness None"),
        (200, '<input value="None">', "writes"),
        (200, "<td>&lt;built-in method values of dict object&gt;</td>", "writes"),
        (200, "<p>datetime.date(2026, 11, 29)</p>", "writes"),
        (200, "<p>They open for you on 30 Nov 2026, 18:44 UTC.</p>", "writes"),
        (200, "<h1>sales_engineering</h1>", "writes"),
        (403, f"{NAVIGATION}<p>This takes the permission for it.</p>", "writes"),
        (403, f"{NAVIGATION}<p>You lack histories.read.</p>", "writes"),
        (404, "<h1>There is no such page</h1>", "lost the navigation"),
        (500, NAVIGATION, "answers 500"),
        (200, "<p>" + 30_000 * "a", "bytes: 30,003 of 30,000"),
        (200, 601 * "<p>", "elements: 601 of 600"),
    ],
)
def test_a_page_that_is_wrong_is_told(status: int, text: str, told: str) -> None:
    [wrong] = Seen("employee", "reviews", "/reviews", status, text, 0.0).wrong()

    assert wrong.startswith(f"employee at /reviews: {told}")


def test_a_page_says_what_it_may() -> None:
    text = (
        "<time>18:44 UTC</time><code>allowed_callers</code><pre>None</pre>"
        '<h2 class="break sent">“some_word”</h2><p>Nonetheless true, 5 points.</p>'
    )
    assert Seen("employee", "reviews", "/reviews", 200, text, 0.9).wrong() == []
    assert Seen("employee", "reviews", "/reviews", 200, text, 1.1).wrong() == [
        "employee at /reviews: milliseconds: 1,100 of 1,000"
    ]


def test_nobody_is_offered_a_thousand_people(grown: dict[int, House]) -> None:
    house = grown[1_000]
    for person, address in ((house.visit("cro"), "/calls"), (house.stranger(), "/sign-in")):
        page = visited(person, "cro", address.strip("/").replace("-", "_"), address)
        assert page.wrong() == []
        assert page.text.count("<option") < 40
