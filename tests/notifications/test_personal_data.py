"""What is kept of what people are sent follows them: gone with an erasure, under the new id after a move."""

from __future__ import annotations

import pytest

from shared.identities.domain.moved_data import Moving
from shared.notifications.records import Delivery, Preferences
from shared.ports.documents import Put, Query
from shared.privacy.domain.erasure import Erasing, cleaned_document, is_about
from tests.notifications.house import DANA, JOE, House
from tests.notifications.push_service import PushService, turned_on
from tests.notifications.test_sending import choose

COLLECTIONS = ("notification_deliveries", "notification_preferences", "outbox", "notifications", "push_devices")
NEW = "joe.new@example.com"


@pytest.fixture
def told(house: House) -> House:
    choose(house, {"deal.at_risk": "now", "preparation.assigned": "now"})
    house.tell()
    house.run()
    service = PushService("https://fcm.googleapis.com")
    house.settings["AUGMENT_WEB_PUSH"] = "on"
    turned_on(house, service)
    house.settings["AUGMENT_WEB_PUSH"] = "off"
    return house


def test_everything_goes_with_the_person_and_holds_no_word_of_what_was_told(told: House) -> None:
    joe = Erasing(JOE, "erased-1", "Joe Smith")
    for collection in COLLECTIONS:
        [kept] = told.world.store.query(Query(collection))
        assert is_about(joe, collection, kept.id, kept.data)
    [delivery] = told.world.store.query(Query("notification_deliveries"))
    assert "Acme" not in str(delivery.data)


def test_in_what_others_were_told_the_person_becomes_a_pseudonym(told: House) -> None:
    told.tell(DANA, "deal.at_risk", facts={"to": JOE, "account": "Acme", "risk": "high"})
    told.run()
    [mail] = [one for one in told.world.store.query(Query("outbox")) if one.data["employee_id"] == DANA]
    joe = Erasing(JOE, "erased-1", "Joe Smith")
    assert not is_about(joe, "outbox", mail.id, mail.data)
    [notice] = [one for one in told.world.store.query(Query("notifications")) if one.data["employee_id"] == DANA]
    cleaned = cleaned_document(joe, "notifications", notice.data)
    assert cleaned is not None
    assert JOE not in str(cleaned)


def test_after_a_move_what_was_told_is_not_told_again_and_choices_hold(told: House) -> None:
    moving = Moving(JOE, NEW)
    for collection in COLLECTIONS:
        for one in told.world.store.query(Query(collection)):
            moved = moving.data(collection, one.data)
            assert moved["employee_id"] == NEW
            told.world.store.commit([Put(one.path, moved)])
    [delivery] = Delivery.readable(told.world.store.query(Query("notification_deliveries")))
    assert (delivery.employee_id, delivery.state) == (NEW, "delivered")
    [chosen] = Preferences.readable(told.world.store.query(Query("notification_preferences")))
    assert (chosen.employee_id, chosen.mode("email", "deal.at_risk")) == (NEW, "now")
    for name in delivery.notices:
        told.queue.again({"step": "notice", "name": name})
    told.queue.again({"step": "delivery", "name": delivery.delivery_id, "attempt": 0})
    told.run(hours=24)
    assert len(told.mails()) == 1
