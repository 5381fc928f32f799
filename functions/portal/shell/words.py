"""Says things in plain words: statuses, trends, confidence, dates and counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from shared.frameworks.domain.framework import Rule
from shared.kernel import rounding
from shared.kernel.access import Permission, Role, holders

if TYPE_CHECKING:
    from shared.ratings.domain.discrepancy import Reason

STATUS = {
    "validated": "Validated",
    "in_progress": "In progress",
    "expired": "Expired",
    "not_started": "Not started",
    "stale": "Not seen for 90 days",
    "gap": "Gap",
}
SCOPE = {
    "everyone": "the whole organisation",
    "organisation": "your organisation",
    "reports": "your direct reports",
    "learners": "your learners",
    "self": "you",
    "nobody": "nobody",
}
"""Over whom a viewer's lists run."""
TREND = {
    "improving": "Improving",
    "stable": "Stable",
    "declining": "Declining",
    "insufficient": "Too few for a trend",
}
TREND_OF = {"field": "in the field", "practice": "in practice"}
CONFIDENCE = {
    "high": "High confidence",
    "medium": "Medium confidence",
    "low": "Low confidence",
    "unknown": "Confidence unknown",
}
DISCREPANCY: Mapping[Reason, str] = {
    "ratings_apart": "apart",
    "field_below_bar": "below the bar in the field",
    "validation_ended": "validation ended by the field",
}
"""In what way practice and field of a skill disagree."""
PAUSED = {
    "asked": "paused by a person",
    "failing": "nothing has arrived for three days",
    "gone": "its receiver wants nothing more (410)",
    "owner_may_not": "its owner may not read this any more",
}
"""Why a webhook is paused."""
KIND = {"field": "Field", "validation": "Practice", "learning": "Learning"}
ROLE = {
    "employee": "Employee",
    "manager": "Manager",
    "senior_manager": "Senior manager",
    "enablement": "Enablement",
    "cro": "Sales leadership",
    "mentor": "Mentor",
    "employer": "Employer",
    "administrator": "Administrator",
}


ABBREVIATIONS = frozenset(
    (
        "ai",
        "api",
        "ceo",
        "cfo",
        "cio",
        "ciso",
        "cmo",
        "coo",
        "crm",
        "cro",
        "cto",
        "epr",
        "hr",
        "hv",
        "lv",
        "mv",
        "pilc",
        "roi",
        "smb",
        "sso",
        "svp",
        "usd",
        "vp",
        "xlpe",
    )
)
"""Words of identifiers that people write in capitals."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
VOLTAGE = re.compile(r"(\d+)kv")
"""A voltage as an identifier has it."""
IN_UTC = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC")
ANALYST = {"claude": "Claude", "lexical": "Counting, without a language model"}


def plain(word: str) -> str:
    """Writes an identifier as people do: `mid_market` → `Mid market`, `vp_sales` → `VP sales`, `11kv` → `11 kV`; a
    word with capitals stays as it is."""
    spaced = word.replace("_", " ").strip()
    if any(letter.isupper() for letter in spaced):
        return spaced
    written = " ".join(part.upper() if part in ABBREVIATIONS else _volts(part) for part in spaced.split(" "))
    return written[:1].upper() + written[1:]


def statement(competency: str, name: str) -> str:
    """Names a competency: a code that its trade knows stands before it (`K2 Safe isolation`), our own id does not."""
    return f"{competency} {name}" if competency[:1].isupper() else name


def versioned(standard: str) -> str:
    """Writes a standard as people do: `ST9901@1.0` → `ST9901, version 1.0`."""
    return standard.replace("@", ", version ")


def ordinal(number: int) -> str:
    """Writes which of several: `first` to `tenth`, then `11th`, `22nd`."""
    if 1 <= number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _volts(part: str) -> str:
    found = VOLTAGE.fullmatch(part)
    return part if found is None else f"{found[1]} kV"


def for_others(role: Role | None, permission: Permission) -> str:
    """Says whose a page is that a person may not see."""
    whose = ", ".join(ROLE[one] for one in holders(permission)) or "nobody"
    return f"It is for: {whose}. Your role here is {role_name(role)}; an administrator can change it."


def role_name(role: Role | None) -> str:
    """Says what somebody is; a service has no role."""
    return ROLE[role] if role else "Service"


def action(identifier: str) -> str:
    """Writes what was done as people do: `dead_letter.viewed` → `Dead letter viewed`."""
    return plain(identifier.replace(".", " "))


def zoned(text: str) -> Markup:
    """Returns a sentence with its moments, which it says in UTC, as elements that are shown in the reader's zone."""

    def element(found: re.Match[str]) -> Markup:
        at = datetime.strptime(found[0], "%d %b %Y, %H:%M UTC").replace(tzinfo=UTC)
        return Markup('<time datetime="{}" data-local>{}</time>').format(at.isoformat(), found[0])

    parts, last = [], 0
    for found in IN_UTC.finditer(text):
        parts += [escape(text[last : found.start()]), element(found)]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def coded(text: str) -> Markup:
    """Returns a sentence in which names of settings are set as such: `allowed_callers`, `AUGMENT_CALLS_FROM`."""
    parts = re.split(r"(\w+)", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(one) if "_" in one.strip("_") else escape(one) for one in parts
    )


def source(identifier: str) -> str:
    """Writes what an event came from as people do: `voice-roleplay` → `Voice roleplay`; an address stays."""
    return identifier if "@" in identifier else plain(identifier.replace("-", " "))


def capital(words: str) -> str:
    """Begins words as a sentence does: `by the CRM` → `By the CRM`."""
    return words[:1].upper() + words[1:]


def scorer(scorer_id: str) -> str:
    """Says who scored, as people do: `claude:a-model:rubric-3:prompt-2` → `Claude (a-model)`; another id as a
    source's."""
    analyst, _, rest = scorer_id.partition(":")
    name = ANALYST.get(analyst)
    if name is None or rest.count(":") != 2:
        return source(scorer_id)
    return name if analyst == "lexical" else f"{name} ({rest.partition(':')[0]})"


def analyst(scorer_id: str) -> str:
    """Says who scored without model and version: `claude:a-model:rubric-3:prompt-2` → `Claude`; another id as a
    source's."""
    name, _, rest = scorer_id.partition(":")
    return ANALYST.get(name, source(scorer_id)) if rest.count(":") == 2 else source(scorer_id)


def version(scorer_id: str) -> str:
    """Says with what it scored: `claude:a-model:rubric-3:prompt-2` → `rubric-3, prompt-2`; empty for another id."""
    parts = scorer_id.split(":")
    return ", ".join(part for part in parts[2:] if part != "-") if len(parts) == 4 else ""


def cut(text: str, most: int) -> str:
    """Returns a text whose end may be left out, which it says then."""
    return text if len(text) <= most else f"{text[:most]}\n… {count(len(text) - most, 'more character')}"


def day(value: date | datetime | None) -> str:
    """Writes a day as `23 Nov 2026`; an em dash for none."""
    return "—" if value is None else f"{value.day} {value:%b %Y}"


def meeting(at: datetime | None, now: datetime) -> str:
    """Returns what a deal's meeting is called: one that is over is nothing to prepare for."""
    return "Last meeting" if at is not None and at <= now else "Meeting"


def moment(value: datetime | None) -> str:
    """Writes a moment as `23 Nov 2026, 07:41 UTC`; an em dash for none."""
    if value is None:
        return "—"
    utc = value.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


def ago(value: datetime, now: datetime) -> str:
    """Says how long before `now`, in the largest sensible unit: `just now`, `5 minutes ago`, `3 days ago`."""
    past = now - value
    if past < timedelta(minutes=1):
        return "just now"
    for unit, span in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if past >= span:
            return f"{count(past // span, unit)} ago"
    return "just now"


def lasting(seconds: float) -> str:
    """Says how long, in the largest sensible unit: `5 s`, `34 min`, `3 h`, `2 days`."""
    for unit, length in (("day", 86_400), (" h", 3_600), (" min", 60)):
        if seconds >= length:
            whole = int(seconds // length)
            return count(whole, unit) if unit == "day" else f"{whole}{unit}"
    return f"{seconds:.0f} s"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Counts a noun: `1 person`, `3 people`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def points(value: float | None) -> str:
    """Writes a rating in whole points, rounded half up; an em dash for none."""
    return "—" if value is None else str(rounding.whole(value))


def unknown(seen: int, core: int) -> str:
    """Says that a readiness is not known, since too few of the core competencies have a current rating."""
    return f"Not yet known ({seen} of {core} seen)"


def percent(share: float) -> str:
    """Writes a share 0-1 in whole per cent, rounded half up, without the sign."""
    return str(rounding.percent(share))


def between(interval: Sequence[float]) -> str:
    """Writes an interval in points as `71–78`, in whole points."""
    low, high = interval
    return f"{points(low)}–{points(high)}"


def signed(difference: float) -> str:
    """Writes a difference as `+4`, `−0.6` or `±0`: to a tenth, with a real minus sign."""
    rounded = round(abs(difference), 1)
    if rounded == 0:
        return "±0"
    return f"{'+' if difference > 0 else '−'}{rounded:g}"


def rule_sentence(rule: Rule, unit: str) -> str:
    """Says an achievement rule in one or two sentences that an enablement manager would say.

    unit: what the framework calls one field observation
    """
    practice = _minimum(rule.min_validation_attempts, rule.min_validation_score, "practice attempt")
    field = _minimum(rule.min_field_observations, rule.min_field_score, unit)
    if practice and field:
        joined = f"{field}, or {practice}" if rule.field_overrides_validation else f"{practice}, and {field}"
    else:
        joined = practice or field or "nothing yet"
    sentence = f"Validated by {joined}, within {count(rule.observation_window_days, 'day')}."
    if practice and field and rule.field_overrides_validation:
        sentence += f" {unit[:1].upper()}{unit[1:]}s below the bar outweigh practice."
    if rule.expires_after_days:
        sentence += f" Holds for {count(rule.expires_after_days, 'day')}"
        sentence += ", then only a certification exam renews it." if rule.requires_recertification else "."
    if rule.decay_rate:
        sentence += f" Shown fading by {rule.decay_rate:g} points per 30 days without practice."
    return sentence


def _minimum(least: int | None, bar: float | None, noun: str) -> str | None:
    if least is None and bar is None:
        return None
    words = f"at least {count(least, noun)}" if least else f"{noun}s"
    return f"{words} averaging {bar:g}" if bar is not None else words
