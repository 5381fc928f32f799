"""Slack, over real connections to a server of our own, which Slack's own client has checked."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from infra.vendors.probes import SlackProbe
from infra.vendors.slack import BLOCKS, HEADER, SECTION, Slack, blocks_of, text_of
from shared.notifications.contract import SettingsBody
from shared.notifications.domain.letter import Letter, Part
from shared.notifications.ports.channel import Sent
from tests.notifications.house import JOE, House
from tests.notifications.slack_server import TOKEN, Workspace, slack
from tests.notifications.test_sending import CALLER

PART = Part("Prepare for <Acme> & Co", (("Due", "Friday"),), ("https://p/preparation", "Prepare"))
LETTER = Letter("key-1", JOE, JOE, PART.sentence, (PART,), "https://p/notifications/settings", None)
LONG = replace(
    LETTER,
    heading="H" * 400,
    parts=tuple(Part("S" * 4_000, (("L", "V" * 5_000),) * 9, (f"https://p/{n}", "Look")) for n in range(70)),
)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with slack() as made:
        made.users[JOE] = "U1"
        yield made


def shown(letter: Letter) -> list[Any]:
    """A letter's blocks."""
    return list(blocks_of(letter))


def app(workspace: Workspace, token: str | None = TOKEN) -> Slack:
    return Slack(token, workspace.url, hooks=workspace.url, seconds=1.0)


class TestServer:
    """What Slack's own client makes of the server: then what ours makes of it means something."""

    def test_the_interface(self, workspace: Workspace) -> None:
        client = WebClient(TOKEN, base_url=f"{workspace.url}/api/")
        assert client.auth_test()["ok"]
        found = client.users_lookupByEmail(email=JOE)["user"]["id"]
        assert client.chat_postMessage(channel=found, text="x", blocks=shown(LETTER))["ok"]
        refusals: list[tuple[Callable[[], object], str]] = [
            (lambda: client.users_lookupByEmail(email="nobody@example.com"), "users_not_found"),
            (lambda: client.chat_postMessage(channel="C9", text="x"), "channel_not_found"),
            (lambda: client.chat_postMessage(channel="U1", text="x", blocks=[{"type": "no"}]), "invalid_blocks"),
            (lambda: WebClient("xoxb-no", base_url=f"{workspace.url}/api/").auth_test(), "invalid_auth"),
        ]
        for refused, error in refusals:
            with pytest.raises(SlackApiError) as problem:
                refused()
            assert problem.value.response["error"] == error

    def test_webhooks(self, workspace: Workspace) -> None:
        hook = WebhookClient(workspace.hook)
        assert (hook.send(text="x").status_code, hook.send(text="x").body) == (200, "ok")
        wrong = hook.send(text="x", blocks=[{"type": "header", "text": {"type": "plain_text", "text": "h" * 151}}])
        assert (wrong.status_code, wrong.body) == (400, "invalid_blocks")
        gone = WebhookClient(f"{workspace.url}/services/T/B/gone").send(text="x")
        assert (gone.status_code, gone.body) == (404, "no_service")


def test_what_is_too_long_is_cut_with_a_link_and_slack_takes_it(workspace: Workspace) -> None:
    assert app(workspace).send(LONG) == Sent("arrived")
    [(channel, message)] = workspace.posted
    blocks = message["blocks"]
    assert (channel, len(blocks)) == ("U1", BLOCKS)
    assert len(blocks[0]["text"]["text"]) == HEADER
    assert max(len(block["text"]["text"]) for block in blocks[1:-1]) <= SECTION
    assert all("|Look>" in block["text"]["text"] for block in blocks[1:-2])
    assert blocks[-2]["text"]["text"] == "23 more: <https://p/notifications|see them all>"
    assert message["text"].endswith("<https://p/notifications|see the whole>")
    assert message["metadata"]["event_payload"] == {"key": "key-1"}


def test_what_people_wrote_makes_no_links_of_its_own() -> None:
    for text in (text_of(LETTER), shown(replace(LETTER, parts=(PART, PART)))[1]["text"]["text"]):
        assert "*Prepare for &lt;Acme&gt; &amp; Co*" in text
    assert shown(LETTER)[0]["text"]["text"] == "Prepare for <Acme> & Co"  # plain text, as Slack shows it


def test_blocks_that_slack_refuses_are_told_in_plain_text(workspace: Workspace) -> None:
    hooked = replace(LETTER, address=workspace.hook)
    workspace.next = [(400, "invalid_blocks", {})]
    assert app(workspace, None).send(hooked) == Sent("arrived")
    [(_, message)] = workspace.posted
    assert "blocks" not in message
    assert "Prepare for" in message["text"]


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ((404, "no_service", {}), Sent("address", "no_service")),
        ((403, "action_prohibited", {}), Sent("address", "action_prohibited")),
        ((410, "channel_is_archived", {}), Sent("address", "channel_is_archived")),
        ((400, "no_text", {}), Sent("refused", "no_text")),
        ((400, "a word of next year", {}), Sent("refused", "unreadable")),
        ((429, "rate_limited", {"Retry-After": "30"}), Sent("later", "ratelimited", 30.0)),
        ((500, "rollup_error", {}), Sent("later", "rollup_error")),
        ((503, "<html>busy</html>", {}), Sent("later", "unavailable")),
        ("drop", Sent("uncertain", "no_answer")),
    ],
)
def test_what_a_webhook_answers(workspace: Workspace, answer: Any, sent: Sent) -> None:
    workspace.next = [answer]
    assert app(workspace, None).send(replace(LETTER, address=workspace.hook)) == sent


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ((200, '{"ok": false, "error": "token_revoked"}', {}), Sent("configuration", "token_revoked")),
        ((200, '{"ok": false, "error": "is_archived"}', {}), Sent("address", "is_archived")),
        ((200, '{"ok": false, "error": "ratelimited"}', {}), Sent("later", "ratelimited")),
        ((200, '{"ok": false, "error": "fatal_error"}', {}), Sent("uncertain", "fatal_error")),
        ((429, "", {"Retry-After": "12"}), Sent("later", "ratelimited", 12.0)),
        ((200, "<html>", {}), Sent("uncertain", "unreadable")),
        ("drop", Sent("uncertain", "no_answer")),
    ],
)
def test_what_the_interface_answers_to_a_message(workspace: Workspace, answer: Any, sent: Sent) -> None:
    user: Any = (200, '{"ok": true, "user": {"id": "U1"}}', {})
    workspace.next = [user, answer]
    assert app(workspace).send(LETTER) == sent


def test_before_a_message_is_sent_nothing_is_uncertain(workspace: Workspace) -> None:
    workspace.next = ["drop"]
    assert app(workspace).send(LETTER) == Sent("later", "no_answer")
    assert app(workspace).send(replace(LETTER, address="nobody@example.com")) == Sent("address", "users_not_found")
    assert app(workspace, "xoxb-old").send(LETTER) == Sent("configuration", "invalid_auth")
    assert app(workspace, None).send(LETTER) == Sent("address", "no_app")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = Slack(TOKEN, f"http://127.0.0.1:{nobody.getsockname()[1]}", seconds=0.5)
        assert away.send(LETTER) == Sent("later", "unreachable")
    assert workspace.posted == []


def test_a_webhook_elsewhere_is_not_called(workspace: Workspace) -> None:
    elsewhere = Slack(None, workspace.url, seconds=1.0)
    assert elsewhere.send(replace(LETTER, address="https://example.org/services/x")) == Sent("address", "no_webhook")
    assert workspace.asked == []


def test_the_health_check_asks_and_says_who_can_mend_it(workspace: Workspace) -> None:
    assert SlackProbe(lambda: app(workspace)).check().ok
    refused = SlackProbe(lambda: app(workspace, "xoxb-old")).check()
    assert (refused.ok, refused.detail) == (
        False,
        "it does not let us in (invalid_auth): check the secret slack-access",
    )
    workspace.next = [(503, "", {})]
    assert "AUGMENT_SLACK_URL" in SlackProbe(lambda: app(workspace)).check().detail


def test_who_chose_slack_is_told_there_once_and_an_answer_that_was_lost_is_shown_as_unknown(
    house: House, workspace: Workspace
) -> None:
    house.settings |= {"AUGMENT_SLACK": "on", "AUGMENT_SLACK_URL": workspace.url}
    house.secrets["slack-access"] = TOKEN
    chosen = [
        {"channel": channel, "kind": "preparation.assigned", "mode": mode}
        for channel, mode in (("slack", "now"), ("email", "off"))
    ]
    house.use_cases().settings.change(CALLER, JOE, SettingsBody.model_validate({"choices": chosen}))
    house.tell()
    house.run(hours=1)
    workspace.next = [(200, '{"ok": true, "user": {"id": "U1"}}', {}), "drop"]
    house.tell(once="2")
    house.run(hours=1)
    assert house.states() == [("slack", "delivered", None), ("slack", "unknown", "interrupted")]
    assert len(workspace.posted) == 2
    assert TOKEN not in str(house.world.log.lines)
