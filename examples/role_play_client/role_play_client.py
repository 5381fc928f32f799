#!/usr/bin/env python3
"""How a role-play application posts its sessions to Augment Skills. Copy this file; it needs augment-skills-client.

What it shows, in the order in which it matters:

1. A stable event id. It is made from the session's own id, so whatever is sent twice counts once.
2. A spool. Every session is on disk before it is sent, and leaves the disk only when the platform has answered. A
   crash, a kill -9 or a day without network loses nothing.
3. An ID token, not an API key: from Google's metadata server in the cloud, from a file on one machine.
4. Patience. Outages are waited for with exponential backoff and jitter, and at least as long as `Retry-After` asks.
5. Three kinds of "no", which need three things:
       later        (no connection, 429, 502, 503, 504)   the event stays in the spool; sending stops for now
       this caller  (401, 403, 3xx, no JSON in a 2xx)     the event stays; somebody must mend token, address or proxy
       this event   (other 4xx)                           the event goes to `rejected/` with the platform's words
   409 is of the third kind and worse: the same id was posted with other content, which only a defect of the
   application can do. It is never retried, and is logged as a defect. A correction is a void of the first event
   (`POST /api/v1/voids`) and a new one under an id of its own.
   A 500 is the platform's own defect with this event: the event goes to the back of the queue, so that it blocks
   nobody; several in a row end the pass.

In an application:

    api = "https://api.skills.example.com"  # the API's host: people's is another one, and takes no events
    client = Client(api, metadata_token(api), Spool(Path("spool")))
    delivery = client.post_session(session)           # at the end of a session; never raises because of the network
    if delivery.answer:                               # what the learner can be shown at once
        print(delivery.answer["skill_updates"], delivery.answer["next_recommended_activities"])
    client.drain_forever(stop)                        # in a thread of its own, for what is still waiting

On the command line: role_play_client.py --help
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import email.utils
import hashlib
import json
import logging
import os
import random
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import httpx
from augment_skills_client import AuthenticatedClient
from augment_skills_client.api.events import record_validation_event
from augment_skills_client.models import (
    CompetencyScore,
    ScoreContext,
    SessionMetadata,
    ValidationEvent,
    ValidationEventEventType,
)

SOURCE = "voice-roleplay"

FIRST_DELAY, LONGEST_DELAY = 1.0, 300.0
"""Seconds: the backoff's first ceiling, doubled per failure up to the longest."""
LONGEST_RETRY_AFTER = 3_600.0
REQUEST_TIMEOUT = 20.0
MOST_FAILURES_IN_A_ROW = 3
"""Answers of 500 after which a pass over the spool ends: then it is not the events."""
TOKEN_MARGIN = 300.0
"""A token is renewed this long before it expires."""

log = logging.getLogger("role_play_client")

Token = Callable[[], str]


# --- The session and its event ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """One competency's score, 0-100, and the context in which it was shown (industry, deal_size, buyer_persona …)."""

    competency: str
    score: float
    context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Session:
    """A finished role-play. session_id: the application's own id of it, which never changes."""

    session_id: str
    employee_id: str
    scenario_id: str
    finished_at: datetime
    duration_seconds: float
    overall_score: float
    passed: bool
    scores: Sequence[Score]
    details_url: str
    attempt_number: int = 1

    def to_event(self) -> dict[str, Any]:
        """The body of POST /api/v1/validation-events."""
        event: dict[str, Any] = ValidationEvent(
            # From the session's id alone. Not from the time of sending, not random: a retry must have the same id.
            event_id=f"{SOURCE}-{self.session_id}",
            employee_id=self.employee_id,
            event_type=ValidationEventEventType.ROLE_PLAY,
            event_source=SOURCE,
            timestamp=self.finished_at.astimezone(UTC).replace(microsecond=0),
            overall_score=self.overall_score,
            passed=self.passed,
            competency_scores=[
                CompetencyScore(s.competency, s.score, ScoreContext.from_dict(s.context) if s.context else None)
                for s in self.scores
            ],
            details_url=self.details_url,
            session_metadata=SessionMetadata(
                self.duration_seconds, self.scenario_id, self.attempt_number, certification_eligible=False
            ),
        ).to_dict()
        return event


# --- The spool ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spooled:
    """An event on disk."""

    file: Path
    event: dict[str, Any]


class Spool:
    """A folder of events that wait, oldest first, and of those that were rejected.

    A file appears by rename and is complete when it does; it and its name are on the disk (fsync) before `add`
    returns. Several processes may share a spool: if two send the same event, the platform counts it once.
    """

    def __init__(self, folder: Path, *, nanoseconds: Callable[[], int] = time.time_ns):
        self.pending, self.rejected = folder / "pending", folder / "rejected"
        self._nanoseconds = nanoseconds
        for each in (self.pending, self.rejected):
            each.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def add(self, event: dict[str, Any]) -> Spooled:
        """Puts an event on disk. The same event again is the same file."""
        mark = hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:32]
        existing = next(self.pending.glob(f"*-{mark}.json"), None)
        if existing:
            return Spooled(existing, event)
        file = self.pending / f"{self._nanoseconds():020d}-{mark}.json"
        _write_durably(file, event)
        return Spooled(file, event)

    def oldest_first(self) -> Iterator[Spooled]:
        """The waiting events. The names begin with the time of spooling, so their order is that of age."""
        for file in sorted(self.pending.glob("*.json")):
            try:
                yield Spooled(file, json.loads(file.read_bytes()))
            except FileNotFoundError:
                continue  # Another process delivered it meanwhile.
            except ValueError:
                # Rename makes half files impossible, so the disk or a person did this. It must not block the others.
                log.error("spool.unreadable file=%s", file.name)
                os.replace(file, self.rejected / f"{file.stem}.unreadable")

    def delivered(self, spooled: Spooled) -> None:
        """Forgets an event. Crashing just before this sends it once more, which the platform recognises."""
        spooled.file.unlink(missing_ok=True)

    def set_back(self, spooled: Spooled) -> None:
        """Puts an event at the end of the queue."""
        mark = spooled.file.name.partition("-")[2]
        with contextlib.suppress(FileNotFoundError):
            os.replace(spooled.file, self.pending / f"{self._nanoseconds():020d}-{mark}")

    def reject(self, spooled: Spooled, status: int, problem: dict[str, Any]) -> Path:
        """Moves an event to `rejected/`, together with the reason, for a person to look at."""
        file = self.rejected / spooled.file.name
        defect = status == 409
        _write_durably(file, {"event": spooled.event, "status": status, "problem": problem, "defect": defect})
        spooled.file.unlink(missing_ok=True)
        return file

    def rejects(self) -> list[tuple[Path, dict[str, Any]]]:
        """(file, {event, status, problem, defect}) of what was rejected, oldest first."""
        return [(file, json.loads(file.read_bytes())) for file in sorted(self.rejected.glob("*.json"))]

    def requeue(self) -> int:
        """Puts rejected events back, after their cause was mended (an employee imported, say); defects stay."""
        moved = 0
        for file, content in self.rejects():
            if not content["defect"]:
                _write_durably(self.pending / file.name, content["event"])
                file.unlink()
                moved += 1
        return moved

    def _sweep(self) -> None:
        """Removes half-written files of processes that died; younger ones may belong to one that is writing."""
        for each in (self.pending, self.rejected):
            for file in each.glob("*.tmp"):
                try:
                    if time.time() - file.stat().st_mtime > 3_600:
                        file.unlink()
                except FileNotFoundError:
                    pass


def _write_durably(file: Path, value: dict[str, Any]) -> None:
    """Writes beside, flushes to the disk, renames, flushes the folder: a reader sees all of it or nothing."""
    beside = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    with beside.open("w", encoding="utf-8") as stream:
        json.dump(value, stream, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(beside, file)
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# --- Tokens -------------------------------------------------------------------------------------------------------


class NoToken(Exception):
    """No token could be had; what to do is in the message."""


def metadata_token(audience: str) -> Token:
    """On Google Cloud: ID tokens of the service account that this machine or service runs as.

    audience: the platform's address as it is configured there. The account must be on the platform's allow-list.
    """
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    url = (
        f"http://{host}/computeMetadata/v1/instance/service-accounts/default/identity"
        f"?audience={quote(audience, safe='')}&format=full"
    )

    def fetch() -> str:
        request = urllib.request.Request(url, headers={"Metadata-Flavor": "Google"})
        # No proxy: the metadata server is on this machine, and a proxy must never see the token.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5) as response:
                token: str = response.read().decode().strip()
        except (OSError, HTTPException) as error:
            raise NoToken(f"the metadata server at {host} gives no token: {error}") from error
        return token

    return _kept_until_it_expires(fetch)


def google_auth_token(audience: str) -> Token:
    """Elsewhere, with the package google-auth: workload identity federation, or GOOGLE_APPLICATION_CREDENTIALS."""

    def fetch() -> str:
        try:
            from google.auth.transport.requests import Request
            from google.oauth2.id_token import fetch_id_token
        except ImportError as error:
            raise NoToken("pip install google-auth requests, or use metadata_token or file_token") from error
        try:
            token: str = fetch_id_token(Request(), audience)  # type: ignore[no-untyped-call]
        except Exception as error:
            raise NoToken(f"google-auth gives no token: {error}") from error
        return token

    return _kept_until_it_expires(fetch)


def file_token(file: Path) -> Token:
    """On one machine: the token that the embedded platform's own issuer wrote. Read anew each time: it is renewed."""

    def read() -> str:
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise NoToken(f"{file}: {error.strerror}") from error

    return read


def _kept_until_it_expires(fetch: Token) -> Token:
    kept = ""
    until = 0.0
    lock = threading.Lock()

    def token() -> str:
        nonlocal kept, until
        with lock:
            if time.time() >= until:
                kept = fetch()
                until = _expiry(kept) - TOKEN_MARGIN
            return kept

    return token


def _expiry(token: str) -> float:
    """The token's `exp`, in seconds since 1970. Unverified: it only says when to fetch the next one."""
    try:
        payload = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return 0.0  # Not kept at all.


# --- Sending ------------------------------------------------------------------------------------------------------

Kind = Literal["delivered", "later", "caller", "event", "platform"]


@dataclass(frozen=True)
class Attempt:
    """One request's outcome (the kinds are those of the module's text; `platform` is a 500)."""

    kind: Kind
    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    retry_after: float = 0.0


@dataclass(frozen=True)
class Delivery:
    """Tells what became of a session: delivered (with the answer), rejected (with its problem), or waiting."""

    state: Literal["delivered", "rejected", "waiting"]
    answer: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


@dataclass(frozen=True)
class Drained:
    """Counts what one pass over the spool did. retry_after: seconds for which the platform asked to be left alone."""

    delivered: int = 0
    rejected: int = 0
    waiting: int = 0
    retry_after: float = 0.0


class Client:
    """Posts sessions by way of the spool."""

    def __init__(
        self,
        url: str,
        token: Token,
        spool: Spool,
        *,
        uniform: Callable[[float, float], float] = random.uniform,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._url = url.rstrip("/")
        self._token, self.spool = token, spool
        self._uniform, self._sleep = uniform, sleep

    def post_session(self, session: Session, *, attempts: int = 3, patience_seconds: float = 10.0) -> Delivery:
        """At the end of a session: onto the disk, then sent, with a few quick retries.

        Whatever still waits after `attempts`, or would wait longer than `patience_seconds`, is left to the drain: the
        learner should not be kept waiting. Raises OSError only, when the disk does not take the event.
        """
        spooled = self.spool.add(session.to_event())
        for number in range(attempts):
            attempt = self._attempt(spooled.event)
            if attempt.kind in ("delivered", "event"):
                return self._settle(spooled, attempt)
            delay = self.delay(number, attempt.retry_after)
            if attempt.kind == "caller" or number + 1 == attempts or delay > patience_seconds:
                break
            self._sleep(delay)
        return Delivery("waiting")

    def drain(self) -> Drained:
        """Sends what waits, oldest first, each once; stops at the first sign that the platform is not there."""
        delivered = rejected = failed_in_a_row = 0
        retry_after = 0.0
        for spooled in self.spool.oldest_first():
            attempt = self._attempt(spooled.event)
            if attempt.kind in ("later", "caller"):
                retry_after = attempt.retry_after
                break
            if attempt.kind == "platform":
                self.spool.set_back(spooled)
                failed_in_a_row += 1
                if failed_in_a_row == MOST_FAILURES_IN_A_ROW:
                    break
                continue
            failed_in_a_row = 0
            state = self._settle(spooled, attempt).state
            delivered += state == "delivered"
            rejected += state == "rejected"
        waiting = sum(1 for _ in self.spool.pending.glob("*.json"))
        return Drained(delivered, rejected, waiting, retry_after)

    def drain_forever(self, stop: threading.Event, *, idle_seconds: float = 15.0) -> None:
        """Drains until `stop` is set: every `idle_seconds` while all is well, with growing pauses while it is not."""
        failures = 0
        while not stop.is_set():
            drained = self.drain()
            if drained.waiting == 0:
                failures = 0
                stop.wait(idle_seconds)
            else:
                failures = 0 if drained.delivered else failures + 1
                stop.wait(self.delay(failures, drained.retry_after))

    def delay(self, failures: int, retry_after: float = 0.0) -> float:
        """Full jitter: uniform up to a ceiling that doubles, so that a thousand clients do not return together.

        Never less than the platform asked for; some jitter comes on top of that too.
        """
        ceiling = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures, 20))
        if retry_after:
            return min(retry_after, LONGEST_RETRY_AFTER) + self._uniform(0.0, FIRST_DELAY)
        return self._uniform(0.0, ceiling)

    def _settle(self, spooled: Spooled, attempt: Attempt) -> Delivery:
        event_id = spooled.event["event_id"]
        if attempt.kind == "delivered":
            self.spool.delivered(spooled)
            log.info("event.delivered id=%s duplicate=%s", event_id, bool(attempt.body.get("duplicate")))
            return Delivery("delivered", answer=attempt.body)
        file = self.spool.reject(spooled, attempt.status, attempt.body)
        name = "event.defect" if attempt.status == 409 else "event.rejected"
        log.error("%s id=%s status=%d file=%s", name, event_id, attempt.status, file.name)
        return Delivery("rejected", problem=attempt.body)

    def _attempt(self, event: dict[str, Any]) -> Attempt:
        """One request. Never raises because of network, token or platform."""
        try:
            token = self._token()
        except NoToken as error:
            log.error("token.missing reason=%s", error)
            return Attempt("caller")
        try:
            body = ValidationEvent.from_dict(event)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return Attempt("event", body={"detail": f"what the spool holds is no event: {error!r}"})
        # What comes back may be somebody else's: a proxy's page, a login. So the answer is kept as it came, too.
        answers: list[httpx.Response] = []
        kept = {"event_hooks": {"response": [answers.append]}}
        try:
            with AuthenticatedClient(
                self._url, token, timeout=httpx.Timeout(REQUEST_TIMEOUT), httpx_args=kept
            ) as platform:
                record_validation_event.sync_detailed(client=platform, body=body)
        except httpx.HTTPError as error:
            # Refused, reset, timed out, name not found, certificate: whether it was taken is unknown, so once more.
            log.warning("platform.unreachable reason=%s", type(error).__name__)
            return Attempt("later")
        except (KeyError, TypeError, ValueError, AttributeError):
            log.debug("platform.untyped: the answer is not in the shape of the API's document")
        return _understood(answers[0].status_code, answers[0].headers, answers[0].content)


def _understood(status: int, headers: httpx.Headers, content: bytes) -> Attempt:
    """Returns what an HTTP answer asks for."""
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    body = value if isinstance(value, dict) else {"detail": content[:300].decode(errors="replace")}
    retry_after = _seconds(headers.get("Retry-After"))
    if 200 <= status < 300:
        if isinstance(value, dict) and "employee_id" in value:
            return Attempt("delivered", status, body)
        # A hotel's or proxy's login page answers 200 as well.
        log.error("platform.not_ours status=%d: the answer is not the platform's; check the address", status)
        return Attempt("caller", status, body, retry_after)
    if status in (408, 425, 429, 502, 503, 504):
        log.warning("platform.busy status=%d retry_after=%.0f", status, retry_after)
        return Attempt("later", status, body, retry_after)
    if status in (401, 403) or status < 400:
        log.error("caller.refused status=%d: check the token's audience and account, and the address", status)
        return Attempt("caller", status, body, retry_after)
    if status >= 500:
        log.error("platform.failed status=%d", status)
        return Attempt("platform", status, body, retry_after)
    return Attempt("event", status, body)


def _seconds(header: str | None) -> float:
    """Retry-After, which is a number of seconds or a date."""
    if not header:
        return 0.0
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0


# --- The command line ---------------------------------------------------------------------------------------------


def session_from(value: dict[str, Any]) -> Session:
    """A session from JSON (see sample_session.json). Raises KeyError, TypeError, ValueError."""
    known = {name: value[name] for name in ("session_id", "employee_id", "scenario_id", "details_url")}
    return Session(
        **known,
        finished_at=datetime.fromisoformat(value["finished_at"]),
        duration_seconds=value["duration_seconds"],
        overall_score=value["overall_score"],
        passed=value["passed"],
        scores=[Score(s["competency"], s["score"], s.get("context") or {}) for s in value["scores"]],
        attempt_number=value.get("attempt_number", 1),
    )


def main(argv: Sequence[str]) -> int:
    """Does what a command says: 0 when nothing is waiting or rejected, 1 when something is, 2 for a wrong call."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)

    spool = Spool(arguments.spool)
    audience = arguments.audience or arguments.url
    if arguments.token_file:
        token = file_token(arguments.token_file)
    else:
        token = google_auth_token(audience) if arguments.google_auth else metadata_token(audience)
    client = Client(arguments.url, token, spool)

    if arguments.command == "post":
        try:
            session = session_from(json.loads(arguments.session.read_text(encoding="utf-8")))
        except (OSError, KeyError, TypeError, ValueError) as error:
            print(f"{arguments.session}: {error!r}", file=sys.stderr)
            return 2
        delivery = client.post_session(session)
        print(json.dumps({"state": delivery.state, "answer": delivery.answer, "problem": delivery.problem}, indent=2))
    elif arguments.command == "drain":
        print(client.drain())
    elif arguments.command == "run":
        with contextlib.suppress(KeyboardInterrupt):
            client.drain_forever(threading.Event())
    elif arguments.command == "requeue":
        print(f"{spool.requeue()} events wait again")
    for spooled in spool.oldest_first():
        print(f"waiting  {spooled.event['event_id']}")
    for _, content in spool.rejects():
        print(f"rejected {content['event']['event_id']} {content['status']} {content['problem'].get('detail', '')}")
    return 1 if spool.rejects() or any(spool.oldest_first()) else 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Posts role-play sessions to Augment Skills, by way of a local spool.")
    parser.add_argument("--url", default=os.environ.get("AUGMENT_SKILLS_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--audience", help="of the ID token (default: the URL)")
    parser.add_argument("--token-file", type=Path, help="a token on disk; without it Google's metadata server is asked")
    parser.add_argument("--google-auth", action="store_true", help="take tokens from the package google-auth")
    parser.add_argument("--spool", type=Path, default=Path("role-play-spool"), help="default: %(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("post", help="post one session").add_argument("session", type=Path, metavar="SESSION.json")
    commands.add_parser("drain", help="send what waits, once")
    commands.add_parser("run", help="send what waits, until interrupted")
    commands.add_parser("list", help="what waits, and what was rejected and why")
    commands.add_parser("requeue", help="put rejected events back once their cause is mended (defects stay)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
