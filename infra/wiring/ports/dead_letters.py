"""Opens what could not be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.messages import DeadLetters


def dead_letters(on: Environment) -> DeadLetters:
    """Opens what could not be delivered."""
    return on.port("dead_letters", _google)


def _google(on: GoogleEnvironment) -> DeadLetters:
    from infra.gcp.dead_letters import GoogleDeadLetters, PushSubscription
    from infra.gcp.identity import InvokerTokens
    from infra.web.identity import CachedTokenSource

    declared = on.pipeline.subscriptions
    invokers = {on.url(one.function): on.invoker(one.function) for one in declared if one.function}
    invoker = InvokerTokens(invokers, on.own.access_token, on.clock)
    subscriptions = [
        PushSubscription(
            subscription.name,
            f"{subscription.name}--dead-letters",
            on.url(subscription.function) if subscription.function else None,
            on.url(subscription.function) if subscription.function else "",
        )
        for subscription in declared
    ]
    return GoogleDeadLetters(
        on.project,
        documents(on),
        subscriptions,
        tokens=CachedTokenSource(invoker.mint, on.clock),
        # Only a function that may enqueue has the adapter, and only a replay needs it.
        tasks=lambda: tasks(on),
        clock=on.clock,
        access=on.pipeline.functions[on.function].data.dead_letters,
    )
