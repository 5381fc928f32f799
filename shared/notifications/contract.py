"""Describes what notifications takes in and gives out: what somebody chose, and what became of what was sent."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared.kernel.bodies import Body, Zone, printable
from shared.notifications.domain.channels import Channel, Mode
from shared.notifications.domain.delivery_state import State, Why
from shared.platform.contract import Output, Page
from shared.platform.domain.notice_kind import NoticeKind

HOOKS = "https://hooks.slack.com/services/"


def hour(value: str) -> str:
    """Returns a time of day. Raises ValueError for what is none."""
    if len(value) != 5:
        raise ValueError("must be a time of day such as 07:30")
    try:
        return f"{time.fromisoformat(value):%H:%M}"
    except ValueError:
        raise ValueError("must be a time of day such as 07:30") from None


def slack_hook(value: str) -> str:
    """Returns the address of an incoming webhook. Raises ValueError: whoever names an address has us call it."""
    if not value.startswith(HOOKS) or any(letter <= " " for letter in value):
        raise ValueError(f"must be the address of an incoming webhook, {HOOKS}…")
    return value


def public_key(value: str) -> str:
    """Returns a key of a browser in base64url. Raises ValueError for what is no point of P-256, uncompressed."""
    if len(found := _from_base64url(value)) != 65 or found[0] != 4:
        raise ValueError("must be a public key of 65 bytes in base64url, as browsers write it")
    return value


def secret_of_browser(value: str) -> str:
    """Returns what a browser and we share, in base64url. Raises ValueError."""
    if len(_from_base64url(value)) != 16:
        raise ValueError("must be 16 bytes in base64url, as browsers write them")
    return value


def _from_base64url(value: str) -> bytes:
    text = value.rstrip("=")
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in text) or len(text) % 4 == 1:
        return b""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


Hour = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(hour)]


class Choice(Body):
    """Says how one kind goes over one channel."""

    channel: Channel = Field(description="email, slack or push")
    kind: NoticeKind
    mode: Mode = Field(description="now, daily (in one summary a day) or off")


class SettingsBody(Body):
    """Says what somebody is sent, and when. What is left out is as it is for everybody."""

    choices: list[Choice] = Field(default_factory=list, max_length=100)
    quiet_from: Hour | None = Field(None, description="From then on nothing is sent that is not urgent; null for never")
    quiet_until: Hour | None = Field(None, description="Until then; null with `quiet_from`")
    daily_at: Hour = Field("08:00", description="When the summary of the day comes")
    zone: Zone | None = Field(
        None, description="Where the person is; null for where their record, or else the organisation, has them"
    )
    slack_address: (
        Annotated[str, StringConstraints(max_length=300), AfterValidator(printable), AfterValidator(slack_hook)] | None
    ) = Field(None, description="An incoming webhook of the person’s own; null leaves what is set, see `forget_slack`")
    names_on_devices: bool = Field(
        False, description="Let devices show the names of customers and people, also where they lie locked"
    )
    forget_slack: bool = Field(False, description="Forget the incoming webhook")

    @model_validator(mode="after")
    def _both_or_none(self) -> SettingsBody:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours have a beginning and an end")
        return self


class ChoiceView(Output):
    channel: Channel
    kind: NoticeKind
    about: str
    mode: Mode = Field(description="As it goes now")
    urgent: bool = Field(description="Passes quiet hours, and is never kept for the summary")
    mandatory: bool = Field(description="Goes by e-mail whatever is chosen")


class ChannelView(Output):
    channel: Channel
    connected: bool
    paused_at: datetime | None = Field(description="Since when nothing is sent there, because it does not reach")


class DeviceBody(Body):
    """Holds what a browser says of its subscription at its push service (RFC 8030, RFC 8291)."""

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(printable)] = Field(
        description="The address at the push service"
    )
    p256dh: Annotated[str, StringConstraints(max_length=100), AfterValidator(public_key)]
    auth: Annotated[str, StringConstraints(max_length=40), AfterValidator(secret_of_browser)]
    name: Annotated[str, StringConstraints(max_length=60, strip_whitespace=True), AfterValidator(printable)] = Field(
        "", description="By which the person knows the device"
    )


class DeviceView(Output):
    device_id: str
    name: str
    since: datetime


class SettingsView(Output):
    employee_id: str
    channels: list[ChannelView]
    choices: list[ChoiceView]
    quiet_from: str | None
    quiet_until: str | None
    daily_at: str
    zone: str | None
    zone_in_force: str
    zone_from: Literal["chosen", "record", "organisation"] = Field(description="Who says so")
    slack_address_set: bool
    names_on_devices: bool
    devices: list[DeviceView] = Field(description="On which push is on")
    changed_at: datetime | None


class NotificationDelivery(Output):
    delivery_id: str
    employee_id: str
    channel: Channel
    kind: NoticeKind | None = Field(description="null for a summary")
    state: State
    why: Why | None = Field(description="Why it was not sent, or of an unknown one why that is not known")
    fault: str | None = Field(description="What went wrong with the last attempt")
    attempts: int
    repeated: int = Field(description="Attempts that were made though an earlier one may have arrived")
    notification_ids: list[str] = Field(description="What it tells")
    in_summary: str | None = Field(description="The delivery that has this one in it")
    device: str | None = Field(description="Of push: the device’s name; empty for one that was removed")
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None


class NotificationDeliveryList(Page):
    deliveries: list[NotificationDelivery]
