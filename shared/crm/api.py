"""Serves what a flow of the CRM calls: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.routes import Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.crm.domain.sender import Sender
    from shared.crm.usecases.take_hints import TakeHints

contract = Contract(lambda: import_module("shared.crm.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def sender(self) -> Sender: ...
    @property
    def take_hints(self) -> TakeHints: ...


callouts: Routes[UseCases] = Routes("sfdc_webhook")


@callouts.post(
    "/webhooks/salesforce/records",
    "Tell that records of Salesforce may have changed; each is read again",
    None,
    keyed=True,
    answer=contract.RecordChangesAnswer,
    body=contract.RecordChangesBody,
    success=202,
    query=(Parameter("token", "Of the address; a flow may also send it as `Authorization: Bearer`"),),
    problems=(400, 401, 413, 415, 422, 503),
    tag="Deals",
)
def take_record_changes(request: Request, on: UseCases) -> Response:
    sender = on.sender
    sender.check_token(_token(request))
    from shared.crm.contract import RecordChangesAnswer, RecordChangesBody

    body = request.body(RecordChangesBody)
    sender.check_organization(body.organization_id)
    taken = on.take_hints.take("callout", body.hints())
    return Response(RecordChangesAnswer(received=taken.hints, followed=taken.followed), 202)


def _token(request: Request) -> str | None:
    scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query.get("token")
