"""WhatsApp's webhook: what is stored before it is acknowledged, who is refused, and what comes twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import pytest

from infra.demonstration.whatsapp_payloads import signature
from infra.local.sqlite_documents import SqliteDocuments
from shared.coaching.records.inbox import Inbox
from shared.coaching.records.outgoing import TemplateRecords
from shared.coaching.wire.whatsapp import parse
from tests.coaching.coach_world import APP_SECRET, NUMBER, PATH, VERIFY, CoachWorld, coach_world
from tests.coaching.whatsapp_json import KIT, NOON, body, change, contact, message, messages, status, statuses, texts
from tests.functions.conftest import Deployed
from tests.harness.crash_harness import PIPELINE, Fuse, unavailable
from tests.harness.lent import lent

pytestmark = pytest.mark.usefixtures("number")


@pytest.fixture
def world(deployed: Deployed) -> Iterator[CoachWorld]:
    yield from coach_world(deployed)


@pytest.fixture
def number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the webhooks of these tests be to the number of the world."""
    monkeypatch.setattr("tests.coaching.whatsapp_json.NUMBER", NUMBER)


def confirm(world: CoachWorld, **asked: str) -> tuple[int, object]:
    query = "&".join(f"hub.{name}={value}" for name, value in asked.items())
    return world.deployed.ask("whatsapp_coach", "GET", f"{PATH}?{query}", who=None)


def wamids(world: CoachWorld) -> list[str]:
    return [one["wamid"] for one in world.items]


def test_the_address_is_confirmed_with_the_challenge_as_plain_text(world: CoachWorld) -> None:
    assert confirm(world, mode="subscribe", verify_token=VERIFY, challenge="1158201444") == (200, "1158201444")


@pytest.mark.parametrize(
    "asked",
    [
        {"mode": "subscribe", "verify_token": "another", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": VERIFY, "challenge": "1"},
        {"verify_token": VERIFY, "challenge": "1"},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": VERIFY, "challenge": "%3Cscript%3E"},
        {"mode": "subscribe", "verify_token": VERIFY},
    ],
)
def test_another_confirmation_is_refused(world: CoachWorld, asked: dict[str, str]) -> None:
    assert confirm(world, **asked)[0] == 403


def test_without_a_verify_token_nothing_is_confirmed(world: CoachWorld) -> None:
    world.deployed.secrets["whatsapp-verify-token"] = "none"
    assert confirm(world, mode="subscribe", verify_token="none", challenge="1")[0] == 403
    assert confirm(world, mode="subscribe", verify_token="", challenge="1")[0] == 403


def test_every_message_of_every_entry_is_stored_and_queued_once_a_person(world: CoachWorld) -> None:
    other = messages(message("wamid.3", sender="447700900777"), contacts=[contact("447700900777")])
    raw = body(messages(message("wamid.1"), message("wamid.2", after=5)), other, statuses(status("wamid.9", "read")))
    assert world.hook(raw) == 200
    assert wamids(world) == ["wamid.1", "wamid.3", "wamid.2"]
    assert len({payload["inbox"] for _, payload in world.tasks}) == len(world.tasks) == 2
    assert KIT not in json.dumps([world.tasks, world.deployed.calls.world.log.lines], default=str)
    assert "quiz me" not in json.dumps([world.tasks, world.deployed.calls.world.log.lines], default=str)
    assert [one["status"] for one in world.stored("coach_statuses")] == ["read"]


@pytest.mark.parametrize(
    "signed", ["", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, signature("another", texts(("wamid.1", "hi")))]
)
def test_another_signature_reaches_nothing(world: CoachWorld, signed: str) -> None:
    assert world.post(texts(("wamid.1", "hi")), signed) == 401
    assert (world.items, world.tasks, world.deployed.quarantined()) == ([], [], [])


def test_the_signature_is_of_the_very_bytes(world: CoachWorld) -> None:
    raw = body(messages(message("wamid.1", text={"body": "naïve"})))
    other = json.dumps(json.loads(raw), indent=1).encode()
    assert world.post(other, signature(APP_SECRET, raw)) == 401
    assert world.post(other, signature(APP_SECRET, other)) == 200


def test_a_new_app_secret_holds_beside_the_old_one(world: CoachWorld) -> None:
    world.deployed.secrets["whatsapp-app-secret"] = f"the-new-one {APP_SECRET}"
    raw = texts(("wamid.1", "hi"))
    assert world.post(raw, signature("the-new-one", raw)) == world.hook(raw) == 200
    world.deployed.secrets["whatsapp-app-secret"] = "none"
    assert world.hook(raw) == 401


@pytest.mark.parametrize("raw", [b"", b"not JSON", b"[]", b"{}", b'{"entry": 5}', b"\xff\xfe"])
def test_a_signed_body_that_is_no_webhook_is_quarantined_and_not_asked_for_again(world: CoachWorld, raw: bytes) -> None:
    assert world.hook(raw) == 200
    assert world.deployed.quarantined() == ["whatsapp_coach"]


def test_a_piece_that_cannot_be_read_is_quarantined_and_the_rest_taken(world: CoachWorld) -> None:
    assert world.hook(body(messages(message("wamid.1"), {"type": "text"}, 7, message("wamid.2")))) == 200  # type: ignore[arg-type]
    assert sorted(wamids(world)) == ["wamid.1", "wamid.2"]
    assert world.deployed.quarantined() == ["whatsapp_coach", "whatsapp_coach"]


def test_a_body_over_the_limit_is_refused_before_it_is_read(world: CoachWorld) -> None:
    assert world.hook(b" " * 5_000_001) == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_no_other_method_is_served(world: CoachWorld, method: str) -> None:
    assert world.deployed.ask("whatsapp_coach", method, PATH, who=None)[0] == 405


def test_whatever_fails_before_all_is_stored_is_no_acknowledgement(world: CoachWorld) -> None:
    change_of_number = message("wamid.5", "system", system={"type": "user_changed_number", "wa_id": "447700900888"})
    echo = change("smb_message_echoes", message_echoes=[message("wamid.6") | {"to": KIT}])
    raw = body(messages(message("wamid.1"), change_of_number), statuses(status("wamid.9", "sent")), echo)
    points = 0
    for step in range(60):
        fuse = Fuse(step, unavailable)
        answered = world.hook(raw, fuse)
        if answered == 200 and not fuse.blown:
            points = step
            break
        assert answered == 503
    assert points >= 8, (
        "the message, the number, the echo and the status, each with a moment before and after, the task"
    )
    assert wamids(world) == ["wamid.1"]
    assert len(world.tasks) == 1


@pytest.mark.parametrize("step", range(12))
def test_what_a_crash_left_is_queued_when_it_comes_again(world: CoachWorld, step: int) -> None:
    raw = texts(("wamid.1", "hi"))
    fuse = Fuse(step)
    try:
        world.hook(raw, fuse)
    except BaseException:
        assert fuse.blown
    assert world.hook(raw) == 200
    assert (wamids(world), len(world.tasks)) == (["wamid.1"], 1)


def test_l08_the_same_message_at_two_instances_at_once_is_one(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "i.sqlite", indexes=PIPELINE.integrations.indexes, durable=False)
    received = parse(texts(("wamid.1", "log 3 hours"), ("wamid.2", "and 1 more")), NOON)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: Inbox(store).keep(received.messages, NOON), range(40)))
    first = kept[0]
    assert [one.wamid for one in first] == ["wamid.1", "wamid.2"]
    assert all(one == first for one in kept)


def test_l08_a_message_that_comes_again_adds_nothing_even_when_answered(world: CoachWorld) -> None:
    raw = texts(("wamid.1", "log 3 hours"))
    assert [world.hook(raw) for _ in range(3)] == [200, 200, 200]
    assert (len(world.items), len(world.tasks)) == (1, 1)
    world.whatsapp._wrote[KIT] = world.now
    world.drain_once()
    assert world.hook(raw) == 200
    assert (len(world.items), world.tasks) == (1, [])


def test_l06_history_makes_nobody_write_alarm_or_stop(world: CoachWorld) -> None:
    old = [message("wamid.1", text={"body": "STOP"}), message("wamid.2", text={"body": "I got a shock off it"})]
    raw = body(change("history", history=[{"threads": [{"id": KIT, "messages": old}]}]))
    assert world.hook(raw) == 200
    assert (world.items, world.tasks, world.stored("coach_identities")) == ([], [], [])
    [told] = world.deployed.calls.world.log.named("coach.received")
    assert (told["messages"], told["passed"]) == (0, 2)


def test_l13_what_whatsapp_does_with_a_template_is_kept(world: CoachWorld) -> None:
    dearer = change(
        "template_category_update",
        message_template_name="nudge",
        message_template_language="en_GB",
        previous_category="UTILITY",
        new_category="MARKETING",
    )
    paused = change(
        "message_template_status_update",
        event="PAUSED",
        message_template_name="nudge",
        message_template_language="en_GB",
        other_info={"title": "FIRST_PAUSE"},
    )
    assert world.hook(body(dearer, paused)) == world.hook(body(paused, dearer)) == 200
    [kept] = world.stored("coach_templates")
    assert (kept["before"], kept["category"], kept["event"], kept["reason"]) == (
        "utility",
        "marketing",
        "PAUSED",
        "FIRST_PAUSE",
    )


def told_of_template(event: str, at: int, **named: str) -> bytes:
    told = change("message_template_status_update", event=event, message_template_name="nudge", **named)
    entry = [{"id": "700", "time": at, "changes": [told]}]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()


def test_l13_a_pause_that_names_no_language_holds_for_every_one(world: CoachWorld) -> None:
    records = TemplateRecords(world.deployed.calls.integrations)
    start = int(world.now.timestamp()) - 100
    assert world.hook(told_of_template("APPROVED", start, message_template_language="en_GB")) == 200
    assert world.hook(told_of_template("PAUSED", start + 10)) == 200
    assert not records.of("nudge", "en_GB").usable
    assert world.hook(told_of_template("REINSTATED", start + 20, message_template_language="en_GB")) == 200
    assert records.of("nudge", "en_GB").usable


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_l13_what_is_told_of_a_template_may_come_in_any_order_and_twice(
    world: CoachWorld, order: tuple[int, ...]
) -> None:
    start = int(world.now.timestamp()) - 100
    told = [
        told_of_template(event, start + 10 * number, message_template_language="en_GB")
        for number, event in enumerate(("APPROVED", "PAUSED", "REINSTATED"))
    ]
    for number in (*order, order[0]):
        assert world.hook(told[number]) == 200
    assert TemplateRecords(world.deployed.calls.integrations).of("nudge", "en_GB").event == "REINSTATED"


@pytest.mark.lent("cases/learner/L08_wa_same_wamid_concurrently.json")
@pytest.mark.parametrize("path", lent("cases/learner/L08_wa_same_wamid_concurrently.json"), ids=str)
def test_the_reported_repetition_is_one_message(tmp_path: Path, path: Path) -> None:
    store = SqliteDocuments(tmp_path / "i.sqlite", indexes=PIPELINE.integrations.indexes, durable=False)
    received = parse(json.dumps(json.loads(path.read_bytes())["body"]).encode(), NOON)
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: Inbox(store).keep(received.messages, NOON), range(8)))
    assert {one.wamid for some in kept for one in some} == {"wamid.D1"}
