"""An assignment's notice becomes one mail, kept or sent, however often it is told and delivered."""

from __future__ import annotations

import email
import re
from email.policy import default

import pytest

from infra.wiring.notify import notifying
from infra.wiring.platform import platform
from shared.notifications.messages import NotifyTask
from shared.ports.documents import Query
from tests.harness.crash_harness import Died, Fuse
from tests.notifications.house import DANA, JOE, House


def test_a_notice_becomes_one_mail_in_the_outbox(house: House) -> None:
    assert house.tell()
    assert not house.tell()
    house.run()
    [mail] = house.mails()
    assert (mail["employee_id"], mail["subject"]) == (JOE, "Prepare for your meeting with Acme Health")
    assert "Due: Friday, 13 February 2026, 17:00 (UTC)" in mail["text"]
    assert "Prepare: https://skills.example.com/preparation" in mail["text"]
    assert house.states() == [("email", "delivered", None)]
    [notice] = house.world.store.query(Query("notifications"))
    for _ in range(3):
        house.queue.again({"step": "notice", "name": notice.id})
    house.queue.again({"step": "delivery", "name": house.deliveries()[0].delivery_id, "attempt": 0})
    house.run()
    assert len(house.mails()) == len(house.deliveries()) == 1


def test_the_mail_has_both_parts_with_its_styles_on_the_elements_and_names_no_address_in_links(house: House) -> None:
    house.tell()
    house.run()
    source = email.message_from_string(house.mails()[0]["source"], policy=default)
    assert source.get_content_type() == "multipart/alternative"
    html = source.get_body(("html",))
    assert html is not None
    content = html.get_content()
    button = re.search(r'<a class="button"[^>]*>', content)
    assert button is not None
    assert "background: #1f5fbf" in button.group()
    assert "@media (prefers-color-scheme: dark)" in content
    assert source["Message-ID"].startswith(f"<{house.deliveries()[0].delivery_id}@")
    [by_mail, by_link] = source["List-Unsubscribe"].split(", ")
    assert by_mail.startswith("<mailto:")
    assert by_link.startswith("<https://skills.example.com/notifications/unsubscribe/")
    assert source["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert JOE not in by_link + content


def test_who_is_not_here_any_more_is_sent_nothing(house: House) -> None:
    house.tell("nobody@example.com")
    house.run()
    assert house.deliveries() == []
    assert house.queue.due_at is None


def test_what_a_crash_left_is_carried_by_the_sweep(house: House) -> None:
    with pytest.raises(Died):
        house.tell(DANA, fuse=Fuse(2))
    house.run(hours=1)
    assert house.mails() == []
    assert platform(house.on()).notifications.sweep() == 1
    house.run()
    assert [mail["employee_id"] for mail in house.mails()] == [DANA]
    house.run(hours=1)
    assert platform(house.on()).notifications.sweep() == 0


def test_a_task_that_names_nothing_is_nothing_to_do(house: House) -> None:
    for step in ("notice", "delivery", "summary"):
        notifying(house.on()).take_step(NotifyTask.model_validate({"step": step, "name": "gone"}))
    assert house.deliveries() == []
