"""The corpus on disk, read strictly: a label whose quote is not found in that speaker's words is an error."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from infra.demonstration import catalogue
from infra.demonstration.authored_yaml import CorpusError, Place, one_of, read_yaml
from infra.demonstration.corpus import EMPLOYEE_PARTS, MEASURABLE, SPECIAL_CASES, Deal, Label, Line, Part, Script
from shared.analysts.domain.rubric import Competency
from shared.conversations.domain.conversation import Affiliation
from shared.conversations.domain.recorded_call import CrmValue

CALLS = Path(__file__).parent / "calls"

DEAL_SIZES = ("enterprise", "mid-market", "smb")
PRODUCTS = ("platform", "platform-v2", "security-module", "integrations")
USUAL_WORDS_PER_MINUTE = 165

HEADER = ("title", "about", "account", "industry", "deal_size", "stage", "personas", "products", "parties", "labels")
_LINE = re.compile(r"(?P<key>[A-Z][A-Za-z]*|\?)(?: (?P<sign>[<>])(?P<seconds>\d{1,2}(?:\.\d{1,2})?))?: (?P<text>\S.*)")
_TOPIC = re.compile(r"\[(?P<topic>[^\[\]]+)\]")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]")
PLACEHOLDERS = frozenset(f"{{{part}.{what}}}" for part in EMPLOYEE_PARTS for what in ("first", "name", "email"))
_EMAIL = re.compile(r"[a-z0-9.\-]+@[a-z0-9.\-]+\.example")


@cache
def calls() -> tuple[Script, ...]:
    """Reads every call of the corpus, by file name. Raises CorpusError, naming file and line."""
    return tuple(read_call(path) for path in sorted(CALLS.glob("*.yaml")))


def read_call(path: Path) -> Script:
    """Reads one call. Raises CorpusError, naming file and line."""
    root = read_yaml(path)
    header = root.mapping(required=(*HEADER, "turns"), optional=("case", "crm"))
    parts = read_parts(header["parties"])
    lines = _lines(header["turns"], parts)
    spoken = {part.key: [line.text for line in lines if line.key == part.key] for part in parts}
    return Script(
        slug=path.stem,
        title=header["title"].text(),
        about=header["about"].text(),
        case=header["case"].text(SPECIAL_CASES) if "case" in header else None,
        deal=read_deal(header),
        parts=parts,
        labels=read_labels(header["labels"], parts, spoken),
        lines=lines,
    )


def read_deal(header: dict[str, Place]) -> Deal:
    """Reads what the conversation is about. The account is one of the catalogue's, in its own industry."""
    industry = header["industry"].text(one_of(catalogue.ACCOUNTS))
    crm: dict[str, tuple[tuple[str, CrmValue], ...]] = {}
    if "crm" in header:
        for kind, fields in header["crm"].mapping(optional=("Opportunity", "Account")).items():
            crm[kind] = tuple((name, value.scalar()) for name, value in fields.mapping(optional=None).items())
    return Deal(
        account=header["account"].text(catalogue.ACCOUNTS[industry]),
        industry=industry,
        deal_size=header["deal_size"].text(DEAL_SIZES),
        stage=header["stage"].text(tuple(catalogue.STAGES)),
        personas=header["personas"].texts(tuple(name for name, _ in catalogue.PERSONAS)),
        products=header["products"].texts(PRODUCTS),
        crm=crm,
    )


def read_parts(place: Place) -> tuple[Part, ...]:
    """Reads the people. Exactly one takes the seller's part."""
    parts = []
    for key, about in place.mapping(optional=None).items():
        if not re.fullmatch(r"[A-Z][A-Za-z]*", key):
            raise about.error(f"`{key}`: a speaker's key begins with a capital and has letters only")
        told = about.mapping(
            optional=("employee", "name", "title", "affiliation", "email", "invited", "attended", "words_per_minute")
        )
        employee = told["employee"].text(EMPLOYEE_PARTS) if "employee" in told else None
        if employee is not None and told.keys() & {"name", "email", "affiliation"}:
            raise about.error("who takes an employee's part is cast later: no name, email or affiliation here")
        if employee is None and "affiliation" not in told:
            raise about.error("`affiliation` is missing")
        email = told["email"].text() if "email" in told else None
        if email is not None and not _EMAIL.fullmatch(email):
            raise told["email"].error("an address in lower case that ends in .example is accepted")
        parts.append(
            Part(
                key=key,
                employee=employee,
                name=told["name"].text() if "name" in told else None,
                title=told["title"].text() if "title" in told else None,
                affiliation=Affiliation(told["affiliation"].text(tuple(Affiliation)))
                if employee is None
                else Affiliation.INTERNAL,
                email=email,
                invited=told["invited"].truth() if "invited" in told else True,
                attended=told["attended"].truth() if "attended" in told else True,
                words_per_minute=told["words_per_minute"].whole(90, 260)
                if "words_per_minute" in told
                else USUAL_WORDS_PER_MINUTE,
            )
        )
    taken = [part.employee for part in parts if part.employee is not None]
    if taken.count("seller") != 1 or taken.count("colleague") > 1:
        raise place.error("one party takes the seller's part, at most one the colleague's")
    return tuple(parts)


def read_labels(place: Place, parts: tuple[Part, ...], spoken: dict[str, list[str]]) -> dict[str, tuple[Label, ...]]:
    """Reads the labels by speaker's key. spoken: what each speaker says, turn by turn."""
    found: dict[str, tuple[Label, ...]] = {}
    employees = {part.key for part in parts if part.employee is not None}
    for key, by_competency in place.mapping(optional=None).items():
        if key not in employees:
            raise by_competency.error(f"`{key}` takes no employee's part and is not scored")
        labels = []
        for competency, told in by_competency.mapping(optional=tuple(Competency)).items():
            labels.append(_label(competency, told, spoken[key]))
        found[key] = tuple(labels)
    for key in employees:
        if spoken[key] and key not in found:
            raise place.error(f"`{key}` speaks and has no labels; give an empty mapping where nothing can be scored")
    return found


def _label(competency: str, place: Place, spoken: list[str]) -> Label:
    told = place.mapping(required=("score", "because"), optional=("quote", "measured"))
    if ("quote" in told) == ("measured" in told):
        raise place.error("a label has a `quote`, or for listening something `measured`")
    if "measured" in told and competency != Competency.LISTENING:
        raise told["measured"].error("only listening may stand on a measurement")
    if "quote" in told:
        quoted = told["quote"].text()
        if not any(on_one_line(quoted) in on_one_line(text) for text in spoken):
            raise told["quote"].error(f"this speaker says it in no turn: “{quoted}”")
    return Label(
        competency=competency,
        score=told["score"].whole(0, 100),
        quote=told["quote"].text() if "quote" in told else None,
        measured=told["measured"].text(MEASURABLE) if "measured" in told else None,
        because=told["because"].text(),
    )


def on_one_line(text: str) -> str:
    """Makes every white space of the text a single space."""
    return " ".join(text.split())


def check_placeholders(place: Place, number: int, text: str, parts: tuple[Part, ...]) -> None:
    """Raises CorpusError for a placeholder that no employee on the call can fill."""
    cast = {part.employee for part in parts}
    for match in _PLACEHOLDER.finditer(text):
        if match.group() not in PLACEHOLDERS or match.group()[1:].split(".")[0] not in cast:
            raise place.error(f"`{match.group()}` is no placeholder of this call's employees", line=number)


def _lines(place: Place, parts: tuple[Part, ...]) -> tuple[Line, ...]:
    lines: list[Line] = []
    topic: str | None = None
    present = {part.key for part in parts if part.attended}
    for number, written in place.lines():
        if not written.strip():
            continue
        heading = _TOPIC.fullmatch(written.strip())
        if heading:
            topic = heading["topic"]
            continue
        match = _LINE.fullmatch(written.rstrip())
        if match is None:
            raise place.error("a turn is `KEY: words`, `KEY <0.4: words` or `KEY >1.2: words`", line=number)
        key = None if match["key"] == "?" else match["key"]
        if key is not None and key not in present:
            raise place.error(f"`{key}` speaks and is no party that attended", line=number)
        offset = None
        if match["sign"]:
            offset = round(float(match["seconds"]) * 1000) * (-1 if match["sign"] == "<" else 1)
        check_placeholders(place, number, match["text"], parts)
        lines.append(Line(number=number, key=key, offset_ms=offset, text=match["text"], topic=topic))
    if not lines:
        raise place.error("nobody says anything")
    return tuple(lines)


__all__ = ["CorpusError", "calls", "read_call"]
