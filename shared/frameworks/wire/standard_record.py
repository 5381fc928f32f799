"""Reads one record of the official standards' feeds: apprenticeships, foundation apprenticeships, apprenticeship units.

A property is there, absent, or there with a value that it cannot have; each of the last two is a defect of its own, and
the rest of the record is read all the same, so that a person sees everything that is wrong at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeGuard

from shared.frameworks.domain.standard import Category, Duty, Option, Standard, StandardKind, Statement
from shared.frameworks.domain.standard_candidate import Candidate, version_of
from shared.frameworks.domain.standard_defect import Defect
from shared.frameworks.wire.statement_text import LONGEST, plain_text
from shared.kernel.json_values import Json, JsonObject

Lists = tuple[tuple[str, str, str, Category], ...]
"""Pairs a record's lists of statements with the name of their id, the prefix of their codes, and what they ask for."""

_SHORT: Final[Lists] = (
    ("technicalKnowledges", "id", "TK", Category.KNOWLEDGE),
    ("technicalSkills", "id", "TS", Category.SKILL),
)
LISTS: Final[Mapping[StandardKind, Lists]] = {
    StandardKind.APPRENTICESHIP: (
        ("knowledges", "knowledgeId", "K", Category.KNOWLEDGE),
        ("skills", "skillId", "S", Category.SKILL),
        ("behaviours", "behaviourId", "B", Category.BEHAVIOUR),
    ),
    StandardKind.FOUNDATION: (*_SHORT, ("employabilitySkillsAndBehaviours", "id", "ESB", Category.BEHAVIOUR)),
    StandardKind.UNIT: (*_SHORT, ("employabilitySkillsAndBehaviours", "id", "ESB", Category.BEHAVIOUR)),
}
_MAY_LACK: Final = {(StandardKind.UNIT, "employabilitySkillsAndBehaviours")}
"""Lists that not every record of a feed has."""
OTHERS: Final = (
    "approvedForDelivery", "createdDate", "lastUpdated", "publishDate", "earliestStartDate", "latestStartDate",
    "latestEndDate", "maxFunding", "route", "regulated", "typicalJobTitles",
)  # fmt: skip
"""Properties that the Department requires of every record, and that a learner can start without."""
MOST_STATEMENTS: Final = 300
_DATES: Final = {"earliestStartDate": "S1010", "latestStartDate": "S1011", "createdDate": "S1012"}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_OWN_CODE = re.compile(r"([A-Z]{1,3}\d{1,3})(?: ?[:.)–-] ?| )")


@dataclass(slots=True)
class _Reading:
    """Holds a record on its way: what it says, and what was wrong with it."""

    place: int
    record: JsonObject
    reference: str = ""
    version: str = ""
    defects: list[Defect] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def wrong(self, code: str, name: str, detail: str) -> None:
        self.defects.append(Defect(code, self.place, self.reference, self.version, name, detail))

    def text(self, name: str, *, needed: bool = False, longest: int = 500) -> str:
        value = self.record.get(name)
        if value is None or (value == "" and needed):
            self._lacks(name, needed)
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or len(value) > longest:
            self.wrong("P1002", name, f"is not a text of at most {longest} characters")
            return ""
        return value

    def number(self, name: str, least: int, most: int, *, needed: bool = False) -> int | None:
        value = self.record.get(name)
        if value is None:
            self._lacks(name, needed)
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong("P1002", name, f"{str(value)[:40]!r} is not a whole number from {least} to {most}")
            return None
        return value

    def day(self, name: str) -> date | None:
        value = self.record.get(name)
        if value is None or value == "":
            return None
        try:
            return _day_of(value)
        except ValueError:
            self.wrong(_DATES.get(name, "P1002"), name, f"{str(value)[:40]!r} is not a date, as 2026-09-01 is")
            return None

    def objects(self, name: str, *, needed: bool) -> Iterator[tuple[str, JsonObject]]:
        """Yields the objects of a list, each with its dotted path."""
        value = self.record.get(name)
        if value is None:
            self._lacks(name, needed)
            return
        if not _is_list(value) or len(value) > MOST_STATEMENTS:
            self.wrong("P1002", name, f"is not a list of at most {MOST_STATEMENTS}")
            return
        for place, one in enumerate(value):
            if isinstance(one, Mapping):
                yield f"{name}.{place}", one
            else:
                self.wrong("P1002", f"{name}.{place}", "is not an object")

    def _lacks(self, name: str, needed: bool) -> None:
        if needed:
            self.missing.append(name)

    def identity(self, path: str, of: JsonObject, name: str) -> str:
        value = str(of.get(name) or "").strip().lower()
        if not value:
            self.missing.append(f"{path}.{name}")
        elif not _ID.fullmatch(value):
            self.wrong("P1003", f"{path}.{name}", f"{value[:40]!r} is not an id of the form 8-4-4-4-12")
        return value


def read_record(place: int, record: JsonObject) -> tuple[Candidate, list[Defect]]:
    """Returns what a record claims, and what is wrong with it as it stands. place: in the file, from 0"""
    reading = _Reading(place, record)
    reading.reference = reading.text("referenceNumber", needed=True).strip()
    reading.version = reading.text("version", needed=True).strip()
    kind = kind_of(record)
    title = reading.text("title", needed=True)
    code = reading.text("larsCode", needed=kind is not StandardKind.UNIT).strip()
    status = reading.text("status", needed=True)
    options = tuple(_options(reading))
    standard = _standard(reading, kind, (title, code, status), options)
    published = reading.day("publishDate")
    reading.day("createdDate")
    if reading.missing:
        reading.wrong("E1001", "", f"is missing {', '.join(reading.missing[:20])}")
    absent = [name for name in OTHERS if name not in record]
    if absent:
        reading.wrong("W2001", "", f"does not say {', '.join(absent)}")
    refused = any(not defect.code.startswith("W") for defect in reading.defects)
    candidate = Candidate(
        place=place,
        kind=kind,
        reference=reading.reference,
        version=reading.version,
        version_number=reading.text("versionNumber").strip(),
        status=status,
        title=title,
        lars_code=code,
        published=published,
        promises_options=record.get("coreAndOptions") is True,
        options=options,
        has_options=bool(options or record.get("optionsUnstructuredTemplate")),
        standard=None if refused else standard,
    )
    return candidate, reading.defects


def kind_of(record: JsonObject) -> StandardKind:
    """Returns the feed that a record is of: by its reference, else by the properties that only one feed has."""
    start = str(record.get("referenceNumber") or "").strip()[:2].upper()
    if start == "AU" or "minimumHoursForCompliance" in record or "apprenticeshipUnitUrl" in record:
        return StandardKind.UNIT
    if start == "FA" or (start != "ST" and "technicalKnowledges" in record):
        return StandardKind.FOUNDATION
    return StandardKind.APPRENTICESHIP


def _standard(
    reading: _Reading, kind: StandardKind, told: tuple[str, str, str], options: tuple[Option, ...]
) -> Standard | None:
    title, code, status = told
    unit = kind is StandardKind.UNIT
    level = reading.number("level", 1, 8, needed=True)
    months = None if unit else reading.number("typicalDuration", 0, 120)
    hours = reading.number("minimumHoursForCompliance", 1, 5_000, needed=True) if unit else None
    statements = tuple(one for spec in LISTS[kind] for one in _list_of(reading, kind, *spec))
    duties = tuple(_duties(reading, {one.statement_id: one.code for one in statements}, options))
    starts = (reading.day("earliestStartDate"), reading.day("latestStartDate"))
    version = version_of(reading.version)
    if version is None or level is None:
        return None
    return Standard(
        reference=reading.reference,
        version=version,
        kind=kind,
        title=" ".join(title.split()),
        level=level,
        status=status,
        statements=statements,
        duties=duties,
        options=options,
        lars_code=code if code.strip("0") else None,
        typical_months=months or None,
        minimum_hours=hours,
        route=reading.text("route").strip() or None,
        starts=starts,
        plan_url=reading.text("assessmentPlanUrl", longest=2_000).strip() or None,
    )


def _list_of(
    reading: _Reading, kind: StandardKind, name: str, id_name: str, prefix: str, category: Category
) -> Sequence[Statement]:
    if (kind, name) in _MAY_LACK and not reading.record.get(name):
        return ()
    return _statements(reading, name, id_name, prefix, category)


def _statements(reading: _Reading, name: str, id_name: str, prefix: str, category: Category) -> Sequence[Statement]:
    """Reads one list. Its codes are those that all its statements begin with, if they do; else their places."""
    found: list[tuple[str, str]] = []
    for path, one in reading.objects(name, needed=True):
        identity = reading.identity(path, one, id_name)
        found.append((identity, _detail(reading, path, one)))
    if not found and reading.record.get(name) is not None:
        reading.wrong("P1004", name, "is empty: a standard has at least one of them")
    if len({identity for identity, _ in found}) < len(found):
        reading.wrong("P1003", name, "has the same id twice")
    own = [_OWN_CODE.match(text) for _, text in found]
    codes = [match[1] for match in own if match and match[1].rstrip("0123456789") == prefix]
    written = len(codes) == len(found) == len(set(codes))
    return [
        Statement(
            code=codes[place] if written else f"{prefix}{place + 1}",
            statement_id=identity,
            category=category,
            text=text[match.end() :] if written and (match := own[place]) else text,
        )
        for place, (identity, text) in enumerate(found)
    ]


def _detail(reading: _Reading, path: str, one: JsonObject) -> str:
    value = one.get("detail")
    if value is None:
        reading.missing.append(f"{path}.detail")
    elif not isinstance(value, str) or len(value) > LONGEST:
        reading.wrong("P1002", f"{path}.detail", f"is not a text of at most {LONGEST} characters")
    else:
        text = plain_text(value)
        if not text:
            reading.wrong("P1004", f"{path}.detail", "has no words")
        return text
    return ""


def _options(reading: _Reading) -> Iterator[Option]:
    for path, one in reading.objects("options", needed=False):
        identity = reading.identity(path, one, "optionId")
        title = str(one.get("title") or "").strip()[:200]
        if not title:
            reading.missing.append(f"{path}.title")
        yield Option(identity, title)


def _duties(reading: _Reading, codes: Mapping[str, str], options: Sequence[Option]) -> Iterator[Duty]:
    titles = {option.option_id for option in options}
    for path, one in reading.objects("duties", needed=False):
        identity = reading.identity(path, one, "dutyID")
        core = one.get("isThisACoreDuty")
        if core not in (0, 1):
            reading.wrong("P1002", f"{path}.isThisACoreDuty", f"{str(core)[:40]!r} is neither 0 nor 1")
        mapped = [
            code
            for name in ("mappedKnowledge", "mappedSkills", "mappedBehaviour")
            for code in _mapped(reading, path, name, one.get(name), codes)
        ]
        known = {option: option for option in titles}
        chosen = _mapped(reading, path, "mappedOptions", one.get("mappedOptions"), known)
        text = plain_text(str(one.get("dutyDetail") or "")[:LONGEST])
        yield Duty(identity, text, bool(core), tuple(dict.fromkeys(mapped)), tuple(chosen))


def _mapped(reading: _Reading, path: str, name: str, value: Json, known: Mapping[str, str]) -> list[str]:
    """Returns what a duty maps to, by the names that `known` gives to ids; others are a warning each list."""
    if value is None:
        return []
    if not _is_list(value):
        reading.wrong("P1002", f"{path}.{name}", "is not a list")
        return []
    ids = [str(one).strip().lower() for one in value]
    strangers = [one for one in ids if one not in known]
    if strangers:
        reading.wrong(
            "W2002", f"{path}.{name}", f"names {len(strangers)} that the record does not have: {strangers[0][:40]}"
        )
    return [known[one] for one in ids if one in known]


def _day_of(value: Json) -> date:
    """Returns the day of a date, or of a date with a time, as the feeds write them. Raises ValueError."""
    found = _DAY.fullmatch(value) if isinstance(value, str) and len(value) <= 40 else None
    if found is None:
        raise ValueError("is no date")
    return date.fromisoformat(found[1])


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
