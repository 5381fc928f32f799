"""What comes in over WhatsApp: every piece of every entry, whatever its kind."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.coaching.domain.inbound import Sender
from shared.coaching.wire.whatsapp import Received, parse
from shared.kernel.errors import Malformed
from tests.coaching.whatsapp_json import (
    KIT,
    KITS_USER,
    NOON,
    NUMBER,
    body,
    change,
    contact,
    message,
    messages,
    seconds,
    status,
    statuses,
    texts,
)
from tests.harness.lent import lent

LATER = NOON + timedelta(days=1)


def read(*changes: dict[str, Any]) -> Received:
    return parse(body(*changes), LATER)


def test_l01_a_sender_may_have_a_user_id_and_no_phone() -> None:
    [said] = read(
        messages(
            message("wamid.1", sender=None, from_user_id=KITS_USER, text={"body": "what's next"}),
            contacts=[contact(None, KITS_USER, username="kit.j")],
        )
    ).messages
    assert said.sender == Sender(KITS_USER, None)
    assert said.sender.keys == (f"user:{KITS_USER}",)
    assert said.text == "what's next"


def test_l01_a_user_id_in_the_place_of_a_phone_is_none() -> None:
    [said] = read(messages(message("wamid.1", sender=KITS_USER), contacts=[])).messages
    assert (said.sender.user_id, said.sender.phone) == (KITS_USER, None)


def test_all_messages_of_all_changes_of_all_entries() -> None:
    first = messages(message("wamid.1"), message("wamid.2"))
    found = read(first, messages(message("wamid.3")), statuses(status("wamid.4", "sent")))
    assert [one.wamid for one in found.messages] == ["wamid.1", "wamid.2", "wamid.3"]
    assert [one.wamid for one in found.statuses] == ["wamid.4"]
    both = change("messages", messages=[message("wamid.5")], statuses=[status("wamid.6", "read")])
    assert (len(read(both).messages), len(read(both).statuses)) == (1, 1)


def test_contacts_are_matched_by_id_not_by_place() -> None:
    found = read(
        messages(
            message("wamid.1", sender="447700900777"),
            message("wamid.2"),
            contacts=[contact(KIT, KITS_USER), contact("447700900777", "GB.777")],
        )
    )
    assert [one.sender.user_id for one in found.messages] == ["GB.777", KITS_USER]


@pytest.mark.parametrize(
    ("kind", "fields", "read_as", "text", "payload"),
    [
        ("reaction", {"reaction": {"message_id": "wamid.0", "emoji": "👍"}}, "reaction", "👍", None),
        ("reaction", {"reaction": {"message_id": "wamid.0"}}, "reaction", "", None),
        ("reaction", {"reaction": {"message_id": "wamid.0", "emoji": None}}, "reaction", "", None),
        ("button", {"button": {"payload": "next", "text": "Next"}}, "button", "Next", "next"),
        (
            "interactive",
            {"interactive": {"type": "button_reply", "button_reply": {"id": "a2", "title": "B"}}},
            "interactive",
            "B",
            "a2",
        ),
        (
            "interactive",
            {"interactive": {"type": "list_reply", "list_reply": {"id": "a3", "title": "C"}}},
            "interactive",
            "C",
            "a3",
        ),
        ("interactive", {"interactive": {"type": "button_reply"}}, "interactive", "", None),
        (
            "interactive",
            {"interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": '{"hours":"3,5"}'}}},
            "interactive",
            '{"hours":"3,5"}',
            "form",
        ),
        ("sticker", {"sticker": {"id": "9", "mime_type": "image/webp"}}, "sticker", "", None),
        ("location", {"location": {"latitude": 57.1, "longitude": -2.1}}, "location", "", None),
        ("contacts", {"contacts": [{"name": {"formatted_name": "A Person"}}]}, "contacts", "", None),
        ("order", {"order": {}}, "unsupported", "", None),
        ("unsupported", {"errors": [{"code": 131051}]}, "unsupported", "", None),
        ("edit", {}, "unsupported", "", None),
        (
            "edit",
            {"edit": {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "I fell"}}}},
            "unsupported",
            "I fell",
            None,
        ),
        ("revoke", {}, "unsupported", "", None),
        ("tomorrow's kind", {"tomorrow's kind": [1]}, "unsupported", "", None),
        ("text", {"text": {"body": "\x00\u202e"}, "context": {"forwarded": True}}, "text", "", None),
        ("text", {"text": "not an object"}, "text", "", None),
    ],
)
def test_l07_every_kind_is_read(
    kind: str, fields: dict[str, Any], read_as: str, text: str, payload: str | None
) -> None:
    found = read(messages(message("wamid.1", kind, **fields)))
    [said] = found.messages
    assert (said.kind, said.text, said.payload_id, found.set_apart) == (read_as, text, payload, [])


def test_l07_what_is_forwarded_says_so() -> None:
    one = message("wamid.1", context={"forwarded": True})
    two = message("wamid.2", context={"id": "wamid.0"})
    [first, second] = read(messages(one, two)).messages
    assert (first.forwarded, second.forwarded) == (True, False)


def test_media_keep_their_digest_and_caption() -> None:
    digest = hashlib.sha256(b"joint")
    image = {"id": "55", "mime_type": "image/jpeg; x=1", "caption": "joint 4"}
    in_base64 = {**image, "sha256": base64.b64encode(digest.digest()).decode()}
    [said, other] = read(
        messages(
            message("wamid.1", "image", image=in_base64),
            message("wamid.2", "image", image={**image, "sha256": digest.hexdigest().upper()}),
        )
    ).messages
    assert said.media == other.media
    assert said.media is not None
    assert (said.media.sha256, said.media.mime_type, said.media.caption) == (
        digest.hexdigest(),
        "image/jpeg",
        "joint 4",
    )


def test_a_piece_that_cannot_be_read_is_set_apart_and_the_rest_taken() -> None:
    found = read(
        messages(message("wamid.1"), {"type": "text", "from": KIT}, message("wamid.2", sender=None), contacts=[]),
        {"field": "messages"},
        change("messages", messages="none", statuses=[7, status("wamid.3", "sent")]),
        change("messages", messages=[message("wamid.4")]),
    )
    assert [one.wamid for one in found.messages] == ["wamid.1", "wamid.4"]
    assert [one.wamid for one in found.statuses] == ["wamid.3"]
    assert [one.detail for one in found.set_apart] == [
        "the piece has no id of 1-200 printable characters",
        "the message is from nobody",
        "the change has no object `value`",
        "messages is no list",
        "the piece is no object",
    ]
    assert json.loads(found.set_apart[0].raw) == {"type": "text", "from": KIT}


def test_half_a_character_spoils_no_other_piece() -> None:
    raw = texts(("wamid.1", "all right"), ("wamid.2", "HALF")).replace(b"HALF", rb"\ud83d")
    assert [one.text for one in parse(raw, LATER).messages] == ["all right", "?"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"{}", b'{"entry": {}}', b'{"entry": null}', b"\xff", b"[" * 90_000])
def test_what_is_no_webhook_at_all(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw, LATER)


def test_a_field_that_nobody_knows_is_passed_over() -> None:
    found = read(change("account_alerts", alert="x"), messages(message("wamid.1")))
    assert (found.passed, len(found.messages)) == (1, 1)


def test_another_number_of_the_account_is_not_ours() -> None:
    raw = body(messages(message("wamid.1")))
    assert len(parse(raw, LATER, NUMBER).messages) == 1
    assert (parse(raw, LATER, "999").messages, parse(raw, LATER, "999").passed) == ([], 1)


@pytest.mark.parametrize("written", [seconds(), int(seconds()), int(seconds()) * 1_000])
def test_moments_are_text_or_numbers(written: object) -> None:
    [said] = read(messages(message("wamid.1") | {"timestamp": written})).messages
    assert said.at == NOON


@pytest.mark.parametrize("written", [None, "", "soon", -4, "9" * 40, 1e3, True, str(int(seconds()) + 10**8)])
def test_a_moment_that_says_nothing_or_is_to_come_is_that_of_receipt(written: object) -> None:
    [said] = read(messages(message("wamid.1") | {"timestamp": written})).messages
    assert said.at == LATER


def test_l03_a_status_says_its_error_and_what_it_is_charged_as() -> None:
    failed = status("wamid.1", "failed", errors=[{"code": 131026, "title": "x"}])
    priced = status("wamid.2", "sent", pricing={"category": "MARKETING"}, biz_opaque_callback_data="out-1")
    found = read(statuses(failed, priced, status("wamid.3", "deleted")))
    assert [(one.status, one.error_code, one.category, one.tracker) for one in found.statuses] == [
        ("failed", 131026, None, None),
        ("sent", None, "marketing", "out-1"),
    ]
    assert found.passed == 1


def test_l06_history_is_nothing_but_history() -> None:
    old = [message("wamid.1", text={"body": "STOP"}), message("wamid.2", text={"body": "I got a shock off it"})]
    found = read(change("history", history=[{"metadata": {"phase": 0}, "threads": [{"id": KIT, "messages": old}]}]))
    assert [one.wamid for one in found.history] == ["wamid.1", "wamid.2"]
    assert not any((found.messages, found.preferences, found.number_changes, found.set_apart))


def test_an_echo_says_to_whom_a_person_wrote() -> None:
    found = read(change("smb_message_echoes", message_echoes=[message("wamid.1") | {"from": "44163", "to": KIT}]))
    assert [one.recipient.phone for one in found.echoes] == [KIT]
    assert found.messages == []


def test_preferences_come_with_and_without_a_phone() -> None:
    stop = {"wa_id": KIT, "category": "marketing_messages", "value": "stop", "timestamp": int(seconds())}
    resume = {"user_id": KITS_USER, "category": "marketing_messages", "value": "resume", "timestamp": seconds()}
    found = read(change("user_preferences", contacts=[contact(KIT, KITS_USER)], user_preferences=[stop, resume]))
    assert [(one.choice, one.sender.user_id, one.sender.phone) for one in found.preferences] == [
        ("stop", KITS_USER, KIT),
        ("resume", KITS_USER, KIT),
    ]


def test_a_changed_number_and_a_changed_user_id() -> None:
    number = message("wamid.1", "system", system={"type": "user_changed_number", "wa_id": "447700900888"})
    user = message("wamid.2", "system", system={"type": "user_changed_user_id", "user_id": "GB.5"})
    other = message("wamid.3", "system", system={"type": "customer_identity_noticed"})
    found = read(messages(number, user, other, contacts=[]))
    assert [(one.before.keys, one.after.keys) for one in found.number_changes] == [
        ((f"phone:{KIT}",), ("phone:447700900888",)),
        ((f"phone:{KIT}",), ("user:GB.5",)),
    ]
    assert found.passed == 1


def test_l13_a_template_that_became_marketing_and_one_that_is_paused() -> None:
    found = read(
        change(
            "template_category_update",
            message_template_name="nudge",
            message_template_language="en_GB",
            previous_category="UTILITY",
            new_category="MARKETING",
        ),
        change("message_template_status_update", event="PAUSED", message_template_name="nudge", reason=None),
        change("message_template_status_update", event="PAUSED"),
    )
    assert [(one.name, one.before, one.after) for one in found.categories] == [("nudge", "utility", "marketing")]
    assert [(one.name, one.event) for one in found.template_statuses] == [("nudge", "PAUSED")]
    assert len(found.set_apart) == 1


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 10**12)
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "text", "body", "from", "timestamp", "interactive", "context", "image", "errors"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
FIELDS = ("messages", "history", "user_preferences", "smb_message_echoes", "template_category_update", "x")


@given(st.sampled_from(FIELDS), st.dictionaries(st.sampled_from(["messages", "statuses", "contacts"]), JSON))
def test_no_shape_of_json_fails_and_none_keeps_the_next_from_being_read(field: str, value: dict[str, Any]) -> None:
    found = read({"field": field, "value": value}, messages(message("wamid.last")))
    assert found.messages[-1].wamid == "wamid.last"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"entry":[' + b",".join([b"0"] * 1_500_000) + b"]}",
        body(change("messages", messages=[])).replace(b"[]", b"[" + b",".join([b"{}"] * 1_200_000) + b"]"),
    ],
    ids=["entries", "messages"],
)
def test_a_list_of_any_length_takes_no_time(raw: bytes) -> None:
    with pytest.raises(Malformed, match="more than 20,000 pieces"):
        parse(raw, LATER)


@pytest.mark.lent("samples/whatsapp/*.json")
@pytest.mark.parametrize("path", lent("samples/whatsapp/*.json"), ids=lambda path: path.stem)
def test_recorded_webhooks_are_read_whole(path: Path) -> None:
    found = parse(path.read_bytes(), LATER + timedelta(days=900))
    pieces = len(found.messages) + len(found.statuses) + len(found.preferences) + len(found.number_changes)
    assert (pieces, found.set_apart, found.passed) == (1, [], 0)


@pytest.mark.lent("cases/learner/L0[1-8]_wa_*.json")
@pytest.mark.parametrize("path", lent("cases/learner/L0[1-8]_wa_*.json") + lent("cases/learner/L13*.json"), ids=str)
def test_reported_webhooks_are_read_whole(path: Path) -> None:
    given_case = json.loads(path.read_bytes())
    listed = (
        given_case if isinstance(given_case, list) else given_case.get("hooks") or [given_case.get("body", given_case)]
    )
    hooks = [one for one in listed if "entry" in one]
    assert hooks
    for hook in hooks:
        found = parse(json.dumps(hook).encode(), LATER)
        assert (found.set_apart, found.passed) == ([], 0)
