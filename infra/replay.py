"""Sends events to a running platform over HTTP, from anyone's file or from a generator.

A file has one JSON object per line: `{"path": "/api/v1/validation-events", "body": {…}}`, or just a body, whose kind is
then recognised by its fields. Lines go out in lists, several connections at once. All events of one person travel on
one connection, so that no two requests contend for that person's state; in it, each path's events keep their order of
time. Ids are stable, so a rerun is harmless: what is there already answers as a duplicate.

Nothing is dropped silently. A list that is refused as a whole is halved until the line that spoils it is found; an
answer that says "later" (429, 5xx, no connection) is tried again with growing pauses; what is refused ends in the
report with its line number and the platform's own words.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO
from urllib.parse import urlsplit

MOST_ITEMS = 500
"""What one list may hold."""

LIST_SIZE = 250
LIST_BYTES = 2_000_000
CONNECTIONS = 4
ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds before the second attempt; doubled each time up to the longest."""

VALIDATION_EVENTS = "/api/v1/validation-events"
FIELD_OBSERVATIONS = "/api/v1/field-observations"
LEARNING_ACTIVITIES = "/api/v1/learning-activities"
EMPLOYEES_IMPORT = "/api/v1/employees/import"
EMAIL_THREADS = "/api/v1/email-threads"
PATHS = (VALIDATION_EVENTS, FIELD_OBSERVATIONS, LEARNING_ACTIVITIES)

_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    (FIELD_OBSERVATIONS, frozenset({"observation_id", "observation_source"})),
    (LEARNING_ACTIVITIES, frozenset({"activity_id", "content_id"})),
    (VALIDATION_EVENTS, frozenset({"event_id", "event_type", "event_source"})),
)
_TRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_WHOLE_CALL = frozenset({401, 403, 404, 405})


Token = Callable[[str], str]
"""From the path that is called to the bearer token for it."""


class Answer(NamedTuple):
    """An HTTP answer. retry_after: seconds, None if it does not say."""

    status: int
    body: bytes
    retry_after: float | None = None


class Unreachable(Exception):
    """No answer came: refused, reset or timed out. Whether the platform took the request is unknown."""


class Refused(Exception):
    """The platform refuses every call of this caller (401, 403) or does not know the path (404, 405)."""


class Post(Protocol):
    """Sends one request. Raises Unreachable."""

    def __call__(self, path: str, body: bytes, content_type: str = "application/json") -> Answer: ...


class Caller:
    """Asks and posts over keep-alive connections, one per thread.

    token: called before every request with its path, since functions may ask for different audiences; whoever
           issues short-lived tokens caches as it likes.
    """

    def __init__(self, url: str, token: Token, *, timeout_seconds: float = 120.0):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no http(s) URL")
        self._https = parts.scheme == "https"
        self._host, self._port, self._prefix = parts.hostname, parts.port, parts.path.rstrip("/")
        self._token, self._timeout = token, timeout_seconds
        self._local = threading.local()

    def get(self, path: str) -> Answer:
        """One request. Raises Unreachable."""
        return self._request("GET", path, None, {})

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Answer:
        """One request. Raises Unreachable."""
        return self._request("POST", path, body, {"Content-Type": content_type})

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """An idle connection that the server has closed meanwhile is opened again once."""
        headers = {**headers, "Authorization": f"Bearer {self._token(path)}"}
        for fresh in (False, True):
            kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
            connection = self._connect() if fresh or kept is None else kept
            try:
                connection.request(method, self._prefix + path, body, headers)
                response = connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._local.connection = None
                if kept is None or fresh:
                    raise Unreachable(f"{self._host}: {error or type(error).__name__}") from error
                continue
            self._local.connection = None if response.will_close else connection
            return Answer(response.status, content, _seconds(response.getheader("Retry-After")))
        raise AssertionError("the second attempt returns or raises")

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=self._timeout)


def _seconds(header: str | None) -> float | None:
    """Retry-After in seconds; the date form is rare enough to be ignored."""
    try:
        return None if header is None else max(0.0, float(header))
    except ValueError:
        return None


class Line(NamedTuple):
    """An event to send. number: of the line in its file, from 1."""

    number: int
    path: str
    body: dict[str, Any]


class Reject(NamedTuple):
    """A line that was not taken. status: 0 when it was never sent; problem: in the words of the answer."""

    number: int
    path: str | None
    subject: str | None
    status: int
    problem: dict[str, Any]

    def to_json(self) -> str:
        return json.dumps(
            {
                "line": self.number,
                "path": self.path,
                "id": self.subject,
                "status": self.status,
                "problem": self.problem,
            },
            ensure_ascii=False,
        )


@dataclass
class Report:
    """What became of the lines."""

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


def path_of(body: dict[str, Any]) -> str | None:
    """Where a bare body belongs, by the fields that only this kind has; None if it fits none or several."""
    fitting = [path for path, marks in _MARKS if marks & body.keys()]
    return fitting[0] if len(fitting) == 1 else None


def subject_of(body: dict[str, Any]) -> str | None:
    """The body's own id, for the report."""
    for name in ("event_id", "observation_id", "activity_id", "source_id"):
        if isinstance(body.get(name), str):
            return str(body[name])
    return None


def read_lines(text: Iterable[str]) -> Iterator[Line | Reject]:
    """The lines of a JSONL file; a line that cannot be sent is a Reject with its reason. Empty lines are skipped."""
    for number, raw in enumerate(text, start=1):
        if raw.strip():
            yield _line(number, raw)


def _line(number: int, raw: str) -> Line | Reject:
    def unreadable(detail: str) -> Reject:
        return Reject(number, None, None, 0, {"title": "The line cannot be sent", "detail": detail})

    try:
        value = json.loads(raw, parse_constant=_no_number)
        # What cannot be written as UTF-8 (half a surrogate pair) cannot be sent either.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return unreadable(f"it is not JSON: {error}")
    if not isinstance(value, dict):
        return unreadable("it is no JSON object")
    if "path" in value and "body" in value:
        path, body = value["path"], value["body"]
        if path not in PATHS:
            return unreadable(f"path is {path!r}; accepted are {', '.join(PATHS)}")
        return Line(number, path, body) if isinstance(body, dict) else unreadable("its body is no JSON object")
    path = path_of(value)
    if path is None:
        names = "; ".join(f"{' or '.join(sorted(marks))}: {path}" for path, marks in _MARKS)
        return unreadable(f"its kind is not recognised. Give a path, or the fields of exactly one kind ({names})")
    return Line(number, path, value)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


@dataclass
class _Lane:
    """What waits for one connection: a list per path, and the queue of lists that are ready."""

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

    def _lane(self, line: Line) -> _Lane:
        """The person's lane; a person seen for the first time joins the lane that has had least to do."""
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
            elif answer.status in _TRY_LATER and not last:
                self._pause(attempt, answer.retry_after)
            elif answer.status in _WHOLE_CALL:
                raise Refused(f"{several[0].path} answered {answer.status}: {_words(_problem(answer.body))}")
            elif len(several) > 1 and answer.status not in _TRY_LATER:
                middle = len(several) // 2
                self._send(several[:middle])
                self._send(several[middle:])
                return
            else:
                problem = _problem(answer.body)
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
            elif status in _TRY_LATER and not last:
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


def _reject(line: Line, status: int, problem: dict[str, Any]) -> Reject:
    return Reject(line.number, line.path, subject_of(line.body), status, problem)


def _problem(content: bytes) -> dict[str, Any]:
    """Problem details out of an answer, whatever a proxy on the way may have made of it."""
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"detail": content[:300].decode(errors="replace")}


def _words(problem: dict[str, Any]) -> str:
    return str(problem.get("detail") or problem.get("title") or "no reason given")


def accepted(answer: Answer, path: str) -> Answer:
    """An answer that is no refusal; raises Refused for one that is."""
    if answer.status >= 400:
        raise Refused(f"{path} answered {answer.status}: {answer.body[:300]!r}")
    return answer


def import_people(post: Post, csv_text: str, *, attempts: int = ATTEMPTS) -> dict[str, Any]:
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
                return _problem(answer.body)
            if answer.status not in _TRY_LATER or attempt == attempts:
                raise Refused(f"the import of people answered {answer.status}: {_words(_problem(answer.body))}")
        time.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1)))
    raise AssertionError("the last attempt returns or raises")


class ProgressBar:
    """A bar with rate and remaining time on a terminal; elsewhere a line at every tenth."""

    WIDTH = 28

    def __init__(self, label: str, total: int, out: TextIO, *, monotonic: Callable[[], float] = time.monotonic):
        self._label, self._total, self._out, self._monotonic = label, total, out, monotonic
        self._began = monotonic()
        self._drawn = self._began - 1
        self._tenth = 0
        self._terminal = out.isatty()

    def __call__(self, report: Report) -> None:
        now, done = self._monotonic(), report.done
        finished = done >= self._total
        if self._terminal:
            if now - self._drawn < 0.1 and not finished:
                return
            self._drawn = now
            self._out.write("\r\x1b[K" + self.text(report, now) + ("\n" if finished else ""))
        else:
            tenth = 10 if finished else 10 * done // max(1, self._total)
            if tenth == self._tenth:
                return
            self._tenth = tenth
            self._out.write(self.text(report, now) + "\n")
        self._out.flush()

    def text(self, report: Report, now: float) -> str:
        """`events ██████░░░░  61 %  4,600/7,561  540/s  6 s left  2 rejected`"""
        done, total = report.done, max(1, self._total)
        filled = self.WIDTH * min(done, total) // total
        rate = done / (now - self._began) if now > self._began else 0.0
        left = f"{(total - done) / rate:.0f} s left" if rate and done < total else f"{now - self._began:.1f} s"
        rejected = f"  {report.rejected:,} rejected" if report.rejected else ""
        bar = "█" * filled + "░" * (self.WIDTH - filled)
        return f"{self._label} {bar} {100 * done // total:3d} %  {done:,}/{total:,}  {rate:,.0f}/s  {left}{rejected}"


def write_rejects(rejects: Sequence[Reject], path: Path) -> None:
    """One JSON object per rejected line; without any, the file of an earlier run is removed."""
    if rejects:
        path.write_text("".join(reject.to_json() + "\n" for reject in rejects), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def local_token(data_directory: Path, account: str) -> Token:
    """Tokens of the embedded platform's own issuer, signed with the key in its data directory.

    account: name of a service account that the embedded platform has on its allow-list.
    """
    from infra.local.ambient import SystemClock
    from infra.local.identity import LocalIssuer, audience_of, service_account

    keys = data_directory / "secrets"
    if not keys.is_dir():
        raise ValueError(f"{data_directory} is not the data directory of an embedded platform that was started")
    source = LocalIssuer(keys, SystemClock()).source(service_account(account))
    owners = {EMPLOYEES_IMPORT: "skills_api", EMAIL_THREADS: "email_threads"}
    return lambda path: source.token_for(audience_of(owners.get(path, "ingest")))


def token_of(arguments: argparse.Namespace, environment: dict[str, str]) -> Token:
    """Where tokens come from: given, read anew from a file at each call (so that it can be renewed), or the local
    issuer of an embedded platform's data directory."""
    if arguments.local:
        return local_token(arguments.local, arguments.account or ("administration" if arguments.people else "replay"))
    if arguments.token_file:
        file: Path = arguments.token_file
        return lambda path: file.read_text(encoding="utf-8").strip()
    token: str = arguments.token or environment.get("AUGMENT_SKILLS_TOKEN", "")
    if not token:
        raise ValueError("who is calling? Give --local DATA_DIR, --token-file FILE or AUGMENT_SKILLS_TOKEN")
    return lambda path: token


def main(argv: Sequence[str], out: TextIO = sys.stdout, errors: TextIO = sys.stderr) -> int:
    """0: everything was taken; 1: something was rejected; 2: the platform or the call is at fault."""
    parser = argparse.ArgumentParser(
        prog="replay",
        description="Sends your own events to a running platform, through the same functions as any integration.",
        epilog='Each line is {"path": "/api/v1/validation-events", "body": {…}} or just a body. A rerun is harmless.',
    )
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the platform (default: %(default)s)")
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--local", type=Path, metavar="DATA_DIR", help="data directory of the embedded platform that you started"
    )
    who.add_argument("--token-file", type=Path, metavar="FILE", help="an ID token, read anew for each request")
    who.add_argument("--token", help="an ID token (others can see it in the list of processes)")
    parser.add_argument("--account", help="with --local: the service account (replay; with --people administration)")
    parser.add_argument("--people", type=Path, metavar="FILE.csv", help="name,email,role,manager,hire_date to import")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="at once (default: %(default)s)")
    parser.add_argument("--list-size", type=int, default=LIST_SIZE, help=f"at most {MOST_ITEMS} (default: %(default)s)")
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="default: FILE.jsonl.rejects.jsonl")
    arguments = parser.parse_args(argv)
    rejects_file = arguments.rejects or arguments.file.with_name(arguments.file.name + ".rejects.jsonl")
    try:
        # Bytes that are no UTF-8 spoil their own line only: they are read as half surrogates, which _line refuses.
        with arguments.file.open(encoding="utf-8-sig", errors="surrogateescape") as text:
            total = sum(1 for line in text if line.strip())
        caller = Caller(arguments.url, token_of(arguments, dict(os.environ)))
        if arguments.people:
            imported = import_people(caller.post, arguments.people.read_text(encoding="utf-8"))
            counts = ", ".join(f"{value:,} {name}" for name, value in imported.items() if isinstance(value, int))
            print(f"people: {counts}", file=out)
        bar = ProgressBar("events", total, errors)
        delivery = Delivery(
            caller.post, connections=arguments.connections, list_size=arguments.list_size, on_progress=bar
        )
        with arguments.file.open(encoding="utf-8-sig", errors="surrogateescape") as text:
            report = delivery.run(read_lines(text))
    except (OSError, ValueError, Refused, Unreachable) as error:
        print(f"replay: {error}", file=errors)
        return 2
    write_rejects(report.rejects, rejects_file)
    print(report, file=out)
    if report.rejects:
        print(f"Each rejected line and its reason: {rejects_file}", file=out)
        for reject in report.rejects[:5]:
            print(f"  line {reject.number}: {_words(reject.problem)}", file=out)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
