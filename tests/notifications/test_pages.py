"""What people see of what they are sent: their settings, what was sent, and mails that were kept."""

from __future__ import annotations

from typing import Any

import pytest

from functions.portal.notification_deliveries import page as deliveries
from functions.portal.notification_settings import page as settings
from functions.portal.outbox import page as outbox
from functions.portal.shell.rendering import render
from functions.portal.shell.visit import Foreign, Page, Redirect, Visit
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound
from shared.notifications.ports.channel import Sent
from shared.platform.records.audit import AuditRecords
from tests.notifications.house import DANA, JOE, House
from tests.notifications.test_sending import CALLER, choose, sending
from tests.portal import samples

ADA = Caller(email="ada@example.com", role="administrator", employee_id="ada@example.com", name="Ada")
OTHER = Caller(email=DANA, role="employee", employee_id=DANA, name="Dana")


def visit(house: House, caller: Caller = CALLER, **given: Any) -> Visit:
    return Visit(caller, None, house.world.clock.now(), "/", **given)


def seen(page: object) -> str:
    assert isinstance(page, Page), page
    html = render(page.template, frame=samples.frame(), here=page.place, **page.variables)
    assert " style=" not in html
    assert html.count("<h1") == 1
    return html


FORM = {
    "email.preparation.assigned": "off",
    "email.deal.at_risk": "now",
    "quiet_from": "21:00",
    "quiet_until": "06:30",
    "daily_at": "09:15",
    "zone": "Europe/Berlin",
}


class TestSettings:
    def test_what_is_saved_holds_and_is_shown_again(self, house: House) -> None:
        on = house.on()
        assert isinstance(settings.change_settings(on, visit(house, form=FORM)), Redirect)
        html = seen(settings.show_settings(on, visit(house)))
        assert '<option value="off" selected>Not at all</option>' in html
        for name in ("quiet_from", "quiet_until", "daily_at", "zone"):
            assert f'value="{FORM[name]}"' in html
        house.tell()
        house.run(hours=24)
        assert house.mails() == []

    def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_is_lost(self, house: House) -> None:
        wrong = FORM | {"zone": "Middle-earth", "daily_at": "25:00"}
        html = seen(settings.change_settings(house.on(), visit(house, form=wrong)))
        assert 'value="Middle-earth"' in html
        assert html.count('aria-invalid="true"') == 2

    def test_a_channel_that_does_not_reach_is_told_of_and_tried_again(self, house: House) -> None:
        sending(house, Sent("address", "no_mailbox"))
        house.tell()
        house.run()
        on = house.on()
        assert "E-mail does not reach you." in seen(settings.show_settings(on, visit(house)))
        assert isinstance(settings.change_settings(on, visit(house, form={"resume": "email"})), Redirect)
        assert "E-mail does not reach you." not in seen(settings.show_settings(on, visit(house)))

    def test_a_webhook_of_ones_own_is_never_shown(self, house: House) -> None:
        house.settings["AUGMENT_SLACK"] = "on"
        hook = "https://hooks.slack.com/services/T/B/secret"
        on = house.on()
        settings.change_settings(on, visit(house, form=FORM | {"slack_address": hook}))
        html = seen(settings.show_settings(on, visit(house)))
        assert "One is set." in html
        assert hook not in html
        settings.change_settings(on, visit(house, form=FORM))
        assert house.use_cases().settings.show(CALLER, JOE).slack_address_set
        settings.change_settings(on, visit(house, form=FORM | {"forget_slack": "yes"}))
        assert not house.use_cases().settings.show(CALLER, JOE).slack_address_set

    def test_where_nothing_is_connected_the_page_says_so(self, house: House) -> None:
        house.keeps_mail = False
        assert "Nothing is sent from here" in seen(settings.show_settings(house.on(), visit(house)))


class TestDeliveries:
    @pytest.fixture
    def told(self, house: House) -> House:
        choose(house, {"grant.revoked": "daily"})
        house.tell()
        house.tell(kind="grant.revoked", facts={"by": DANA, "to": DANA})
        house.tell(DANA, "deal.at_risk", facts={"to": JOE, "account": "Acme", "risk": "high"})
        house.run()
        return house

    def test_each_sees_their_own_and_no_word_of_what_was_said(self, told: House) -> None:
        html = seen(deliveries.list_own(told.on(), visit(told)))
        assert "You have something to prepare for a meeting" in html
        assert "Waits for the daily summary" in html
        assert "Acme" not in html
        assert DANA not in html

    def test_administrators_see_everybodys_and_that_is_on_record(self, told: House) -> None:
        html = seen(deliveries.list_all(told.on(), visit(told, ADA)))
        assert html.count("@example.com") >= 3
        audited = [one for one in AuditRecords(told.world.store).page().items if one.action == "notifications.read"]
        assert [(one.actor, one.people) for one in audited] == [(ADA.email, (DANA, JOE))]
        with pytest.raises(Forbidden):
            deliveries.list_all(told.on(), visit(told))

    def test_every_state_and_reason_has_its_words(self, told: House) -> None:
        [one, *_] = told.use_cases().history.all(ADA, limit=9).items
        for state in deliveries.STATES:
            for why in (None, *deliveries.WHY):
                shown = one.model_copy(update={"state": state, "why": why, "repeated": 1, "attempts": 3})
                assert deliveries.STATES[state][1] in seen(deliveries.present(deliveries.Sent([shown], True)))


class TestOutbox:
    def test_a_mail_is_shown_to_whom_it_is_for_and_to_administrators(self, house: House) -> None:
        house.tell()
        house.run()
        key = house.deliveries()[0].delivery_id
        on = house.on()
        for caller in (CALLER, ADA):
            assert "Prepare for your meeting with Acme Health" in seen(outbox.list_mails(on, visit(house, caller)))
            assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in seen(
                outbox.show_mail(on, visit(house, caller), key)
            )
        shown = outbox.show_mail(on, visit(house, query={"as": "html"}), key)
        assert isinstance(shown, Foreign)
        assert "Acme Health" not in seen(outbox.list_mails(on, visit(house, OTHER)))
        with pytest.raises(Forbidden):
            outbox.show_mail(on, visit(house, OTHER), key)
        with pytest.raises(NotFound):
            outbox.show_mail(on, visit(house), "none")

    def test_where_mails_are_sent_there_is_none(self, house: House) -> None:
        house.keeps_mail = False
        with pytest.raises(NotFound):
            outbox.list_mails(house.on(), visit(house))
