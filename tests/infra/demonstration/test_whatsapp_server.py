"""Our WhatsApp over loopback: an independent client (pywa) and our own say the same to it, and read what it posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pywa.client import WhatsApp as Pywa
from pywa.errors import WhatsAppError
from pywa.handlers import MessageHandler, MessageStatusHandler
from pywa.types.callback import Button as PywaButton
from pywa.types.callback import Section, SectionList, SectionRow
from pywa.types.message import Message
from pywa.types.message_status import MessageStatus

from infra.demonstration.whatsapp_interface import WhatsAppInterface
from infra.demonstration.whatsapp_payloads import Writer, signature
from infra.demonstration.whatsapp_server import Webhooks, WhatsAppServer
from infra.vendors.whatsapp import WhatsApp
from shared.coaching.domain.outbound import Button, Content
from shared.coaching.ports.messenger import Recipient
from shared.kernel.json_values import JsonObject

PHONE, USER = "447700900461", "GB.24680"
KIT = Writer(phone=PHONE, user_id=USER)
SECRET = "app-secret"


@pytest.fixture
def interface() -> WhatsAppInterface:
    moment = [datetime(2026, 3, 4, 12, tzinfo=UTC)]
    made = WhatsAppInterface(token="t", now=lambda: moment[0])
    made.forward = lambda span: moment.__setitem__(0, moment[0] + span)  # type: ignore[attr-defined]
    return made


@pytest.fixture
def server(interface: WhatsAppInterface) -> Iterator[WhatsAppServer]:
    with WhatsAppServer(interface) as made:
        yield made


@pytest.fixture
def pywa(server: WhatsAppServer) -> Iterator[Pywa]:
    with httpx.Client() as session:
        made = Pywa(
            phone_id=server.interface.number_id,
            token="t",
            session=session,
            server=None,
            app_secret=SECRET,
            verify_token="v",
            skip_duplicate_updates=False,
        )
        session.base_url = server.base_url
        yield made


@pytest.fixture
def ours(server: WhatsAppServer) -> WhatsApp:
    return WhatsApp("t", server.interface.number_id, server.base_url)


def said(content: JsonObject) -> JsonObject:
    return {name: value for name, value in content.items() if name != "biz_opaque_callback_data"}


def test_an_independent_client_says_the_same_as_ours(interface: WhatsAppInterface, pywa: Pywa, ours: WhatsApp) -> None:
    interface.write(KIT, text="hi")
    rows = [SectionRow(title=name, callback_data=name.lower()) for name in ("One", "Two", "Three", "Four")]
    pywa.send_message(to=PHONE, text="hello", tracker="mine")
    pywa.send_message(to=USER, text="hello")
    pywa.send_message(to=PHONE, text="pick", buttons=[PywaButton("A", "a"), PywaButton("B", "b")])
    choices = SectionList(button_title="Choose", sections=[Section(title="Choose", rows=rows)])
    pywa.send_message(to=PHONE, text="pick", buttons=choices)
    theirs = [said(one.content) for one in interface.taken]
    four = tuple(Button(name.lower(), name) for name in ("One", "Two", "Three", "Four"))
    for recipient, content in (
        (Recipient(phone=KIT.phone, user_id=KIT.user_id), Content("hello")),
        (Recipient(user_id=KIT.user_id), Content("hello")),
        (Recipient(phone=KIT.phone), Content("pick", (Button("a", "A"), Button("b", "B")))),
        (Recipient(phone=KIT.phone), Content("pick", four)),
    ):
        assert ours.send(recipient, content, tracker="mine").verdict == "accepted"
    assert [said(one.content) for one in interface.taken[4:]] == theirs
    assert [one.tracker for one in interface.taken if one.tracker] == ["mine"] * 5


def test_an_independent_client_fetches_a_file_and_says_that_it_has_read(
    interface: WhatsAppInterface, pywa: Pywa, ours: WhatsApp
) -> None:
    media_id = interface.photograph(KIT, b"\xff\xd8\xffjoint")
    found, ours_found = pywa.get_media_url(media_id), ours.find_media(media_id)
    assert ours_found is not None
    assert (found.mime_type, found.sha256, found.file_size) == (
        ours_found.mime_type,
        ours_found.sha256,
        ours_found.size,
    )
    assert pywa.get_media_bytes(url=found.url) == ours.fetch_media(ours_found) == b"\xff\xd8\xffjoint"
    pywa.mark_message_as_read("wamid.1")
    assert interface.read == ["wamid.1"]


def test_an_independent_client_reads_what_is_posted(interface: WhatsAppInterface, pywa: Pywa) -> None:
    read: list[tuple[str, str | None]] = []
    pywa.add_handlers(
        MessageHandler(lambda _, one: read.append(_of_message(one))),
        MessageStatusHandler(lambda _, one: read.append(_of_status(one))),
    )
    interface.write(KIT, text="hi")
    interface.write(Writer(user_id="GB.5"), text="no phone")
    interface.photograph(KIT, b"\xff\xd8\xff", caption="joint 4")
    pywa.send_message(to=PHONE, text="hello", tracker="out-1")

    def post(raw: bytes, signed: str) -> int:
        assert pywa.webhook_update_validator(raw, signed) is None
        pywa.webhook_update_handler(raw)
        return 200

    Webhooks(interface, SECRET, post).deliver()
    assert read == [
        ("hi", KIT.phone),
        ("no phone", None),
        ("joint 4", KIT.phone),
        *[(word, "out-1") for word in ("sent", "delivered", "read")],
    ]


def _of_message(one: Message) -> tuple[str, str | None]:
    return str(one.text or one.caption), one.from_user.wa_id


def _of_status(one: MessageStatus[str]) -> tuple[str, str | None]:
    return str(one.status.value), one.tracker


def test_an_independent_client_is_refused_with_whatsapps_codes(interface: WhatsAppInterface, pywa: Pywa) -> None:
    codes = []
    interface.write(KIT, text="hi")
    interface.faults.extend([130429, 131026, 190])
    for _ in range(3):
        with pytest.raises(WhatsAppError) as refused:
            pywa.send_message(to=PHONE, text="hello")
        codes.append(refused.value.code)
    interface.forward(timedelta(hours=24))  # type: ignore[attr-defined]
    with pytest.raises(WhatsAppError) as closed:
        pywa.send_message(to=PHONE, text="hello")
    assert [*codes, closed.value.code] == [130429, 131026, 190, 131047]


def test_webhooks_come_in_disorder_some_twice_and_again_until_they_are_taken(interface: WhatsAppInterface) -> None:
    for number in range(30):
        interface.write(KIT, text=f"m{number}")
    owed = list(interface.owed)
    came: list[bytes] = []

    def post(raw: bytes, signed: str) -> int:
        assert signed == signature(SECRET, raw)
        came.append(raw)
        return 503 if len(came) % 4 == 0 else 200

    posts = Webhooks(interface, SECRET, post).deliver(seed=5)
    assert set(came) == set(owed)
    assert posts == len(came) > len(owed)
    assert list(dict.fromkeys(came)) != owed
