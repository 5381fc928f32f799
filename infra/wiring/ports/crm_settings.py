"""Reads from settings whose messages are taken, and which fields of the CRM mean what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from shared.crm.domain.deal_mapping import Amounts, Counted, DealMapping, Engineer
from shared.crm.domain.sender import Sender
from shared.crm.domain.shown_preparation import ShownFields

_FIELD: Final = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*){0,4}", re.ASCII)
_CODE: Final = re.compile(r"[A-Z]{3}")


def sender(on: Environment) -> Sender:
    """Returns whose messages are taken; its tokens are read each time, so that one may take another's place."""
    tokens = on.connected.secret("salesforce-webhook-token") or ""
    return Sender(given(on.connected.settings, "AUGMENT_SALESFORCE_ORGANIZATION"), tuple(tokens.split()))


def deal_mapping(settings: Mapping[str, str]) -> DealMapping:
    """Returns the mapping that is set. Raises ValueError naming a setting that cannot be read."""
    meeting = _fields(settings, "AUGMENT_SALESFORCE_MEETING")
    stage, history = _field(settings, "AUGMENT_SALESFORCE_STAGE"), given(settings, "AUGMENT_SALESFORCE_HISTORY")
    if history not in ("yes", "no"):
        raise ValueError(f"AUGMENT_SALESFORCE_HISTORY: {history!r} is neither yes nor no")
    if len(meeting) > 2:
        raise ValueError("AUGMENT_SALESFORCE_MEETING names a field with its time, and at most one with its kind")
    return DealMapping(
        engineer=_engineer(settings),
        industry=_field(settings, "AUGMENT_SALESFORCE_INDUSTRY"),
        size=_field(settings, "AUGMENT_SALESFORCE_SIZE"),
        amounts=amounts(settings),
        stage=stage or "StageName",
        products=_field(settings, "AUGMENT_SALESFORCE_PRODUCTS"),
        personas=_field(settings, "AUGMENT_SALESFORCE_PERSONAS"),
        meeting=(meeting[0], meeting[1] if len(meeting) > 1 else None) if meeting else None,
        counted=Counted(
            _field(settings, "AUGMENT_SALESFORCE_DEMOS"),
            _field(settings, "AUGMENT_SALESFORCE_DEEP_DIVES"),
            _field(settings, "AUGMENT_SALESFORCE_POC"),
        ),
        lost_because=_field(settings, "AUGMENT_SALESFORCE_LOST_BECAUSE"),
        # The history is of the standard field.
        history=history == "yes" and stage in (None, "StageName"),
    )


def silent_hours(settings: Mapping[str, str]) -> int:
    """Returns after how many hours without a message something is wrong. Raises ValueError."""
    said = given(settings, "AUGMENT_SALESFORCE_SILENT_HOURS")
    if not said.isdigit() or not 1 <= int(said) <= 24 * 30:
        raise ValueError(f"AUGMENT_SALESFORCE_SILENT_HOURS: {said!r} is no number of hours up to 720")
    return int(said)


def shown_fields(settings: Mapping[str, str]) -> ShownFields:
    """Returns in which fields of a deal's record its preparation is shown. Raises ValueError."""
    return ShownFields(
        readiness=_field(settings, "AUGMENT_SALESFORCE_SHOW_READINESS"),
        tier=_field(settings, "AUGMENT_SALESFORCE_SHOW_TIER"),
        open_preparation=_field(settings, "AUGMENT_SALESFORCE_SHOW_PREPARATION"),
    )


def first_look(settings: Mapping[str, str]) -> timedelta:
    """Returns how far back the first reconciliation looks. Raises ValueError."""
    said = given(settings, "AUGMENT_SALESFORCE_FIRST_DAYS")
    if not said.isdigit() or not 1 <= int(said) <= 3650:
        raise ValueError(f"AUGMENT_SALESFORCE_FIRST_DAYS: {said!r} is no number of days up to 3650")
    return timedelta(days=int(said))


def _engineer(settings: Mapping[str, str]) -> Engineer:
    said = given(settings, "AUGMENT_SALESFORCE_ENGINEER")
    by, _, names = said.partition(":")
    named = tuple(one.strip() for one in names.split(",") if one.strip())
    if by == "field" and named and all(_FIELD.fullmatch(one) for one in named):
        return Engineer("field", named)
    if by in ("team", "splits") and named:
        return Engineer("team" if by == "team" else "splits", named)
    raise ValueError(
        f"AUGMENT_SALESFORCE_ENGINEER: {said!r} is none of field:PATH, team:ROLE,… and splits:TYPE,…; a path leads to "
        "an e-mail address, such as Sales_Engineer__r.Email"
    )


def amounts(settings: Mapping[str, str]) -> Amounts:
    """Returns what an amount tells, and what currencies are worth. Raises ValueError."""
    currency = given(settings, "AUGMENT_SALESFORCE_CURRENCY")
    if not _FIELD.fullmatch(currency):
        raise ValueError(f"AUGMENT_SALESFORCE_CURRENCY: {currency!r} is neither a currency, such as USD, nor a field")
    sizes = [(number, word) for word, number in _numbers(settings, "AUGMENT_SALESFORCE_SIZES")]
    rates = dict(_numbers(settings, "AUGMENT_SALESFORCE_RATES"))
    if bad := [code for code, rate in rates.items() if not _CODE.fullmatch(code) or rate <= 0]:
        raise ValueError(f"AUGMENT_SALESFORCE_RATES: {bad[0]!r} is no currency with what it is worth")
    return Amounts(currency=currency, sizes=tuple(sorted(sizes, reverse=True)), dollars=rates)


def _numbers(settings: Mapping[str, str], name: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for entry in (one.strip() for one in given(settings, name).split(",")):
        word, _, number = entry.partition("=")
        if not entry:
            continue
        if not word.strip() or not re.fullmatch(r"\d{1,15}(\.\d{1,9})?", number.strip()):
            raise ValueError(f"{name}: {entry!r} is no word with a number, such as smb=0")
        found.append((word.strip(), float(number)))
    return found


def _field(settings: Mapping[str, str], name: str) -> str | None:
    found = _fields(settings, name)
    if len(found) > 1:
        raise ValueError(f"{name} names one field")
    return found[0] if found else None


def _fields(settings: Mapping[str, str], name: str) -> list[str]:
    found = [one.strip() for one in given(settings, name).split(",") if one.strip()]
    for one in found:
        if not _FIELD.fullmatch(one):
            raise ValueError(f"{name}: {one!r} is no field; one is named as in a query, such as Account.Industry")
    return found
