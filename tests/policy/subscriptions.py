"""Rules of webhook subscriptions."""

from __future__ import annotations

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import ADMINISTRATION, ApiClient
from tests.policy.both_edges import ADMINISTRATOR, Rule

ADDRESS = "https://hooks.example.com/of-the-policy"
BODY = {"address": ADDRESS, "event_types": ["skill.changed"]}
FORM = {"address": ADDRESS, "skill.changed": "yes"}


def subscription(api: ApiClient) -> str:
    """A subscription of an integration's, in place of those before: one owner has a limited number."""
    for one in api.get("webhook-subscriptions").json["subscriptions"]:
        assert api.delete(f"webhook-subscriptions/{one['subscription_id']}").status == 200
    made = api.post("webhook-subscriptions", BODY, who=ADMINISTRATION)
    return str(made.json["subscription_id"])


def delivery(api: ApiClient) -> str:
    """A subscription with a delivery."""
    made = subscription(api)
    assert api.post(f"webhook-subscriptions/{made}/test").status == 202
    return made


def sent(api: ApiClient) -> str:
    """A delivery."""
    return str(api.post(f"webhook-subscriptions/{subscription(api)}/test").json["delivery_id"])


RULES = (
    Rule(
        "subscriptions are listed",
        subscription,
        ("GET", "webhook-subscriptions"),
        ("GET", "/webhooks"),
        ADMINISTRATOR,
        shown=(ADDRESS,),
        never=("whsec_",),
    ),
    Rule(
        "a subscription is made",
        lambda api: "",
        ("POST", "webhook-subscriptions"),
        ("POST", "/webhooks"),
        ADMINISTRATOR,
        form=FORM,
        body=BODY,
        recorded=AuditAction.WEBHOOK_SUBSCRIBED,
        about="*",
    ),
    Rule(
        "a subscription is shown",
        subscription,
        ("GET", "webhook-subscriptions/{id}"),
        ("GET", "/webhooks/{id}"),
        ADMINISTRATOR,
        shown=(ADDRESS,),
        never=("whsec_",),
    ),
    Rule(
        "a subscription is changed",
        subscription,
        ("PUT", "webhook-subscriptions/{id}"),
        ("POST", "/webhooks/{id}"),
        ADMINISTRATOR,
        form=FORM,
        body=BODY,
        recorded=AuditAction.WEBHOOK_CHANGED,
    ),
    Rule(
        "a subscription is removed",
        subscription,
        ("DELETE", "webhook-subscriptions/{id}"),
        ("POST", "/webhooks/{id}/remove"),
        ADMINISTRATOR,
        form={"confirmed": "yes"},
        recorded=AuditAction.WEBHOOK_REMOVED,
    ),
    Rule(
        "a secret is rotated",
        subscription,
        ("POST", "webhook-subscriptions/{id}/secret"),
        ("POST", "/webhooks/{id}/secret"),
        ADMINISTRATOR,
        recorded=AuditAction.WEBHOOK_SECRET_ROTATED,
    ),
    Rule(
        "deliveries are listed without what was sent",
        delivery,
        ("GET", "webhook-subscriptions/{id}/deliveries"),
        ("GET", "/webhooks/{id}"),
        ADMINISTRATOR,
        shown=("webhook.test",),
        never=("whsec_",),
    ),
    Rule(
        "a test event is sent",
        subscription,
        ("POST", "webhook-subscriptions/{id}/test"),
        ("POST", "/webhooks/{id}/test"),
        ADMINISTRATOR,
        recorded=AuditAction.WEBHOOK_TESTED,
    ),
    Rule(
        "a delivery is sent again",
        sent,
        ("POST", "webhook-deliveries/{id}/replay"),
        ("POST", "/webhooks/its-own/delivery"),
        ADMINISTRATOR,
        form={"delivery_id": "{id}"},
        recorded=AuditAction.WEBHOOK_REPLAYED,
        about="*",
    ),
    Rule(
        "what has not arrived is sent again",
        subscription,
        ("POST", "webhook-subscriptions/{id}/replay"),
        ("POST", "/webhooks/{id}/replay"),
        ADMINISTRATOR,
        form={"since": "2026-02-01"},
        body={"since": "2026-02-01T00:00:00Z"},
        recorded=AuditAction.WEBHOOK_REPLAYED,
    ),
)
