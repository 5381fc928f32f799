"""Serves the routes of platform: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.domain.audit_actions import AuditAction
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, employee_id_of, limit_of, moment_of, one_of
from shared.platform.edges.routes import CURSOR, LIMIT, SINCE, UNTIL, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.platform.usecases.notices import Notifications
    from shared.platform.usecases.search_audit import SearchAudit

contract = Contract(lambda: import_module("shared.platform.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def notifications(self) -> Notifications: ...
    @property
    def search_audit(self) -> SearchAudit: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/employees/<employee_id>/notifications",
    "What the platform has told the caller",
    "notifications.read",
    answer=contract.NotificationList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag="Notifications",
)
def list_notifications(request: Request, on: UseCases) -> Response:
    from shared.platform.contract import NotificationList

    told, employee_id = on.notifications, employee_id_of(request)
    page = told.list(request.caller, employee_id, limit=limit_of(request), after=cursor_of(request))
    unread = told.unread(request.caller, employee_id)
    return Response(NotificationList(items=list(page.items), unread=unread, next_cursor=cursor_to(page.next)))


@api.post(
    "/api/v1/employees/<employee_id>/notifications/<notification_id>/read",
    "Mark one as read",
    "notifications.read",
    answer=contract.Notification,
    problems=(404, 422),
    tag="Notifications",
)
def read_notification(request: Request, on: UseCases) -> Response:
    notification_id = request.path["notification_id"]
    return Response(on.notifications.mark_read(request.caller, employee_id_of(request), notification_id))


@api.get(
    "/api/v1/audit",
    "Who saw whom, and who changed what",
    "audit.read",
    answer=contract.AuditList,
    query=(
        LIMIT,
        CURSOR,
        SINCE,
        UNTIL,
        Parameter("actor", "Who acted"),
        Parameter("subject", "Whom or what it concerned"),
        Parameter("action", "What was done", {"type": "string", "enum": list(AuditAction)}),
    ),
    problems=(422,),
    tag="Operations",
)
def search_audit(request: Request, on: UseCases) -> Response:
    from shared.platform.contract import AuditList

    action = one_of(request, "action", tuple(AuditAction))
    page = on.search_audit.search(
        request.caller,
        actor=request.query.get("actor"),
        subject=request.query.get("subject"),
        action=AuditAction(action) if action else None,
        since=moment_of(request, "since"),
        until=moment_of(request, "until"),
        limit=limit_of(request),
        after=cursor_of(request),
    )
    return Response(AuditList(items=list(page.items), next_cursor=cursor_to(page.next)))
