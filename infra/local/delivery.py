"""Delivers what the local queue holds, as Google Cloud would: HTTP requests to the functions, in this process.

A message arrives as Pub/Sub's wrapped push, a task as Cloud Tasks posts it, a scheduled run as Cloud Scheduler does,
each with an ID token of the platform's own service account. A 2xx answer acknowledges; anything else, an exception
included, is delivered again after a backoff and ends in the dead letters. What topics carry to the warehouse is pulled
in batches and acknowledged when the sink returns.

The worker threads here are apart from those that serve the outside, so that a function that calls another one in this
process cannot wait for itself. No channel may hold more than half of the workers: a slow one blocks nobody.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from infra.declarations.pipeline import Pipeline, Retry
from infra.local.leased import Leased
from infra.local.posting import post, push_body, rfc3339
from infra.local.queue import LocalQueue, schedule_channel
from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log
from shared.ports.identity import TokenSource

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Sink = Callable[[str, Sequence[Leased]], None]
"""Takes a topic's messages into the warehouse; all are taken when it returns."""

BATCH: Final = 500
PULL_SECONDS: Final = 1.0
POLL_SECONDS: Final = 0.5
"""How soon something that another process has put into the file is seen."""
LEASE_MARGIN_SECONDS: Final = 30


@dataclass(slots=True)
class _Channel:
    """One stream of deliveries to one function, and what runs of it now.

    limit      deliveries at a time
    rate       deliveries per second, for queues; allowance: how many may start now, filled at that rate
    due        when the file next has something (Unix seconds), as far as is known
    """

    name: str
    topic: str
    function: str
    retry: Retry
    limit: int
    lease_seconds: float
    rate: float | None = None
    allowance: float = 1
    filled_at: float = 0
    due: float = 0
    running: int = 0
    ready: deque[Leased] = field(default_factory=deque)
    ready_since: float = 0

    def permits(self, now: float) -> bool:
        """Tells whether the channel's concurrency and rate let one more start."""
        if self.running >= self.limit:
            return False
        if self.rate is None:
            return True
        self.allowance = min(max(1.0, self.rate), self.allowance + max(0.0, now - self.filled_at) * self.rate)
        self.filled_at = now
        return self.allowance >= 1


class Delivery:
    """Worker threads between the queue and the functions.

    applications  each function's WSGI application, by name; a channel whose function is not there waits
    audience      from a function's name to the audience of the tokens that call it
    sink          takes what is carried to the warehouse; None leaves it in the queue
    """

    def __init__(
        self,
        queue: LocalQueue,
        pipeline: Pipeline,
        applications: Mapping[str, WSGIApplication],
        *,
        tokens: TokenSource,
        audience: Callable[[str], str],
        log: Log,
        sink: Sink | None = None,
        workers: int = 8,
        now: Callable[[], float] = time.time,
    ):
        self._queue = queue
        self._pipeline = pipeline
        self._applications = applications
        self._tokens = tokens
        self._audience = audience
        self._log = log
        self._sink = sink
        self._now = now
        self._workers = workers
        self._changed = threading.Condition()
        self._channels = {channel.name: channel for channel in self._declared_channels()}
        self._turn = 0
        self._pulled = [name.name for name in pipeline.subscriptions if name.function is None] if sink else []
        self._pull_now = threading.Event()
        self._paused = False
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Frees the leases that a killed process left, and begins to deliver."""
        try:
            recovered = self._queue.recover()
        except Retryable:  # a disk that takes nothing; what was leased comes when its lease runs out
            recovered = 0
        if recovered:
            self._log.event(LogEvent.DELIVERY_RECOVERED, deliveries=recovered)
        self._queue.on_due = self._on_due
        self._threads = [
            threading.Thread(target=self._work, name=f"delivery-{number}", daemon=True)
            for number in range(self._workers)
        ]
        if self._pulled:
            self._threads.append(threading.Thread(target=self._pull, name="delivery-warehouse", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 30) -> bool:
        """Finishes what is in flight and stops; what is not begun stays in the queue. False if something still runs."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._pull_now.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        left = [item for channel in self._channels.values() for item in channel.ready]
        if left:
            self._queue.release(left)
        return not any(thread.is_alive() for thread in self._threads)

    def pause(self) -> None:
        """Begins nothing more until `resume`; what is in flight goes on."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def settle(self, timeout: float = 60) -> bool:
        """Waits until nothing is due, in flight or waiting for another try; False if that took too long.

        Tasks for a later time do not count, nor what has no reader here.
        """
        deadline = time.monotonic() + timeout
        channels = [*self._channels, *self._pulled]
        while time.monotonic() < deadline:
            self._pull_now.set()
            if not self._queue.unsettled(channels):
                return True
            time.sleep(0.02)
        return False

    def left(self) -> int:
        """Counts what `settle` waits for."""
        return self._queue.unsettled_count([*self._channels, *self._pulled])

    # --- choosing

    def _declared_channels(self) -> list[_Channel]:
        half = max(1, math.ceil(self._workers / 2))
        channels = []
        for function in self._pipeline.functions.values():
            if function.name not in self._applications:
                continue
            limit = min(half, function.concurrency * function.max_instances)
            lease = function.timeout_seconds + LEASE_MARGIN_SECONDS
            if function.topic is not None:
                name = f"{function.name}--{function.topic}"
                channels.append(_Channel(name, function.topic, function.name, function.retry, limit, lease))
            if function.queue is not None:
                queue = self._pipeline.queues[function.queue]
                limit = min(limit, queue.max_concurrent)
                channels.append(
                    _Channel(queue.name, "", function.name, queue.retry, limit, lease, rate=queue.rate_per_second)
                )
            for schedule in self._pipeline.schedules_of(function.name):
                channels.append(_Channel(schedule_channel(schedule.name), "", function.name, function.retry, 1, lease))
        return channels

    def _on_due(self, name: str, due: float) -> None:
        channel = self._channels.get(name)
        if channel is not None:
            with self._changed:
                channel.due = min(channel.due, due)
                self._changed.notify()

    def _work(self) -> None:
        while True:
            with self._changed:
                chosen = None
                while not self._stopping:
                    chosen = None if self._paused else self._choose()
                    if chosen is not None:
                        break
                    self._changed.wait(self._idle_seconds())
                if chosen is None:
                    return
            channel, delivery = chosen
            try:
                self._deliver(channel, delivery)
            except Exception as error:
                # The queue itself failed. The lease runs out and the delivery is made again.
                self._log.event(LogEvent.DELIVERY_UNSETTLED, "ERROR", channel=channel.name, error=type(error).__name__)
            finally:
                # This worker looks for the next one itself, so nobody has to be woken.
                with self._changed:
                    channel.running -= 1

    def _choose(self) -> tuple[_Channel, Leased] | None:
        """Chooses the next delivery, taking the channels in turn. Called under the lock."""
        now = self._now()
        channels = list(self._channels.values())
        for step in range(len(channels)):
            channel = channels[(self._turn + step) % len(channels)]
            if not channel.permits(now):
                continue
            if channel.ready and now - channel.ready_since > LEASE_MARGIN_SECONDS:
                # Too little would be left of the lease to run in it.
                self._put_back(channel)
            if not channel.ready and channel.due <= now:
                self._fill(channel)
            if channel.ready:
                self._turn = (self._turn + step + 1) % len(channels)
                channel.running += 1
                channel.allowance -= 1
                return channel, channel.ready.popleft()
        return None

    def _fill(self, channel: _Channel) -> None:
        wanted = channel.limit * 2
        channel.ready_since = self._now()
        try:
            channel.ready.extend(self._queue.lease(channel.name, wanted, channel.lease_seconds))
            if len(channel.ready) < wanted:
                due = self._queue.next_due(channel.name)
                channel.due = math.inf if due is None else due
        except Retryable as error:
            self._log.event(LogEvent.DELIVERY_LEASE_FAILED, "ERROR", channel=channel.name, error=type(error).__name__)
            channel.due = self._now() + max(POLL_SECONDS, error.after_seconds)

    def _put_back(self, channel: _Channel) -> None:
        items = list(channel.ready)
        channel.ready.clear()
        channel.due = 0
        try:
            self._queue.release(items)
        except Retryable as error:
            # Their leases run out instead.
            self._log.event(LogEvent.DELIVERY_RELEASE_FAILED, "ERROR", channel=channel.name, error=type(error).__name__)

    def _idle_seconds(self) -> float:
        """Tells how long a worker may sleep: until something is due or a rate lets it go, never so long that what
        another process has written waits."""
        now = self._now()
        soonest = POLL_SECONDS
        for channel in self._channels.values():
            if channel.running >= channel.limit:
                continue
            if channel.due == math.inf and not channel.ready:
                with suppress(Retryable):
                    due = self._queue.next_due(channel.name)
                    channel.due = math.inf if due is None else due
            wait = 0.0 if channel.ready else channel.due - now
            if channel.rate is not None and channel.allowance < 1:
                wait = max(wait, (1 - channel.allowance) / channel.rate)
            soonest = min(soonest, wait)
        return max(0.001, soonest)

    # --- delivering

    def _deliver(self, channel: _Channel, delivery: Leased) -> None:
        body, headers = self._request(channel, delivery)
        answered = True
        try:
            headers["Authorization"] = "Bearer " + self._tokens.token_for(self._audience(channel.function))
            status, reason = post(self._applications[channel.function], body, headers)
        except Exception as error:
            status, reason, answered = 0, f"{type(error).__name__} in {channel.function}", False
        if 200 <= status < 300:
            self._queue.acknowledge([delivery])
            return
        dead = self._queue.refuse(delivery, channel.retry, reason, answered=answered)
        self._log.event(
            LogEvent.DELIVERY_DEAD if dead else LogEvent.DELIVERY_REFUSED,
            "ERROR" if dead else "WARNING",
            channel=channel.name,
            message_id=delivery.message_id,
            attempt=delivery.attempts,
            status=status,
        )

    def _request(self, channel: _Channel, delivery: Leased) -> tuple[bytes, dict[str, str]]:
        """Makes the request's body and headers, as the cloud's service would send it."""
        if delivery.kind == "message":
            return push_body(delivery), {"User-Agent": "CloudPubSub-Google", "Content-Type": "application/json"}
        if delivery.kind == "task":
            return delivery.data.encode(), {
                "User-Agent": "Google-Cloud-Tasks",
                "Content-Type": "application/json",
                "X-CloudTasks-QueueName": channel.name,
                "X-CloudTasks-TaskName": delivery.message_id,
                "X-CloudTasks-TaskRetryCount": str(delivery.attempts - 1),
                "X-CloudTasks-TaskExecutionCount": str(delivery.answered),
                "X-CloudTasks-TaskETA": f"{delivery.published_at.timestamp():.6f}",
            }
        return b"", {
            "User-Agent": "Google-Cloud-Scheduler",
            "Content-Type": "application/octet-stream",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": channel.name.removeprefix("schedule--"),
            "X-CloudScheduler-ScheduleTime": rfc3339(delivery.published_at),
        }

    # --- pulling

    def _pull(self) -> None:
        while not self._stopping:
            self._pull_now.wait(PULL_SECONDS)
            self._pull_now.clear()
            if self._paused:
                continue
            for name in self._pulled:
                try:
                    while self._carry(name) == BATCH and not self._stopping:
                        pass
                except Exception as error:
                    self._log.event(LogEvent.DELIVERY_UNSETTLED, "ERROR", channel=name, error=type(error).__name__)

    def _carry(self, name: str) -> int:
        """Carries one batch of a topic into the warehouse; how many there were."""
        if self._queue.next_due(name) is None:
            return 0
        batch = self._queue.lease(name, BATCH, 300)
        if batch and self._sink is not None:
            self._hand_over(name.removeprefix("warehouse--"), batch)
        return len(batch)

    def _hand_over(self, topic: str, batch: Sequence[Leased]) -> None:
        """Hands a batch to the sink; a batch that fails for other reasons than the warehouse's is tried one by one,
        so that one unreadable message keeps back no other."""
        assert self._sink is not None
        name = batch[0].channel
        try:
            self._sink(topic, batch)
        except Retryable as error:
            self._log.event(LogEvent.WAREHOUSE_UNAVAILABLE, "WARNING", channel=name, messages=len(batch))
            self._queue.release(batch, delay=max(1, error.after_seconds))
        except Exception as error:
            if len(batch) > 1:
                for message in batch:
                    self._hand_over(topic, [message])
                return
            retry = Retry(min_backoff=10, max_backoff=600, max_attempts=5)
            dead = self._queue.refuse(batch[0], retry, f"{type(error).__name__} in the warehouse")
            self._log.event(
                LogEvent.DELIVERY_DEAD if dead else LogEvent.DELIVERY_REFUSED,
                "ERROR" if dead else "WARNING",
                channel=name,
                message_id=batch[0].message_id,
                attempt=batch[0].attempts,
            )
        else:
            self._queue.acknowledge(batch)
