"""Sends events to a running platform in lists, several connections at once.

All events of one person travel on one connection, so that no two requests contend for that person's state; in it, each
path's events keep their order of time. Ids are stable, so a rerun is harmless: what is there already answers as a
duplicate.

Nothing is dropped silently. A list that is refused as a whole is halved until the line that spoils it is found; an
answer that says "later" (429, 5xx, no connection) is tried again with growing pauses; what is refused ends in the
report with its line number and the platform's own words.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from infra.web.calling import EMPLOYEES_IMPORT, TRY_LATER, Post, Refused, Unreachable, problem_of, words_of
from infra.web.events import Line, Reject, subject_of
from shared.kernel.json_values import JsonObject

MOST_ITEMS = 500
"""What one list may hold."""

LIST_SIZE = 250
LIST_BYTES = 2_000_000
CONNECTIONS = 4
ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds before the second attempt; doubled each time up to the longest."""

_WHOLE_CALL = frozenset({401, 403, 404, 405})


@dataclass
class Report:
    """Counts what became of the lines."""

    accepted: int = 0
    duplicates: int = 0
    rejects: list[Reject] = field(default_factory=list)
    requests: int = 0
    seconds: float = 0.0

    @property
    def rejected(self) -> int:
        return len(self.rejects)

    @property
    def done(self) -> int:
        return self.accepted + self.duplicates + self.rejected

    def __str__(self) -> str:
        rate = f"{self.done / self.seconds:,.0f} events/s" if self.seconds else "no time"
        return (
            f"{self.accepted:,} accepted, {self.duplicates:,} were there already, {self.rejected:,} rejected "
            f"({self.requests:,} requests in {self.seconds:.1f} s, {rate})"
        )


OnProgress = Callable[[Report], None]


@dataclass
class _Lane:
    """Holds what waits for one connection: a list per path, and the queue of lists that are ready."""

    ready: queue.Queue[list[Line] | None]
    assigned: int = 0
    waiting: dict[str, list[Line]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def add(self, line: Line, list_size: int) -> list[list[Line]]:
        """Takes a line; once a list is full, every list goes, the one with the earliest line first."""
        self.assigned += 1
        size = len(json.dumps(line.body, ensure_ascii=False).encode()) + 1
        full: list[list[Line]] = []
        if self.sizes.get(line.path, 0) + size > LIST_BYTES:
            full = self.flush()
        self.waiting.setdefault(line.path, []).append(line)
        self.sizes[line.path] = self.sizes.get(line.path, 0) + size
        return full + (self.flush() if len(self.waiting[line.path]) >= list_size else [])

    def flush(self) -> list[list[Line]]:
        lists = sorted(self.waiting.values(), key=lambda several: several[0].number)
        self.waiting, self.sizes = {}, {}
        return lists


class Delivery:
    """Sends lines and counts what became of them."""

    def __init__(
        self,
        post: Post,
        *,
        connections: int = CONNECTIONS,
        list_size: int = LIST_SIZE,
        attempts: int = ATTEMPTS,
        on_progress: OnProgress | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ):
        if not 1 <= list_size <= MOST_ITEMS:
            raise ValueError(f"list_size must be from 1 to {MOST_ITEMS}")
        self._post, self._attempts, self._list_size = post, attempts, list_size
        self._lanes = [_Lane(queue.Queue(maxsize=4)) for _ in range(max(1, connections))]
        self._lane_of: dict[str, _Lane] = {}
        self._on_progress = on_progress or (lambda _: None)
        self._sleep, self._monotonic = sleep, monotonic
        self._report, self._lock = Report(), threading.Lock()
        self._failure: BaseException | None = None

    def run(self, lines: Iterable[Line | Reject]) -> Report:
        """Sends everything. Raises Refused, or Unreachable when the platform stays away through all attempts."""
        began = self._monotonic()
        threads = [threading.Thread(target=self._work, args=(lane,), daemon=True) for lane in self._lanes]
        for thread in threads:
            thread.start()
        try:
            self._hand_out(lines)
        except BaseException as error:
            self._failure = error
            raise
        finally:
            for lane in self._lanes:
                lane.ready.put(None)
            for thread in threads:
                thread.join()
        if self._failure:
            raise self._failure
        self._report.seconds = self._monotonic() - began
        self._report.rejects.sort(key=lambda reject: reject.number)
        return self._report

    def _hand_out(self, lines: Iterable[Line | Reject]) -> None:
        for line in lines:
            if self._failure:
                break
            if isinstance(line, Reject):
                self._count(rejects=[line])
                continue
            lane = self._lane(line)
            for several in lane.add(line, self._list_size):
                lane.ready.put(several)
        for lane in self._lanes:
            for several in lane.flush():
                lane.ready.put(several)

    def _lane(self, line: Line) -> _Lane:
        """Finds the person's lane; a person seen for the first time joins the lane that has had least to do."""
        person = str(line.body.get("employee_id", "")).strip().lower()
        if person not in self._lane_of:
            self._lane_of[person] = min(self._lanes, key=lambda lane: lane.assigned)
        return self._lane_of[person]

    def _work(self, lane: _Lane) -> None:
        while (several := lane.ready.get()) is not None:
            if self._failure:
                continue
            try:
                self._send(several)
            except BaseException as error:
                self._failure = error

    def _send(self, several: list[Line]) -> None:
        """Sends a list until every line of it has its answer."""
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            body = json.dumps([line.body for line in several], ensure_ascii=False, separators=(",", ":")).encode()
            try:
                answer = self._post(several[0].path, body)
            except Unreachable:
                if last:
                    raise
                self._pause(attempt, None)
                continue
            with self._lock:
                self._report.requests += 1
            if answer.status == 207:
                several = self._settle(several, answer.body, last)
                if not several:
                    return
                self._pause(attempt, answer.retry_after)
            elif answer.status in TRY_LATER and not last:
                self._pause(attempt, answer.retry_after)
            elif answer.status in _WHOLE_CALL:
                raise Refused(f"{several[0].path} answered {answer.status}: {words_of(problem_of(answer.body))}")
            elif len(several) > 1 and answer.status not in TRY_LATER:
                middle = len(several) // 2
                self._send(several[:middle])
                self._send(several[middle:])
                return
            else:
                problem = problem_of(answer.body)
                self._count(rejects=[_reject(line, answer.status, problem) for line in several])
                return

    def _settle(self, several: list[Line], content: bytes, last: bool) -> list[Line]:
        """Counts a list's results and gives back the lines to send again."""
        results = {entry["index"]: entry for entry in json.loads(content)["results"]}
        accepted = duplicates = 0
        rejects: list[Reject] = []
        again: list[Line] = []
        for index, line in enumerate(several):
            entry = results.get(index, {"status": 500, "problem": {"detail": "the answer has no result for this line"}})
            status = entry["status"]
            if status < 300:
                if (entry.get("answer") or {}).get("duplicate"):
                    duplicates += 1
                else:
                    accepted += 1
            elif status in TRY_LATER and not last:
                again.append(line)
            else:
                rejects.append(_reject(line, status, entry.get("problem") or {}))
        self._count(accepted, duplicates, rejects)
        return again

    def _pause(self, attempt: int, at_least: float | None) -> None:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))
        self._sleep(max(pause, min(at_least or 0.0, LONGEST_PAUSE)))

    def _count(self, accepted: int = 0, duplicates: int = 0, rejects: Sequence[Reject] = ()) -> None:
        with self._lock:
            self._report.accepted += accepted
            self._report.duplicates += duplicates
            self._report.rejects.extend(rejects)
            self._on_progress(self._report)


def _reject(line: Line, status: int, problem: JsonObject) -> Reject:
    return Reject(line.number, line.path, subject_of(line.body), status, problem)


def import_people(post: Post, csv_text: str, *, attempts: int = ATTEMPTS) -> JsonObject:
    """Imports people from CSV (name,email,role,manager,hire_date); the platform's report line by line.

    Raises Refused with the platform's words when it does not take the file, Unreachable.
    """
    for attempt in range(1, attempts + 1):
        try:
            answer = post(EMPLOYEES_IMPORT, csv_text.encode(), "text/csv")
        except Unreachable:
            if attempt == attempts:
                raise
        else:
            if answer.status < 300:
                return problem_of(answer.body)
            if answer.status not in TRY_LATER or attempt == attempts:
                raise Refused(f"the import of people answered {answer.status}: {words_of(problem_of(answer.body))}")
        time.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1)))
    raise AssertionError("the last attempt returns or raises")
