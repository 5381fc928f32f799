"""Takes in a file of standards or of assessment plans in two steps: what would come of it, then keeping it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.shell.forms import sentence
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from functions.portal.standards.page import address as address_of
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.kernel.errors import Conflict, Rejected
from shared.platform.edges.query import whole_number
from shared.taxonomy.contract import ImportResult, StandardDefect
from shared.taxonomy.standard_contract import FileLine, JudgedFile

IMPORT = "/standards/import"
PER_PAGE = 60
RESULT: Mapping[ImportResult, str] = {
    "created": "New",
    "updated": "Changed",
    "unchanged": "Kept already",
    "rejected": "Stays out",
}
MEANWHILE = "Somebody else takes in one of these just now. What was kept so far stays; confirm again for the rest."


@dataclass(frozen=True)
class Upload:
    """Holds the first step's form. wrong: what is wrong with the file that was sent, line by line"""

    wrong: Sequence[str] = ()


@dataclass(frozen=True)
class Preview:
    """Holds the second step. number: of the page, from 1"""

    file_id: str
    judged: JudgedFile
    number: int = 1
    problem: str = ""


@dataclass(frozen=True)
class Line:
    """Shows a record of the file, or one thing that is wrong with it. address: of its standard, where that is kept"""

    record: FileLine | None = None
    result: str = ""
    address: str | None = None
    defect: StandardDefect | None = None


def show_form(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the form for a file."""
    return present_form(Upload())


def send(on: Environment, visit: Visit) -> PageOrRedirect:
    """Keeps the file for the second step, or says in words what is wrong with it."""
    sent = visit.files.get("file")
    if sent is None:
        return present_form(Upload(["Choose a file first; an empty one sends nothing."]))
    try:
        file_id = taxonomy(on).standards_files.keep(visit.caller, sent.content)
    except Rejected as problem:
        if problem.status not in (413, 422):
            raise
        return present_form(Upload([sentence(problem.detail, problem.field), *_each(problem)]))
    return Redirect(_address(file_id))


def show_preview(on: Environment, visit: Visit, file_id: str) -> PageOrRedirect:
    """Shows what would come of a file, and everything that is wrong with it; nothing is kept."""
    judged = taxonomy(on).standards_files.look(visit.caller, file_id)
    return present(Preview(file_id, judged, whole_number(visit, "page", 1, 100_000) or 1))


def confirm(on: Environment, visit: Visit, file_id: str) -> PageOrRedirect:
    """Keeps what nothing is wrong with; again it changes nothing."""
    files = taxonomy(on).standards_files
    try:
        files.confirm(visit.caller, file_id)
    except Conflict:
        return present(Preview(file_id, files.look(visit.caller, file_id), problem=MEANWHILE))
    return Redirect(f"{_address(file_id)}?done=standards_kept")


def present_form(view: Upload) -> Page:
    return Page("standards_import/upload.html", {"view": view}, "standards", status=422 if view.wrong else 200)


def present(view: Preview) -> Page:
    lines = list(lines_of(view.judged))
    first = (view.number - 1) * PER_PAGE
    numbers = Counter(one.result for one in view.judged.lines)
    refused = sum(one.severity == "refused" for one in view.judged.defects)
    following = view.number + 1 if first + PER_PAGE < len(lines) else None
    variables = {
        "view": view,
        "address": _address(view.file_id),
        "noun": "standard" if view.judged.kind == "standards" else "assessment plan",
        "lines": lines[first : first + PER_PAGE],
        "numbers": [(RESULT[name], numbers[name]) for name in RESULT if numbers[name]],
        "comes_in": numbers["created"] + numbers["updated"],
        "stays_out": numbers["rejected"],
        "refused": refused,
        "warnings": len(view.judged.defects) - refused,
        "pages": [(word, page) for word, page in (("Before", view.number - 1), ("More", following)) if page],
    }
    return Page("standards_import/preview.html", variables, "standards", status=409 if view.problem else 200)


def lines_of(judged: JudgedFile) -> Iterator[Line]:
    """Yields what is told of a file: of several records together, then record by record, those first that stay out,
    then those with a warning; beneath each, everything that is wrong with it."""
    told: dict[int | None, list[StandardDefect]] = {}
    for one in judged.defects:
        told.setdefault(one.record, []).append(one)
    yield from (Line(defect=one) for one in told.get(None, ()))
    for record in sorted(judged.lines, key=lambda one: (one.result != "rejected", one.record not in told, one.record)):
        kept = record.result == "unchanged"
        result = RESULT[record.result]
        if record.result == "updated":
            result = f"{result}: becomes text {record.revision}"
        yield Line(record, result, address_of(record.key) if kept else None)
        yield from (Line(defect=one) for one in told.get(record.record, ()))


def _each(problem: Rejected) -> list[str]:
    """Returns what else a refusal says, field by field; nothing where it says all in its own words."""
    told = [one for one in problem.errors if one["detail"] != problem.detail]
    return [f"{one['field'].capitalize()}: {one['detail']}." for one in told]


def _address(file_id: str) -> str:
    return f"{IMPORT}/{quote(file_id, safe='')}"
