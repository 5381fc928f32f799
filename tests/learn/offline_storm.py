"""A phone that loses its connection again and again, in every way, while its learners go on answering.

Two tabs of a real browser run the app; what they are made to keep is counted, and so is what the platform has of it.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug import Request, Response
from werkzeug.serving import make_server

from functions.learn.assets import assets
from shared.learning.domain.answer_entry import review_id_of
from tests.harness.chromium import Quiet
from tests.learn.academy import ADA, BEN, LESSONS, Academy
from tests.learn.phone import JPEG, KEPT, kill, new_phone, opened, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

DO: Final = """async ([module, answers, photos]) => {
  const { app } = await import(module);
  const keys = { answers: [], photos: [] };
  for (const one of answers) keys.answers.push(await app.outbox.answer(one));
  for (const bytes of photos) {
    const key = await app.outbox.record("photo", new Blob([new Uint8Array(bytes)], { type: "image/jpeg" }));
    await app.outbox.release(key, { caption: "a joint" });
    keys.photos.push(key);
  }
  return keys;
}"""
SEND: Final = "module => import(module).then(({ app }) => { app.outbox.flush(); })"
FAULTS: Final = ("refused before", "answer lost after", "answer cut after")
SUFFERED: Final = {
    "nothing": 30,
    "reload": 20,
    "reload of both": 8,
    "tab closed": 10,
    "tab killed": 3,
    "clock": 12,
    "session ended": 4,
    "another learner": 3,
}
"""What happens to a phone while it is offline, by how often."""
OWN: Final = "module => import(module).then(async ({ app }) => (await app.outbox.entries()).own.length)"
PATIENCE: Final = 120_000.0
"""Milliseconds for a page: a machine that has other work is slow, and a proof of an hour is not broken off for that."""
SETTLES_WITHIN: Final = 30.0
"""Seconds, once everything is whole again."""


@dataclass
class Counted:
    """What came of a storm: numbers of things by name. kept: keys of answers and photos by person"""

    kept: dict[str, dict[str, set[str]]]
    happened: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    foreign: int = 0
    waiting: int = 0

    @property
    def twice(self) -> int:
        """Returns how many the platform took as new more than once."""
        return sum(times > 1 for times in self.taken.values())

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.foreign or self.twice or self.waiting)

    def number(self, kind: str) -> int:
        return sum(len(of[kind]) for of in self.kept.values())


class Storm:
    """One phone before one platform."""

    def __init__(self, academy: Academy, phone: BrowserContext, seed: int) -> None:
        self._academy = academy
        self._phone = phone
        self._random = random.Random(seed)
        self._module = assets().address("app.js")
        self._who = ADA
        self._faults: list[str] = []
        self._lock = threading.Lock()
        self._tabs = [opened(phone), opened(phone)]
        self.counted = Counted({one: {"answers": set(), "photos": set()} for one in (ADA, BEN)})
        academy.before = self._weather

    def cycle(self) -> None:
        """Goes off, answers, suffers what phones do, and comes back to a network that is not whole."""
        choice, happened = self._random, self.counted.happened
        self._phone.set_offline(True)
        self._keep(choice.choice(self._tabs))
        what = choice.choices(
            [
                "nothing",
                "reload",
                "reload of both",
                "tab closed",
                "tab killed",
                "clock",
                "session ended",
                "another learner",
            ],
            [30, 20, 8, 10, 3, 12, 4, 3],
        )[0]
        happened[what] += 1
        with self._lock:
            self._faults = [choice.choice(FAULTS) for _ in range(choice.choice([0, 0, 1, 1, 2]))]
        if what in {"session ended", "another learner"}:
            self._phone.set_offline(False)
            self._sign_in(self._who if what == "session ended" else self._other())
        else:
            self._suffer(what)
            self._keep(choice.choice(self._tabs))
            self._phone.set_offline(False)
        for tab in self._tabs:
            tab.evaluate("dispatchEvent(new Event('online'))")
            if choice.random() < 0.5:
                tab.evaluate(SEND, self._module)

    def finish(self) -> Counted:
        """Lets everything be whole again, has both learners sign in, and counts."""
        with self._lock:
            self._faults = []
        for who in (self._other(), self._who):
            self._sign_in(who)
            self._settle()
        for who, kept in self.counted.kept.items():
            answers = {one.review_id for one in self._academy.answers(who)}
            wanted = {review_id_of(key) for key in kept["answers"]}
            photos = self._academy.evidence_keys(who)
            self.counted.lost += len(wanted - answers) + len(kept["photos"]) - len(photos)
            self.counted.foreign += len(answers - wanted)
        self.counted.waiting = len(self._tabs[0].evaluate(KEPT))
        return self.counted

    def _keep(self, tab: Page) -> None:
        choice = self._random
        answers = [
            {
                "lesson_id": f"lesson_{choice.randint(1, LESSONS)}",
                "lesson_version": 1,
                "question_id": f"q{choice.randint(1, 2)}",
                "option": choice.randint(1, 3),
            }
            for _ in range(choice.randint(1, 3))
        ]
        photos = [list(JPEG + choice.randbytes(2_000))] if choice.random() < 0.15 else []
        keys = tab.evaluate(DO, [self._module, answers, photos])
        for kind, made in keys.items():
            self.counted.kept[self._who][kind].update(made)

    def _suffer(self, what: str) -> None:
        choice = self._random
        place = choice.randrange(2)
        if what == "clock":
            self._tabs[place].clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=choice.randint(-48, 48)))
        elif what == "tab closed":
            self._tabs[place].close()
            self._open(place)
        elif what == "tab killed":
            kill(self._tabs[place])
            self._tabs[place].close()
            self._open(place)
        elif what.startswith("reload"):
            for tab in self._tabs if what.endswith("both") else [self._tabs[place]]:
                tab.reload()

    def _open(self, place: int) -> None:
        self._tabs[place] = self._phone.new_page()
        self._tabs[place].goto("/learn/")

    def _sign_in(self, who: str) -> None:
        self._phone.clear_cookies()
        self._who = who
        sign_in(self._tabs[0], who)
        self._tabs[1].goto("/learn/")
        for tab in self._tabs:
            tab.wait_for_function(
                "([module, name]) => import(module).then(({ app }) => app.signedIn && app.name === name)",
                arg=[self._module, {ADA: "Ada Cable", BEN: "Ben Joint"}[who]],
            )

    def _other(self) -> str:
        return BEN if self._who == ADA else ADA

    def _settle(self) -> None:
        page = self._tabs[0]
        for _ in range(int(SETTLES_WITHIN * 10)):
            page.evaluate(SEND, self._module)
            own = page.evaluate(OWN, self._module)
            if not own:
                return
            page.wait_for_timeout(100)

    def _weather(self, request: Request, answer: Callable[[], Response]) -> Response:
        sends = request.method == "POST" and request.path.startswith("/learn/api/")
        with self._lock:
            fault = self._faults.pop() if sends and self._faults else None
        if fault is not None:
            self.counted.happened[fault] += 1
        if fault == "refused before":
            return Response(status=503)
        response = answer()
        if sends and response.status_code < 300:
            self._note(request, response)
        if fault == "answer lost after":
            return Response(status=502)
        if fault == "answer cut after":
            return Response(response.get_data()[:20], content_type="application/json")
        return response

    def _note(self, request: Request, response: Response) -> None:
        told = json.loads(response.get_data())
        with self._lock:
            if "results" in told:
                self.counted.taken.update(one["key"] for one in told["results"] if one["status"] == "taken")
            elif told.get("status") == "kept":
                self.counted.taken[request.args["key"]] += 1


@contextmanager
def storm(browser: Browser, folder: Path, seed: int) -> Iterator[Storm]:
    """A phone in front of a platform of its own."""
    academy = Academy(folder)
    server = make_server("localhost", 0, academy.serve, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    phone = new_phone(browser, f"http://localhost:{server.server_port}")
    phone.set_default_timeout(PATIENCE)
    phone.set_default_navigation_timeout(PATIENCE)
    try:
        yield Storm(academy, phone, seed)
    finally:
        phone.close()
        server.shutdown()
        thread.join()
        server.server_close()
        academy.parts.close()
