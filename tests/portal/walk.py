"""Walks every page of a portal as every role, and says what is wrong with each: words, size, cost.

Addresses come from the table of routes, from the links that pages show and from the filters that they offer, so that a
new page or a new filter is walked without a word here.
"""

from __future__ import annotations

import re
import sqlite3
import time
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from functions.portal.shell.pages import Route
from functions.portal.shell.rendering import PORTAL
from functions.portal.shell.routes import ROUTES
from shared.kernel.access import Permission
from tests.harness.browser import Person

BUDGETS = tomllib.loads((PORTAL / "budgets.toml").read_text("utf-8"))
PYTHON = re.compile(
    r"<built-in|&lt;built-in|&lt;\w+ object|object at 0x|Traceback|\b(?:None|True|False|nan|inf|undefined)\b|\[\]"
    r"|\{(?:'|&#39;)|\b(?:datetime\.\w+|Decimal|Undefined|dict_\w+|frozenset|set)\("
)
"""What only a programmer would write on a page."""
AS_SENT = re.compile(r"<(pre|textarea)\b.*?</\1>", re.DOTALL)
"""An event as its sender wrote it and a person's own words, in which any of these may stand."""
NOT_SAID = re.compile(
    r"<(head|svg|code|option|time)\b.*?</\1>|<\w+[^>]* class=\"[^\"]*\b(?:mono|sent)\b[^\"]*\".*?</", re.DOTALL
)
"""What is no sentence of ours: names of settings in type of their own, choices, moments that are told in the zone."""
IDENTIFIER = re.compile(r"\b[a-z]+_[a-z]\w*")
FIXED_ZONE = re.compile(r"\d\d:\d\d UTC")
JARGON = re.compile(r"\bpermission|" + "|".join(re.escape(one) for one in get_args(Permission)))
"""What a refusal does not speak of: the person who reads it has a role."""
PAGES = Map([Rule(route.path, endpoint=route.name) for route in ROUTES], merge_slashes=False).bind("localhost")


@dataclass(frozen=True)
class Seen:
    """One page as one role saw it. seconds: of the processor"""

    role: str
    name: str
    address: str
    status: int
    text: str
    seconds: float

    @property
    def bytes(self) -> int:
        return len(self.text.encode())

    @property
    def elements(self) -> int:
        return len(re.findall(r"<[a-z]", self.text))

    @property
    def looks(self) -> tuple[str, int, frozenset[str]]:
        """What a browser draws it from: pages that differ in words and numbers alone look alike."""
        main = self.text.partition("<main")[2]
        return (
            self.name if self.status == 200 else "",
            self.status,
            frozenset(re.findall(r'<[a-z]\w*(?: class="[^"]*")?', main)),
        )

    def wrong(self) -> list[str]:
        """What is wrong with it: of a page that is refused or missing, its words alone."""
        told = [f"writes {said!r}" for said in self._odd_words()]
        if self.status >= 500:
            told.append(f"answers {self.status}")
        if self.status >= 400 and "<nav aria-label=" not in self.text:
            told.append("lost the navigation")
        if self.status == 200:
            budget = {**BUDGETS["page"], **BUDGETS.get(self.name, {})}
            told += [
                f"{what}: {measured:,.0f} of {budget[what]:,}"
                for what, measured in (
                    ("bytes", self.bytes),
                    ("elements", self.elements),
                    ("milliseconds", 1_000 * self.seconds),
                )
                if measured > budget[what]
            ]
        return [f"{self.role} at {self.address}: {one}" for one in told]

    def _odd_words(self) -> Iterator[str]:
        shown = AS_SENT.sub("", self.text)
        said = unescape(re.sub(r"<[^>]+>", " ", NOT_SAID.sub(" ", shown)))
        kinds = [(PYTHON, shown), (IDENTIFIER, said), (FIXED_ZONE, said)]
        for kind, where in [*kinds, *([(JARGON, said)] if self.status >= 400 else [])]:
            if found := kind.search(where):
                yield " ".join(where[max(0, found.start() - 60) : found.end() + 20].split())


class _Leads(HTMLParser):
    """Reads where a page leads: its links, and what each filter offers, the first and the last of its choices."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._filter: str | None = None
        self._select: str | None = None
        self._options: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "a" and of.get("href", "").startswith("/"):
            self.found.append(of["href"])
        elif tag == "form":
            self._filter = of.get("action") if of.get("method") == "get" else None
        elif tag == "input" and self._filter and of.get("type") in ("search", "text"):
            self.found += [self._asked(of["name"], word) for word in ("a", "nobody of that name")]
        elif tag == "select" and self._filter:
            self._select, self._options = of["name"], []
        elif tag == "option" and self._select:
            self._options.append(of.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self.found += [
                self._asked(self._select, value)
                for value in dict.fromkeys(self._options[:: len(self._options) - 1 or 1])
            ]
            self._select = None
        elif tag == "form":
            self._filter = None

    def _asked(self, name: str, value: str) -> str:
        return f"{self._filter}?{urlencode({name: value})}"


@dataclass
class Walk:
    """Walks a portal. values: what stands for the variables of addresses, as the pages' own links tell it

    acts: also asks for what forms are sent to, where a page is shown again after a session has ended
    filters: also asks for what links and filters ask of a page
    """

    values: dict[str, str] = field(default_factory=dict)
    acts: bool = True
    filters: bool = True

    def of(self, person: Person, role: str) -> Iterator[Seen]:
        """Opens every page that somebody of that role can come to, and those that lead nowhere for them."""
        routes = {route.name: route for route in ROUTES if self.acts or not is_act(route)}
        todo = deque(self._known(routes.values()))
        gone: set[object] = set()
        while True:
            while todo:
                address = todo.popleft()
                name, variant = self._variant(address)
                if name not in routes or variant in gone or not (self.filters or variant == (name, ())):
                    continue
                gone.add(variant)
                seen = patiently(person, role, name, address)
                todo.extend(_Leads(seen.text).found if seen.status == 200 else ())
                yield seen
            missed = [route for route in routes.values() if (route.name, ()) not in gone]
            if not missed:
                return
            todo.extend(self._known(missed) or [_address(route, {}) for route in missed])

    def _known(self, routes: Iterable[Route]) -> list[str]:
        return [_address(one, self.values) for one in routes if self.values.keys() >= set(_variables(one))]

    def _variant(self, address: str) -> tuple[str, object]:
        """Returns which page it is, and in which of its forms: by the names of what is asked for, of a filter's choice
        by its value."""
        path = urlsplit(address)
        try:
            name, arguments = PAGES.match(path.path)
        except HTTPException:
            return "", ()
        for variable, value in arguments.items():
            self.values.setdefault(variable, unquote(str(value)))
        asked = [
            (key, value if len(value) < 30 else "") for key, value in parse_qsl(path.query, keep_blank_values=True)
        ]
        if len(asked) > 1 or (asked and asked[0][0] in ("after", "from")):
            return name, (name, tuple(sorted(key for key, _ in asked)))
        return name, (name, tuple(asked))


def is_act(route: Route) -> bool:
    """Tells whether an address shows the page of another one, for who comes back to where a form was sent."""
    return any(one.show == route.show and one is not route and one.path in route.path for one in ROUTES)


def _variables(route: Route) -> list[str]:
    return re.findall(r"<(\w+)>", route.path)


def _address(route: Route, values: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: quote(values.get(found[1], "none")), route.path)


def patiently(person: Person, role: str, name: str, address: str) -> Seen:
    """Visits a page; once more where it was slow: the first visit loads what it needs, and others share the machine."""
    seen = visited(person, role, name, address)
    slow = {**BUDGETS["page"], **BUDGETS.get(name, {})}["milliseconds"] / 1_000
    if seen.seconds > slow:
        seen = min(seen, visited(person, role, name, address), key=lambda one: one.seconds)
    return seen


def visited(person: Person, role: str, name: str, address: str) -> Seen:
    began = time.process_time()
    response = person.client.get(address)
    seconds = time.process_time() - began
    text = "" if (response.mimetype or "").startswith("image/") else response.get_data(as_text=True)
    return Seen(role, name, address, response.status_code, text, seconds)


def grow(directory: Path, people: int) -> None:
    """Adds employees to a closed platform until there are so many: copies of those who are rated, with their states."""
    with sqlite3.connect(directory / "documents.sqlite") as file:
        like = [whose for (whose,) in file.execute("SELECT id FROM documents WHERE collection = 'ratings' ORDER BY id")]
        [(there,)] = file.execute("SELECT count(*) FROM documents WHERE collection = 'employees'")
        [(last,)] = file.execute("SELECT value FROM counter")
        for number in range(people - there):
            whose = like[number % len(like)]
            for collection in ("employees", "states", "ratings"):
                for kind, data in file.execute(
                    "SELECT kind, data FROM documents WHERE collection = ? AND id = ?", (collection, whose)
                ).fetchall():
                    copied = data.replace(whose, f"copy-{number}-{whose}")
                    file.execute(
                        "INSERT INTO documents (collection, id, kind, version, data) VALUES (?, ?, ?, ?, ?)",
                        (collection, f"copy-{number}-{whose}", kind, last, copied),
                    )
    file.close()
