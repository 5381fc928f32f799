"""The `Messenger` port over WhatsApp's client, against our own server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.demonstration.whatsapp_interface import Template, WhatsAppInterface
from infra.demonstration.whatsapp_payloads import Writer
from infra.demonstration.whatsapp_server import WhatsAppServer
from infra.vendors.probes import WhatsAppProbe
from infra.vendors.whatsapp import WhatsApp
from shared.coaching.domain.outbound import Button, Content, TemplateUse
from shared.coaching.ports.messenger import FoundMedia, Messenger, Recipient
from shared.kernel.errors import Retryable, TooLarge

KIT = Writer(phone="447700900461", user_id="GB.24680")
TO_KIT = Recipient(phone=KIT.phone)


class Watch:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def server(watch: Watch) -> Iterator[WhatsAppServer]:
    with WhatsAppServer(WhatsAppInterface(token="t", now=lambda: watch.time)) as made:
        made.interface.write(KIT, text="hi")
        yield made


@pytest.fixture
def messenger(server: WhatsAppServer) -> Messenger:
    return WhatsApp("t", server.interface.number_id, server.base_url)


def verdict(messenger: Messenger, content: Content, recipient: Recipient = TO_KIT) -> str:
    return messenger.send(recipient, content, tracker="out").verdict


def test_what_is_taken_has_an_id_and_its_statuses_our_name_of_it(server: WhatsAppServer, messenger: Messenger) -> None:
    sent = messenger.send(TO_KIT, Content("hello"), tracker="out-7")
    [taken] = server.interface.taken
    assert (sent.verdict, sent.wamid) == ("accepted", taken.wamid)
    assert all(b'"biz_opaque_callback_data":"out-7"' in raw for raw in list(server.interface.owed)[1:])


@pytest.mark.parametrize(
    "content",
    [
        Content("x" * 9_000),
        Content("x" * 9_000, (Button("a", "a title that is longer than twenty"),)),
        Content("x", tuple(Button(f"p{n}", f"row {n} with a title that is too long") for n in range(14))),
    ],
)
def test_what_is_longer_than_whatsapp_takes_is_cut_and_never_refused(messenger: Messenger, content: Content) -> None:
    assert verdict(messenger, content) == "accepted"


def test_after_a_day_only_a_template_is_taken(server: WhatsAppServer, messenger: Messenger, watch: Watch) -> None:
    server.interface.templates["nudge", "en_GB"] = Template("utility", places=1)
    watch.time += timedelta(hours=24)
    assert verdict(messenger, Content("hello")) == "window"
    assert verdict(messenger, Content("", template=TemplateUse("nudge", "en_GB", ("joint 4",)))) == "accepted"
    assert verdict(messenger, Content("", template=TemplateUse("nudge", "en_GB"))) == "never"
    assert verdict(messenger, Content("", template=TemplateUse("another", "en_GB"))) == "account"
    server.interface.templates["nudge", "en_GB"].status = "PAUSED"
    assert verdict(messenger, Content("", template=TemplateUse("nudge", "en_GB", ("x",)))) == "account"


@pytest.mark.parametrize(
    ("code", "means"),
    [(130429, "later"), (131056, "later"), (131026, "never"), (131049, "never"), (131050, "stopped"), (190, "account")],
)
def test_a_refusal_means_what_its_code_says(
    server: WhatsAppServer, messenger: Messenger, code: int, means: str
) -> None:
    server.interface.faults.append(code)
    sent = messenger.send(TO_KIT, Content("hello"), tracker="out")
    assert (sent.verdict, sent.code) == (means, code)
    assert sent.after_seconds == (1 if code == 130429 else None)


def test_a_connection_that_breaks_while_it_is_taken_is_uncertain(server: WhatsAppServer, messenger: Messenger) -> None:
    def breaks() -> None:
        raise ConnectionResetError

    server.interface.after_taking = breaks
    assert verdict(messenger, Content("hello")) == "uncertain"
    assert len(server.interface.taken) == 1


def test_nobody_there_is_later(server: WhatsAppServer) -> None:
    assert verdict(WhatsApp("t", "1", "http://127.0.0.1:9"), Content("hello")) == "later"


def test_in_which_field_a_user_id_goes_is_one_setting(server: WhatsAppServer, messenger: Messenger) -> None:
    by_id = Recipient(user_id=KIT.user_id)
    assert verdict(messenger, Content("hello"), by_id) == "accepted"
    other = WhatsApp("t", server.interface.number_id, server.base_url, "to")
    assert verdict(other, Content("hello"), by_id) == "never", "the server takes the configured field alone"


def test_l09_an_address_holds_for_minutes_and_another_is_to_be_had(
    server: WhatsAppServer, messenger: Messenger, watch: Watch
) -> None:
    media_id = server.interface.photograph(KIT, b"\xff\xd8\xffjoint")
    first = messenger.find_media(media_id)
    assert first is not None
    watch.time += timedelta(minutes=6)
    assert messenger.fetch_media(first) is None
    second = messenger.find_media(media_id)
    assert second is not None
    assert messenger.fetch_media(second) == b"\xff\xd8\xffjoint"


def test_l09_what_is_gone_is_gone_and_an_outage_is_not(server: WhatsAppServer, messenger: Messenger) -> None:
    assert messenger.find_media(server.interface.photograph(KIT, b"x", gone=True)) is None
    assert messenger.find_media("404404") is None
    with pytest.raises(Retryable):
        WhatsApp("t", "1", "http://127.0.0.1:9").find_media("1")
    with pytest.raises(Retryable):
        WhatsApp("another", "1", server.base_url).find_media("1")


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/x",
        "http://lookaside.fbsbx.com/x",
        "https://fbsbx.com.elsewhere.example/x",
        "file:///x",
    ],
)
def test_our_key_goes_to_nobody_else(messenger: Messenger, address: str) -> None:
    assert messenger.fetch_media(FoundMedia(address, "image/jpeg", None, None)) is None


def test_a_file_over_the_limit_is_not_fetched(server: WhatsAppServer, messenger: Messenger) -> None:
    with pytest.raises(TooLarge):
        messenger.fetch_media(FoundMedia(f"{server.base_url}/media/1", "video/mp4", None, 90_000_000))


def test_the_health_check_asks_the_number(server: WhatsAppServer) -> None:
    number = server.interface.number_id
    asked = WhatsAppProbe(lambda: WhatsApp("t", number, server.base_url)).check()
    assert (asked.ok, asked.detail) == (True, "answers; quality green")
    refused = WhatsAppProbe(lambda: WhatsApp("another", number, server.base_url)).check()
    assert (refused.ok, "whatsapp-access" in refused.detail) == (False, True)
    assert not WhatsAppProbe(lambda: WhatsApp("t", "77", server.base_url)).check().ok
    assert "AUGMENT_WHATSAPP_URL" in WhatsAppProbe(lambda: WhatsApp("t", "7", "http://127.0.0.1:9")).check().detail
