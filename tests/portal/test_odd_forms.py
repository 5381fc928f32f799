"""Whatever a browser sends in a field of a form, the answer says what is wrong with it and never breaks."""

from __future__ import annotations

import re
from html import unescape

import pytest

from functions.portal.shell.routes import ROUTES
from shared.kernel.errors import Malformed
from tests.harness.browser import Person
from tests.portal.conftest import House

ODD = ("\x00", "../..", "é" * 3_000, "9" * 400, "joe@augmentcode.com\n")
FORM = re.compile(r'<form\b[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
FIELD = re.compile(r'<(?:input|textarea|select|button)\b[^>]*\bname="([^"]+)"(?:[^>]*\bvalue="([^"]*)")?')
ENDS_THE_VISIT = ("/sign-out", "/sign-in")


def forms_of(person: Person) -> dict[str, dict[str, str]]:
    """The forms of pages without a variable in their address, by where they lead."""
    found: dict[str, dict[str, str]] = {}
    for address in [route.path for route in ROUTES if "<" not in route.path]:
        for form in FORM.findall(person.get(address).get_data(as_text=True)):
            action = ACTION.search(form)
            to = unescape(action[1]) if action and action[1] else address
            if not to.startswith(ENDS_THE_VISIT):
                found.setdefault(to, {name: unescape(value) for name, value in FIELD.findall(form)})
    return found


@pytest.mark.parametrize("role", ["employee", "manager", "enablement", "administrator"])
def test_an_odd_value_in_any_field_breaks_nothing(own: House, role: str) -> None:
    person = own.visit(role)
    forms = forms_of(person)
    assert forms
    for action, fields in forms.items():
        for name in fields.keys() - {"token"}:
            for value in ODD:
                form = {**fields, name: value}
                form.pop("token", None)
                assert person.post(action, form).status_code < 500, (action, name, value[:20])


@pytest.mark.parametrize("content", ["\x00", "", "x" * 300, " "])
def test_what_was_done_is_named_by_an_id(own: House, content: str) -> None:
    form = {"assignment_id": "1", "content_id": content, "relevant": "yes"}
    assert own.visit("employee").post("/preparation", form).status_code in (404, 422)


@pytest.mark.parametrize("raw", [b'{"employee_id": "\\ud800"}', b"\xed\xa0\x80", b'["\\udfff"]'])
def test_quarantined_input_with_half_a_character_is_shown(own: House, raw: bytes) -> None:
    item = own.platform.quarantine.keep("record_validation_event", raw, Malformed("odd"), sent_by="x@y")
    assert own.visit("administrator").get(f"/quarantine/{item}").status_code == 200
