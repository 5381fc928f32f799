"""Writes the golden documents: `python -m tests.golden.documents` after a decided change; `--into DIR` elsewhere."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from tests.golden.embedded import ROOT, Embedded, embedded, with_a_model
from tests.golden.story import ADA, CALL, DANA, JOE, SERVICE, THREAD, encoded, tell, tell_of_a_model

GOLDEN = Path(__file__).parent / "recorded"
LETTER, AGAIN, GIVEN_UP = "golden-letter", "golden-letter-again", "golden-letter-given-up"
SMALL = 40_000
"""Characters of a page that is kept as it is; of a longer one, its hash."""
WIDE = 160
"""Characters of a line of JSON."""
LARGE = 1_000
"""Characters of a field that is written once."""
OURS = ("Content-Type", "Cache-Control", "Location", "Retry-After", "WWW-Authenticate", "Allow", "ETag", "Vary")
READERS: Mapping[str, str] = {"administrator": ADA, "manager": DANA, "employee": JOE}
IN_FULL = ("administrator", "employee")
"""Whose pages are kept as they are; a manager's by their hash, since these show no part that the others do not."""
ASKED = """
    validation-events/{employee_id}
    field-observations/{employee_id}
    learning-activities/{employee_id}
    employees/{employee_id}/skills
    employees
    employees/{employee_id}
    skills
    skills/{skill_id}
    skills/{skill_id}/versions
    recalculations/{run_id}
    frameworks
    frameworks/{framework_id}
    readiness
    calls
    calls/{record_id}
    calls/analyses/{run_id}
    calls/{record_id}/transcript
    transcript-samples
    transcript-grants
    escalations
    employees/{employee_id}/notifications
    erasures
    erasures/{run_id}
    audit
    held-scores
    reviews
    reviews/{review_id}
    settings/reviews
    certificates
    certificates/{certificate_id}/history
    quarantine
    quarantine/{quarantine_id}
    dead-letters
    dead-letters/{letter_id}
    health
    openapi.json
    docs
"""
ELSEWHERE = (
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1/export/skill-profiles",
    "/api/v1/changes",
    "/api/v1/calls/{record_id}/speakers",
)
"""Answers that docs/openapi.json holds already, and those that tests of their own hold."""
WITH_QUERY = {
    "/api/v1/transcript-samples": "?competency=discovery&band=low",
    "/api/v1/employees/{employee_id}/skills": "?context=industry%3Dhealthcare",
    "/api/v1/events/{event_id}": "?source=voice-roleplay",
}
PAGES = (
    "/", "/people", f"/people/{JOE}", f"/people/{JOE}/field", "/me", "/activity", "/calls", f"/calls/{CALL}",
    f"/calls/{THREAD}", f"/calls/{CALL}/transcript", "/calls/analyses", "/samples", "/reviews", "/analysts", "/skills",
    "/skills/sales_engineering/discovery", "/skills/sales_engineering/discovery/rule", "/dimensions/sales_engineering",
    "/held-scores", "/health", "/health/integrations", "/quarantine", "/dead-letters", f"/dead-letters/{LETTER}",
    "/audit", "/standards", "/standards/import", "/standards/ST9901@1.0",
    "/notifications", "/access", "/erasures", "/pipeline",
    f"/people/{JOE}/evidence",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. value: the JSON body, or the text of another one"""

    status: int
    headers: dict[str, str]
    value: Any


@dataclass
class Recorder:
    """Tells the story to a platform and keeps every answer."""

    platform: Embedded
    history: list[Any] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: Any = None, *, who: str = SERVICE, kind: str = "application/json"
    ) -> Answer:
        answer = asked(self.platform, method, f"/api/v1/{path}", body, who, kind)
        self.history.append({"asked": f"{method} {path} as {who}", **vars(answer)})
        return answer

    def schedule(self, name: str) -> None:
        self.history.append({"schedule": name, "status": self.platform.schedule(name)})

    def deliver(self) -> None:
        self.platform.deliver()

    def move(self, **by: float) -> None:
        self.platform.move(**by)


def asked(
    platform: Embedded, method: str, path: str, body: Any = None, who: str = ADA, kind: str = "application/json"
) -> Answer:
    headers = {"Authorization": f"Bearer {platform.token(who)}"}
    data = encoded(body)
    with platform.api.open(
        path, method=method, data=data, content_type=kind if data is not None else None, headers=headers
    ) as reply:
        text = reply.get_data(as_text=True)
        read = json.loads(text) if reply.content_type.split(";")[0].endswith("json") else text
        return Answer(reply.status_code, {name: reply.headers[name] for name in OURS if name in reply.headers}, read)


def record(into: Path) -> None:
    """Tells the story to a new platform and writes what it left behind, as the files of one folder."""
    with tempfile.TemporaryDirectory() as data, embedded(Path(data)) as platform:
        recorder = Recorder(platform)
        tell(recorder)
        for letter in (LETTER, AGAIN, GIVEN_UP):
            platform.dead_letter(letter, "rating_update--observation-recorded", {"employee_id": JOE})
        written = Files(into, platform.parts.addresses["api"])
        # The stores first: reading leaves records as well, which are taken afterwards.
        write_stores(written, platform)
        written.json("answers/history", recorder.history)
        first: dict[str, Any] = {}
        for role, who in READERS.items():
            given = answers(platform, who)
            first = first or given
            same = {path: "as an administrator" for path, answer in given.items() if answer == first[path]}
            written.json(f"answers/{role}", given if given is first else given | same)
        for role, who in READERS.items():
            write_pages(written, platform, role, who)
        repaired = [
            vars(asked(platform, "POST", f"/api/v1/dead-letters/{AGAIN}/replay")),
            vars(asked(platform, "DELETE", f"/api/v1/dead-letters/{GIVEN_UP}")),
        ]
        written.json("after_reading/dead-letters", repaired)
        platform.deliver()
        write_traces(written, platform)
        written.json("log", logged(platform.log.getvalue()))


def record_a_model(into: Path) -> None:
    """The same for calls that a language model reads: what differs from those that are read by counting."""
    with tempfile.TemporaryDirectory() as data, with_a_model(Path(data)) as (platform, requests):
        recorder = Recorder(platform)
        tell_of_a_model(recorder)
        written = Files(into / "with_a_model", platform.parts.addresses["api"])
        written.json("answers", recorder.history)
        written.json("requests", [[len(text), short(text)] for text in map(json.dumps, requests())])
        stored = platform.stored()
        for database, collection in stored:
            if database == "integrations" or collection in ("events", "reviews", "health"):
                written.json(collection.replace("/", "~"), stored[database, collection], ordered=False)
        written.json("call-analysed", platform.published["call-analysed"])
        written.json("queues", {**platform.queued, "refused": platform.refused})


@dataclass(frozen=True)
class Files:
    """The folder that is written. address: a port by chance, which stands in no file"""

    into: Path
    address: str

    def json(self, name: str, value: Any, *, ordered: bool = True) -> None:
        if not ordered:
            value = json.loads(json.dumps(value, sort_keys=True))
        self.text(f"{name}.json", laid_out(value) + "\n")

    def text(self, name: str, text: str) -> None:
        place = self.into / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(self.plain(text), "utf-8")

    def plain(self, text: str) -> str:
        """Without what is different each time, and promised to nobody: a port, and a store's own version numbers."""
        return re.sub(r"\b0{10}\d{10}\b", "(version)", text.replace(self.address, "http://api.test"))


def laid_out(value: Any, margin: str = "") -> str:
    """JSON in which whatever fits into a line is one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + len(margin) <= WIDE or not value or not isinstance(value, dict | list):
        return line
    if isinstance(value, dict):
        inner = [f"{margin} {json.dumps(name)}: {laid_out(item, margin + ' ')}" for name, item in value.items()]
    else:
        inner = [margin + " " + laid_out(item, margin + " ") for item in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return start + "\n" + ",\n".join(inner) + f"\n{margin}{end}"


def write_stores(written: Files, platform: Embedded) -> None:
    seen: dict[str, str] = {}
    for (database, collection), documents in sorted(platform.stored().items(), reverse=True):
        told = {name: once(data, f"{collection}/{name}", seen) for name, data in documents.items()}
        written.json(f"{database}/{collection.replace('/', '~')}", told, ordered=False)
    for bucket, files in platform.files().items():
        written.json(f"buckets/{bucket}", files)
    for topic, messages in platform.published.items():
        written.json(f"topics/{topic}", messages)
    for queue, tasks in platform.queued.items():
        written.json(f"queues/{queue}", tasks)
    written.json("queues/refused", platform.refused)


def once(document: dict[str, Any], path: str, seen: dict[str, str]) -> dict[str, Any]:
    """The document with every large field that has been shown before named by the place of its first appearance."""
    told = {}
    for name, value in document.items():
        text = json.dumps(value, sort_keys=True)
        place = seen.setdefault(text, f"{path} {name}") if len(text) > LARGE else f"{path} {name}"
        told[name] = value if place == f"{path} {name}" else f"(as {place})"
    return told


def write_traces(written: Files, platform: Embedded) -> None:
    """What reading left: records, notices, sessions, counted pages."""
    stored = platform.stored()
    for collection in ("audit", "sessions", "notifications", "quarantine"):
        if ("documents", collection) in stored:
            written.json(f"after_reading/{collection}", stored["documents", collection], ordered=False)
    written.json("after_reading/page-viewed", platform.published["page-viewed"])


def logged(lines: str) -> dict[str, list[str]]:
    """What was logged: every event with the severities and fields that it came with, which alerts stand on."""
    found: dict[str, set[str]] = {}
    for line in map(json.loads, lines.splitlines()):
        fields = sorted(line.keys() - {"time", "event", "severity"})
        found.setdefault(line["event"], set()).add(f"{line['severity']}: {', '.join(fields)}")
    return {event: sorted(found[event]) for event in sorted(found)}


def answers(platform: Embedded, who: str) -> dict[str, Any]:
    """The answers of every GET route to one person, by path; the ids are those that an administrator is shown."""
    found = {}
    for path in paths():
        if path not in ELSEWHERE:
            asked_for = filled(platform, path) + WITH_QUERY.get(path, "")
            found[path] = {"asked": asked_for, **vars(asked(platform, "GET", asked_for, who=who))}
    return found


def paths() -> list[str]:
    """The GET routes of docs/openapi.json, in the order of ASKED: each answer leaves its trace for the next."""
    documented = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    known = {path for path, operations in documented.items() if "get" in operations}
    in_order = [f"/api/v1/{path}" for path in ASKED.split()]
    return [path for path in in_order if path in known] + sorted(known.difference(in_order))


def filled(platform: Embedded, path: str) -> str:
    stored = platform.stored()

    def first(collection: str) -> str:
        return min(stored["documents", collection])

    known = {
        "employee_id": JOE, "skill_id": "discovery", "framework_id": "sales_engineering", "record_id": CALL,
        "event_id": "evt-v1", "deal_id": "opp_1", "key": "none",
        "review_id": min(n for n, d in stored["documents", "reviews"].items() if d["employee_id"] == JOE),
        "evidence_id": min(n for n, d in stored["documents", "evidence"].items() if d["recorded_by"] == JOE),
        "certificate_id": first("certificates"), "quarantine_id": first("quarantine"), "letter_id": LETTER,
        "lesson_id": "ask_first", "name": "none", "competency": "discovery",
        "subscription_id": "none",  # nobody in the story subscribes
    }  # fmt: skip
    if path == "/api/v1/frameworks/{framework_id}":
        known["framework_id"] = "partners"  # the whole shipped one stands in the store's documents
    if path == "/api/v1/moves/{run_id}":
        known["run_id"] = "none"  # nobody in the story takes another id
    elif "{run_id}" in path:
        known["run_id"] = {
            "/api/v1/recalculations/{run_id}": lambda: first("recalculation_runs"),
            "/api/v1/calls/analyses/{run_id}": lambda: min(stored["integrations", "reanalyses"]),
            "/api/v1/erasures/{run_id}": lambda: first("erasures"),
        }[path]()
    return path.format(**known)


def write_pages(written: Files, platform: Embedded, role: str, who: str) -> None:
    browser = platform.browser()
    token = re.search(r'name="token" value="([^"]+)"', shown(browser, "/sign-in")[1])
    assert token
    form = {"token": token[1], "employee": who, "next": "/"}
    browser.post("/sign-in/demonstration", data=form, headers={"Origin": "http://localhost"})
    hashes: dict[str, Any] = {}
    with browser.get(PAGES[0]) as reply:
        hashes["headers"] = {name: value for name, value in reply.headers if name not in ("Content-Length", "Date")}
    for path in PAGES:
        status, text = shown(browser, path)
        plain = written.plain(legible(text))
        if status == 200 and len(plain) < SMALL and role in IN_FULL:
            name = path.strip("/").replace("/", "~") or "readiness"
            written.text(f"pages/{role}/{name}.html", plain)
        hashes[path] = [status, hashlib.sha256(plain.encode()).hexdigest() if status == 200 else None]
    written.json(f"pages/{role}", hashes)


def legible(page: str) -> str:
    """A page without its indentation, with drawings shortened to their hash and assets to their names; and without the
    addresses in memory that a template shows when it prints a function."""
    page = re.sub(r"(/assets/[\w-]+)\.[0-9a-f]{8,}\.", r"\1.", page)
    page = re.sub(r" at 0x[0-9a-f]+", "", page)
    page = re.sub(r"<svg.*?</svg>", lambda found: f"<svg {short(found[0])}>", page, flags=re.DOTALL)
    return re.sub(r"\n\s+", "\n", page)


def short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def shown(browser: Client, path: str) -> tuple[int, str]:
    with browser.get(path) as reply:
        return reply.status_code, reply.get_data(as_text=True)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden.documents", description=__doc__)
    parser.add_argument("--into", type=Path, default=GOLDEN)
    into: Path = parser.parse_args(argv).into.resolve()
    shutil.rmtree(into, ignore_errors=True)
    record(into)
    record_a_model(into)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
