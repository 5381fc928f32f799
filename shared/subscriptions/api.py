"""Serves the routes of subscriptions: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, limit_of
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Routes

if TYPE_CHECKING:
    from shared.subscriptions.usecases.change_subscriptions import ChangeSubscriptions
    from shared.subscriptions.usecases.own_subscriptions import OwnSubscriptions
    from shared.subscriptions.usecases.replay_deliveries import ReplayDeliveries

contract = Contract(lambda: import_module("shared.subscriptions.contract"))
TAG = "Webhooks"


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def own(self) -> OwnSubscriptions: ...
    @property
    def changing(self) -> ChangeSubscriptions: ...
    @property
    def replaying(self) -> ReplayDeliveries: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/webhook-subscriptions",
    "The caller's subscriptions to facts; an administrator sees all",
    "webhooks.manage",
    answer=contract.SubscriptionList,
    tag=TAG,
)
def list_webhook_subscriptions(request: Request, on: UseCases) -> Response:
    from shared.subscriptions.contract import SubscriptionList

    return Response(SubscriptionList(subscriptions=on.own.list(request.caller)))


@api.post(
    "/api/v1/webhook-subscriptions",
    "Subscribe an address to facts; the answer alone shows the secret that signs them",
    "webhooks.manage",
    answer=contract.NewSubscription,
    shows_secret=True,
    body=contract.SubscriptionBody,
    success=201,
    problems=(400, 413, 415, 422),
    tag=TAG,
)
def create_webhook_subscription(request: Request, on: UseCases) -> Response:
    from shared.subscriptions.contract import SubscriptionBody

    made = on.changing.subscribe(request.caller, request.body(SubscriptionBody))
    return Response(made, 201, {"Location": f"/api/v1/webhook-subscriptions/{made.subscription_id}"})


@api.get(
    "/api/v1/webhook-subscriptions/<subscription_id>",
    "One subscription",
    "webhooks.manage",
    answer=contract.SubscriptionView,
    problems=(404,),
    tag=TAG,
)
def get_webhook_subscription(request: Request, on: UseCases) -> Response:
    return Response(on.own.show(request.caller, request.path["subscription_id"]))


@api.put(
    "/api/v1/webhook-subscriptions/<subscription_id>",
    "Change a subscription, pause it, or let it go on",
    "webhooks.manage",
    answer=contract.SubscriptionView,
    body=contract.SubscriptionBody,
    problems=(400, 404, 412, 413, 415, 422),
    tag=TAG,
)
def put_webhook_subscription(request: Request, on: UseCases) -> Response:
    from shared.subscriptions.contract import SubscriptionBody

    body = request.body(SubscriptionBody)
    return Response(on.changing.change(request.caller, request.path["subscription_id"], body, request.expect))


@api.delete(
    "/api/v1/webhook-subscriptions/<subscription_id>",
    "Remove a subscription",
    "webhooks.manage",
    answer=contract.SubscriptionView,
    problems=(404,),
    tag=TAG,
)
def delete_webhook_subscription(request: Request, on: UseCases) -> Response:
    return Response(on.changing.remove(request.caller, request.path["subscription_id"]))


@api.post(
    "/api/v1/webhook-subscriptions/<subscription_id>/secret",
    "Rotate the secret; the one before signs for a day more",
    "webhooks.manage",
    answer=contract.NewSecret,
    shows_secret=True,
    success=201,
    problems=(404, 422),
    tag=TAG,
)
def rotate_webhook_secret(request: Request, on: UseCases) -> Response:
    return Response(on.changing.rotate(request.caller, request.path["subscription_id"]), 201)


@api.get(
    "/api/v1/webhook-subscriptions/<subscription_id>/deliveries",
    "What was sent in the last 30 days, the newest first, with every attempt",
    "webhooks.manage",
    answer=contract.DeliveryList,
    query=(LIMIT, CURSOR),
    problems=(404, 422),
    tag=TAG,
)
def list_webhook_deliveries(request: Request, on: UseCases) -> Response:
    from shared.subscriptions.contract import DeliveryList

    limit, after = limit_of(request), cursor_of(request)
    page = on.replaying.page(request.caller, request.path["subscription_id"], limit=limit, after=after)
    return Response(DeliveryList(deliveries=list(page.items), next_cursor=cursor_to(page.next)))


@api.post(
    "/api/v1/webhook-deliveries/<delivery_id>/replay",
    "Send one again, under the same `webhook-id`",
    "webhooks.manage",
    answer=contract.DeliveryView,
    success=202,
    problems=(404, 422),
    tag=TAG,
)
def replay_webhook_delivery(request: Request, on: UseCases) -> Response:
    return Response(on.replaying.replay(request.caller, request.path["delivery_id"]), 202)


@api.post(
    "/api/v1/webhook-subscriptions/<subscription_id>/replay",
    "Send everything again that was told since a moment and has not arrived",
    "webhooks.manage",
    answer=contract.ReplayAnswer,
    body=contract.ReplayBody,
    success=202,
    problems=(400, 404, 413, 415, 422),
    tag=TAG,
)
def replay_webhook_deliveries(request: Request, on: UseCases) -> Response:
    from shared.subscriptions.contract import ReplayBody

    since = request.body(ReplayBody).since
    return Response(on.replaying.replay_since(request.caller, request.path["subscription_id"], since), 202)


@api.post(
    "/api/v1/webhook-subscriptions/<subscription_id>/test",
    "Send a test event, which is about nobody",
    "webhooks.manage",
    answer=contract.DeliveryView,
    success=202,
    problems=(404, 422),
    tag=TAG,
)
def test_webhook_subscription(request: Request, on: UseCases) -> Response:
    return Response(on.replaying.test(request.caller, request.path["subscription_id"]), 202)
