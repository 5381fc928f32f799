"""Takes in a file of standards, or of plans, in two steps: looked at first, and kept when somebody confirms it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from shared.kernel.access import Caller, require
from shared.kernel.errors import FieldError, Malformed, NotFound, Rejected, TooLarge
from shared.kernel.json_values import Json
from shared.kernel.reading import parse_json, validated
from shared.ports.ambient import Clock, Files
from shared.taxonomy.contract import StandardsFile, StandardsImport
from shared.taxonomy.plan_contract import PlansFile, PlansImport
from shared.taxonomy.standard_contract import FileLine, JudgedFile
from shared.taxonomy.usecases.assessment_plans import AssessmentPlans
from shared.taxonomy.usecases.import_standards import ImportStandards

MOST_BYTES: Final = 10_000_000
"""Of a file, before anything of it is read: as many as the same records may have over the API."""
MOST_RECORDS: Final = 500
MOST_PLANS: Final = 50
MOST_ERRORS: Final = 200
"""That are told of a file which has not the form of one."""
KEPT: Final = timedelta(days=7)
"""Between the two steps."""
FOLDER: Final = "official-files/"
ACCEPTED: Final = (
    "Accepted are the publisher’s JSON of standards (a list of records with referenceNumber, or one record) and "
    "assessment plans as JSON (a list of plans with standard, words, methods and statements, or one plan)."
)
_ID = re.compile(r"(\d{4}-\d\d-\d\d)-[0-9a-f]{32}", re.ASCII)
_OTHERS: Final = ((b"PK", "a spreadsheet or an archive"), (b"%PDF", "a PDF"), (b"<", "a web page or XML"))


class StandardsFiles:
    """Keeps a file between the two steps, for whoever may take in standards."""

    def __init__(self, files: Files, standards: ImportStandards, plans: AssessmentPlans, clock: Clock) -> None:
        self._files = files
        self._standards = standards
        self._plans = plans
        self._clock = clock

    def keep(self, caller: Caller, content: bytes) -> str:
        """Keeps a file as it came, for a week, and returns the id under which it is looked at and confirmed.

        Raises Forbidden, TooLarge, Rejected for what is no such file: it says what is accepted, and of a file that is
        nearly one everything that is wrong, by field.
        """
        require(caller, "standards.write")
        _read(content)
        self._tidy()
        file_id = f"{self._clock.now().date()}-{hashlib.sha256(content).hexdigest()[:32]}"
        self._files.write(FOLDER + file_id, content, content_type="application/json")
        return file_id

    def look(self, caller: Caller, file_id: str) -> JudgedFile:
        """Returns what would come of a file, with everything that is wrong; nothing is kept. Raises Forbidden,
        NotFound."""
        return self._judged(caller, file_id, dry_run=True)

    def confirm(self, caller: Caller, file_id: str) -> JudgedFile:
        """Keeps what nothing is wrong with, and returns what came of it; again it changes nothing.

        It is judged anew: what somebody else imported since the first step counts.
        Raises Forbidden, NotFound, TooLarge, Conflict (somebody else imports the same one now).
        """
        return self._judged(caller, file_id, dry_run=False)

    def _judged(self, caller: Caller, file_id: str, *, dry_run: bool) -> JudgedFile:
        require(caller, "standards.write")
        content = self._files.read(FOLDER + file_id) if _ID.fullmatch(file_id) else None
        if content is None:
            raise NotFound("this file is not here any more; send it again", field="file_id")
        file = _read(content)
        if isinstance(file, PlansFile):
            return _of_plans(self._plans.take_in(caller, file, dry_run=dry_run))
        return _of_standards(self._standards.take_in(caller, file, dry_run=dry_run))

    def _tidy(self) -> None:
        """Takes away what nobody confirmed within a week, and what was confirmed longer ago."""
        since = self._clock.now().date() - KEPT
        for name in self._files.list(FOLDER):
            found = _ID.fullmatch(name.removeprefix(FOLDER))
            if found is not None and date.fromisoformat(found[1]) < since:
                self._files.delete(name)


def _read(content: bytes) -> StandardsFile | PlansFile:
    """Returns what a file says, in the form that the import takes. Raises TooLarge, Rejected."""
    if len(content) > MOST_BYTES:
        raise TooLarge(f"the file has {len(content):,} bytes; at most {MOST_BYTES:,} are read", field="file")
    for beginning, what in _OTHERS:
        if content.lstrip()[:4].startswith(beginning):
            raise Rejected(f"the file is {what}. {ACCEPTED}", field="file")
    try:
        value: Json = parse_json(content.removeprefix(b"\xef\xbb\xbf"))
    except Malformed as problem:
        said = problem.detail.replace("the body", "the file")
        raise Rejected(f"{said}. {ACCEPTED}", field="file") from None
    records = _records(value)
    if any(isinstance(one, dict) and "methods" in one and "statements" in one for one in records):
        return _plans(records)
    if not any(isinstance(one, dict) and "referenceNumber" in one for one in records):
        raise Rejected(f"no record of the file has a referenceNumber. {ACCEPTED}", field="file")
    _check_number(records, MOST_RECORDS, "records")
    return validated(StandardsFile, {"standards": records})


def _records(value: Json) -> Sequence[Json]:
    """Returns the records of a file: of a list, of one in a field, or the one that the file is."""
    if isinstance(value, dict):
        lists = [value[name] for name in ("standards", "plans") if isinstance(value.get(name), list)]
        filled = [one for one in lists if one]
        if len(filled) > 1:
            raise Rejected(f"the file holds standards and plans; send each in a file. {ACCEPTED}", field="file")
        value = (filled or lists or [[value]])[0]
    if not isinstance(value, list) or not value:
        raise Rejected(f"the file holds no record. {ACCEPTED}", field="file")
    return value


def _plans(records: Sequence[Json]) -> PlansFile:
    _check_number(records, MOST_PLANS, "plans")
    try:
        return validated(PlansFile, {"plans": records}, most=MOST_ERRORS)
    except Rejected as problem:
        errors: list[FieldError] = [
            {"field": _place(one["field"]), "detail": one["detail"]} for one in problem.errors or ()
        ]
        raise Rejected("the file is of assessment plans, and not all of it can be read", errors=errors) from None


def _place(field: str) -> str:
    """Says where in a file something is: `plans.0.methods` → `plan 1, methods`"""
    _, _, rest = field.partition(".")
    number, _, name = rest.partition(".")
    return f"plan {int(number) + 1}, {name}" if number.isdigit() and name else field


def _check_number(records: Sequence[Json], most: int, what: str) -> None:
    if len(records) > most:
        raise TooLarge(
            f"the file has {len(records):,} {what}; at most {most} are read at once, so send it in parts", field="file"
        )


def _of_standards(found: StandardsImport) -> JudgedFile:
    lines = [
        FileLine(
            record=one.record,
            key=f"{one.reference}@{one.version}",
            name=f"{one.reference} {one.version}".strip(),
            title=one.title,
            result=one.result,
            revision=one.revision,
            statements=one.statements,
        )
        for one in found.standards
    ]
    return JudgedFile(kind="standards", lines=lines, defects=found.defects)


def _of_plans(found: PlansImport) -> JudgedFile:
    lines = [
        FileLine(
            record=one.record,
            key=one.key.rpartition("_")[0],
            name=one.key.replace("@", " ").replace("_", ", plan "),
            title="",
            result=one.result,
            revision=None,
            statements=one.statements,
        )
        for one in found.plans
    ]
    return JudgedFile(kind="plans", lines=lines, defects=found.defects)
