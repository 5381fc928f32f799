"""Opens what sends push messages, and says for which key browsers subscribe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from shared.notifications.domain.push_services import PushServices

if TYPE_CHECKING:
    from infra.vendors.web_push.sending import WebPush
    from infra.vendors.web_push.vapid import Vapid


def web_push(on: Environment) -> WebPush:
    """Makes what sends push messages."""
    from infra.vendors.web_push.sending import WebPush
    from infra.wiring.ports.receivers import receivers

    return WebPush(on.once(vapid), push_services(on), receivers(on), on.clock)


def vapid(on: Environment) -> Vapid:
    """Makes what says to push services who we are."""
    from infra.vendors.web_push.vapid import Vapid

    contact = given(on.connected.settings, "AUGMENT_WEB_PUSH_CONTACT") or on.portal_url
    return Vapid(lambda: on.secrets.get("web-push-key"), contact)


def push_services(on: Environment) -> PushServices:
    """Returns the push services that may be asked."""
    listed = given(on.connected.settings, "AUGMENT_WEB_PUSH_HOSTS").lower().split(",")
    return PushServices(tuple(host.strip() for host in listed if host.strip()))
