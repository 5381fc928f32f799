"""Judges the records of a feed of standards, each for itself and all of one reference together.

The rules are those of the Department's own importer, with its codes (see standard_defect.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from shared.frameworks.domain.standard import Standard, StandardKind, StandardVersion
from shared.frameworks.domain.standard_candidate import IN_FORCE, RETIRED, SETTLED, STATUSES, Candidate
from shared.frameworks.domain.standard_defect import Defect

REFERENCES: Mapping[StandardKind, tuple[re.Pattern[str], str]] = {
    StandardKind.APPRENTICESHIP: (re.compile(r"ST\d{4}", re.ASCII), "ST and four digits"),
    StandardKind.FOUNDATION: (re.compile(r"FA\d{4}", re.ASCII), "FA and four digits"),
    StandardKind.UNIT: (re.compile(r"AU\d{4}", re.ASCII), "AU and four digits"),
}
_CODE_OF_UNIT = re.compile(r"(?:Z[A-Z0-9]{7})?", re.ASCII)
ROUTES = frozenset(
    {
        "Agriculture, environmental and animal care", "Business and administration", "Care services",
        "Catering and hospitality", "Construction and the built environment", "Creative and design", "Digital",
        "Education and early years", "Engineering and manufacturing", "Hair and beauty", "Health and science",
        "Legal, finance and accounting", "Protective services", "Sales, marketing and procurement",
        "Transport and logistics",
    }
)  # fmt: skip
DAYS_TO_GET_A_CODE = 14
"""After publication; the Department's importer warns then."""


def judge(found: Sequence[Candidate], known: Iterable[Standard], today: date) -> list[Defect]:
    """Returns what is wrong with records, in their order, then of whole references.

    known: the versions that the platform has, of the references that the file names and of the codes that it uses
    """
    stored = list(known)
    defects = [defect for one in found for check in _EACH for defect in check(one)]
    defects += [defect for one in found for defect in _late_code(one, today)]
    for reference in dict.fromkeys(one.reference for one in found):
        family = [one for one in found if one.reference == reference]
        defects += _of_family(family, [one for one in stored if one.reference == reference])
    return defects + list(_shared_codes(found, stored))


def _reference(one: Candidate) -> Iterator[Defect]:
    pattern, words = REFERENCES[one.kind]
    if not pattern.fullmatch(one.reference):
        yield one.defect("E1002", "referenceNumber", f"{one.reference!r} is not {words}")


def _version(one: Candidate) -> Iterator[Defect]:
    if one.number is None:
        yield one.defect("E1003", "version", f"{one.version!r} is not major.minor, as 1.1 is")


def _code(one: Candidate) -> Iterator[Defect]:
    if one.kind is StandardKind.UNIT:
        if not _CODE_OF_UNIT.fullmatch(one.lars_code):
            yield one.defect(
                "E1005", "larsCode", f"{one.lars_code!r} is neither empty nor Z and seven letters or digits"
            )
        return
    if not (one.lars_code.isascii() and one.lars_code.isdigit()):
        yield one.defect("S1005", "larsCode", f"{one.lars_code!r} is not a whole number")
    elif _has_no_code(one) and one.status == RETIRED and one.number and one.number.major >= 1:
        yield one.defect("S1006", "larsCode", f"is 0 although the version is {RETIRED}")


def _same_version(one: Candidate) -> Iterator[Defect]:
    checked = one.kind is not StandardKind.UNIT and one.status in (IN_FORCE, RETIRED)
    if checked and one.version_number != one.version:
        yield one.defect("S1007", "versionNumber", f"{one.version_number!r} is not the version {one.version!r}")


def _title(one: Candidate) -> Iterator[Defect]:
    if not one.title.strip() or one.title.startswith(" "):
        yield one.defect("S1008", "title", "is empty or begins with a space")


def _status(one: Candidate) -> Iterator[Defect]:
    if one.status not in STATUSES:
        yield one.defect("S1009", "status", f"{one.status!r} is not one of {', '.join(STATUSES)}")
    elif one.number == StandardVersion(1, 0) and one.status not in SETTLED:
        yield one.defect("W1002", "status", f"version 1.0 is {one.status!r}")


def _options(one: Candidate) -> Iterator[Defect]:
    if one.kind is StandardKind.APPRENTICESHIP and one.promises_options and not one.has_options:
        yield one.defect("W1003", "options", "coreAndOptions is true, and there is no option")


def _route(one: Candidate) -> Iterator[Defect]:
    route = None if one.standard is None else one.standard.route
    if route and route not in ROUTES:
        yield one.defect("W1004", "route", f"{route!r} is none of the {len(ROUTES)} occupational routes")


_EACH: tuple[Callable[[Candidate], Iterable[Defect]], ...] = (
    _reference, _version, _code, _same_version, _title, _status, _options, _route
)  # fmt: skip


def _late_code(one: Candidate, today: date) -> Iterator[Defect]:
    first = one.number == StandardVersion(1, 0) and one.kind is not StandardKind.UNIT and _has_no_code(one)
    if first and one.published is not None and one.published < today - timedelta(days=DAYS_TO_GET_A_CODE):
        yield one.defect("W1001", "larsCode", f"is 0 more than {DAYS_TO_GET_A_CODE} days after its publication")


def _of_family(family: Sequence[Candidate], stored: Sequence[Standard]) -> Iterator[Defect]:
    """Judges all versions of one reference: those of the file, and those that stand and are not in it."""
    told = {one.number for one in family}
    yield from _twice(family)
    yield from _lost_code(family, stored)
    yield from _several_in_force(family, [one for one in stored if one.version not in told])
    numbers = sorted({number for number in told if number is not None} | {one.version for one in stored})
    for before, after in pairwise(numbers):
        if not before.precedes(after):
            yield _about(family, after).defect("S1003", "version", f"{after} does not follow {before}, which is there")
    yield from _starts(family, [one for one in stored if one.version not in told])
    for one in family:
        yield from _lost_options(one, next((old for old in stored if old.version == one.number), None))


def _twice(family: Sequence[Candidate]) -> Iterator[Defect]:
    seen: dict[StandardVersion, int] = {}
    for one in family:
        if one.number is not None and one.number in seen:
            yield one.defect("P1001", "version", f"is that of record {seen[one.number] + 1} already")
        elif one.number is not None:
            seen[one.number] = one.place


def _lost_code(family: Sequence[Candidate], stored: Sequence[Standard]) -> Iterator[Defect]:
    """Finds versions without a code of which this one or an older one has a code, as it stands or in the file."""
    codes = {one.version: one.lars_code for one in stored if one.lars_code is not None}
    codes |= {one.number: one.lars_code for one in family if one.number is not None and one.lars_code.strip("0")}
    for one in family:
        if one.kind is StandardKind.UNIT or not _has_no_code(one):
            continue
        before = max((number for number in codes if one.number is None or number <= one.number), default=None)
        if before is not None:
            yield one.defect("S1001", "larsCode", f"is 0, and version {before} has {codes[before]}")


def _several_in_force(family: Sequence[Candidate], others: Sequence[Standard]) -> Iterator[Defect]:
    named = [one.version for one in family if one.status == IN_FORCE]
    named += [str(one.version) for one in others if one.status == IN_FORCE]
    if len(set(named)) > 1:
        yield family[-1].defect("S1002", "status", f"only one of {', '.join(sorted(set(named)))} may be {IN_FORCE!r}")


def _starts(family: Sequence[Candidate], others: Sequence[Standard]) -> Iterator[Defect]:
    """Finds days on which nobody, or two versions, could be started; passes over what could not be read."""
    told = [one.standard for one in family if one.standard is not None]
    if len(told) < len(family):
        return
    versions = sorted((*told, *others), key=lambda one: one.version)
    for before, after in pairwise(versions):
        last, first = before.starts[1], after.starts[0]
        follows = last is not None and first is not None and first.toordinal() - last.toordinal() == 1
        if before.version != after.version and not follows:
            yield _about(family, after.version).defect(
                "S1004",
                "earliestStartDate",
                f"is {first or 'open'}, while version {before.version} may be started until {last or 'for ever'}",
            )


def _lost_options(one: Candidate, stored: Standard | None) -> Iterator[Defect]:
    """Compares options with those of the same version as it stands: learners are pinned to them by title."""
    if stored is None or stored.version.major < 1:
        return
    now = {option.option_id: option.title for option in one.options}
    titles = set(now.values())
    for option in stored.options:
        if option.title in titles:
            continue
        if option.option_id in now:
            yield one.defect("S1013", "options", f"{option.title!r} was renamed {now[option.option_id]!r}")
        else:
            yield one.defect("S1014", "options", f"{option.title!r} was removed")


def _shared_codes(found: Sequence[Candidate], stored: Sequence[Standard]) -> Iterator[Defect]:
    holders: dict[str, str] = {}
    for standard in stored:
        if standard.lars_code is not None:
            holders.setdefault(standard.lars_code, standard.reference)
    for one in found:
        if one.lars_code and not _has_no_code(one):
            holder = holders.setdefault(one.lars_code, one.reference)
            if holder != one.reference:
                yield one.defect("E1004", "larsCode", f"{one.lars_code!r} is that of {holder}, too")


def _about(family: Sequence[Candidate], version: StandardVersion) -> Candidate:
    """Returns the record to which a defect of a version belongs: its own, or the last where the file has none."""
    return next((one for one in family if one.number == version), family[-1])


def _has_no_code(one: Candidate) -> bool:
    return one.lars_code.strip("0") == "" and one.lars_code != ""
