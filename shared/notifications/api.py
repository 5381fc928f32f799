"""Serves the routes of notifications: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, employee_id_of, limit_of
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Routes

if TYPE_CHECKING:
    from shared.notifications.usecases.delivery_history import DeliveryHistory
    from shared.notifications.usecases.own_settings import OwnSettings

contract = Contract(lambda: import_module("shared.notifications.contract"))
TAG = "Notifications"


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def settings(self) -> OwnSettings: ...
    @property
    def history(self) -> DeliveryHistory: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/employees/<employee_id>/notification-settings",
    "What the caller is sent beyond the portal, and when",
    "notifications.read",
    answer=contract.SettingsView,
    problems=(422,),
    tag=TAG,
)
def get_notification_settings(request: Request, on: UseCases) -> Response:
    return Response(on.settings.show(request.caller, employee_id_of(request)))


@api.put(
    "/api/v1/employees/<employee_id>/notification-settings",
    "Change what the caller is sent, and when",
    "notifications.read",
    answer=contract.SettingsView,
    body=contract.SettingsBody,
    problems=(400, 413, 415, 422),
    tag=TAG,
)
def put_notification_settings(request: Request, on: UseCases) -> Response:
    from shared.notifications.contract import SettingsBody

    settings, employee_id = on.settings, employee_id_of(request)
    settings.admit(request.caller, employee_id)
    return Response(settings.change(request.caller, employee_id, request.body(SettingsBody)))


@api.get(
    "/api/v1/employees/<employee_id>/notification-deliveries",
    "What became of what a person was sent, the newest first: for that person, and administrators",
    "notifications.read",
    answer=contract.NotificationDeliveryList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag=TAG,
)
def list_notification_deliveries(request: Request, on: UseCases) -> Response:
    from shared.notifications.contract import NotificationDeliveryList

    employee_id = employee_id_of(request)
    page = on.history.of(request.caller, employee_id, limit=limit_of(request), after=cursor_of(request))
    return Response(NotificationDeliveryList(deliveries=list(page.items), next_cursor=cursor_to(page.next)))
