"""Walks every page of a portal as every role, and says what is wrong with each: words, size, cost."""

from __future__ import annotations

import re
import sqlite3
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from functions.portal.shell.rendering import PORTAL
from functions.portal.shell.routes import ROUTES, Route
from tests.harness.browser import Person

BUDGETS = tomllib.loads((PORTAL / "budgets.toml").read_text("utf-8"))
PYTHON = re.compile(r"<built-in|&lt;built-in|&lt;\w+ object|object at 0x|Traceback|\bNone\b|\bnan\b|\[\]|\{(?:'|&#39;)")
"""What only a programmer would write on a page."""
AS_SENT = re.compile(r"<pre.*?</pre>", re.DOTALL)
"""An event as its sender wrote it, in which any of these may stand."""
QUERIES = {
    "readiness": ("dimension=deal_size",),
    "people": ("search=a", "search=nobody-of-that-name", "order=name"),
    "activity": ("kind=field", "kind=learning"),
    "calls": ("deal=unmatched", "employee=a"),
    "reviews": ("state=superseded",),
    "audit": ("action=profile.viewed",),
}


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

    def wrong(self) -> list[str]:
        """What is wrong with it: of a page that is refused or missing, its words alone."""
        shown = AS_SENT.sub("", self.text)
        found = PYTHON.search(shown)
        told = [f"writes {shown[max(0, found.start() - 60) : found.end() + 20]!r}"] if found else []
        if self.status >= 500:
            told.append(f"answers {self.status}")
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


def walk(person: Person, role: str, known: dict[str, str], events: Sequence[str] = ()) -> Iterator[Seen]:
    """Opens every page, with some of the queries that it takes. known: what stands for the variables of addresses"""
    for route in ROUTES:
        for address in addresses(route, known, events):
            seen = visited(person, role, route.name, address)
            slow = {**BUDGETS["page"], **BUDGETS.get(route.name, {})}["milliseconds"] / 1_000
            if seen.seconds > slow:  # the first visit loads what the page needs; others share the machine
                seen = min(seen, visited(person, role, route.name, address), key=lambda one: one.seconds)
            yield seen


def addresses(route: Route, known: dict[str, str], events: Sequence[str]) -> Iterable[str]:
    path = re.sub(r"<(\w+)>", lambda found: known.get(found[1], "none"), route.path)
    if route.name == "event":
        return [f"{path}?{urlencode({'event_id': one})}" for one in events]
    return [path, *(f"{path}?{query}" for query in QUERIES.get(route.name, ()))]


def visited(person: Person, role: str, name: str, address: str) -> Seen:
    began = time.process_time()
    response: TestResponse = person.client.get(address)
    seconds = time.process_time() - began
    return Seen(role, name, address, response.status_code, response.get_data(as_text=True), seconds)


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
