"""Finds people in raw messages: patterns for RE2, which both engines use, with what is around an id in groups.

A message is JSON in a column of text. An id is looked for in the fields that are declared to hold people, and nowhere
else: `"score":90` and `"source":"gong"` stay what they are, whoever is called so.
"""

from __future__ import annotations

import re

from infra.bigquery.catalogue import Table
from shared.people.domain.person_fields import SUBJECT, fields_of
from shared.platform.domain.audit_actions import ABOUT_A_PERSON, SAYS_WHO

AROUND = r"\1{put}\2"
"""What is put in place of a match: what was around it, and what now stands within."""


def in_fields(employee_id: str) -> str:
    """Returns what finds an id in a field that holds one, or in a list of such a field, of any topic."""
    return _in("|".join(sorted((fields_of("") | fields_of("audit")) - {SUBJECT})), employee_id)


def in_subject(employee_id: str) -> str:
    """Returns what finds an id as what an act is about."""
    return _in(SUBJECT, employee_id)


def in_detail(employee_id: str) -> str:
    """Returns what finds an id as a word in the detail of an act, as JSON writes it."""
    inside = r"(?:[^\"\\]|\\.)*"
    return (
        rf"(?i)(\"detail\"\s*:\s*\"(?:{inside}[^A-Za-z0-9_.%+@\"\\-])?)"
        rf"{re.escape(employee_id)}(\.?(?:[^A-Za-z0-9_.@-]))"
    )


def names_in(table: Table) -> frozenset[str]:
    """Returns the columns of a table that hold ids of people, by their names."""
    return fields_of("audit" if table.topic == "audit-recorded" else table.name)


def is_person(column: str) -> str:
    """Returns the condition that a column that holds ids of people says @employee_id."""
    about = f" AND action IN {ACTS_ABOUT_A_PERSON}" if column == SUBJECT else ""
    return f"`{column}` = @employee_id{about}"


ACTS_ABOUT_A_PERSON = "(" + ", ".join(f"'{one}'" for one in sorted(ABOUT_A_PERSON)) + ")"
ACTS_SAYING_WHO = "(" + ", ".join(f"'{one}'" for one in sorted(SAYS_WHO)) + ")"
"""Both as GoogleSQL lists them."""


def _in(names: str, employee_id: str) -> str:
    return rf"(?i)(\"(?:{names})\"\s*:\s*(?:\[(?:[^\]]*,)?\s*)?\"){re.escape(employee_id)}(\")"
