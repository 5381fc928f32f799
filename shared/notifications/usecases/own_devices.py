"""Turns push on and off on the devices of whoever asks: their own affair alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.notifications.device_records import MOST, Device, DeviceRecords, device_id_of
from shared.notifications.domain.push_services import PushServices
from shared.ports.ambient import Clock

if TYPE_CHECKING:
    from shared.notifications.contract import DeviceBody

UNNAMED: Final = "A browser"


class OwnDevices:
    """Keeps subscriptions. key: our public key, for which browsers subscribe, base64url; None where push is off"""

    def __init__(self, devices: DeviceRecords, services: PushServices, key: str | None, clock: Clock) -> None:
        self._devices = devices
        self._services = services
        self.key = key
        self._clock = clock

    def turn_on(self, caller: Caller, employee_id: str, body: DeviceBody) -> None:
        """Tells a person on a device from now on. Pressed again it is the same device, and of another person theirs.

        Raises Forbidden, NotFound where push is off, Rejected for a service that is not known, Conflict for too many.
        """
        self._admit(caller, employee_id)
        if self.key is None:
            raise NotFound("push notifications are not turned on here")
        if not self._services.has(body.endpoint):
            known = ", ".join(self._services.hosts)
            raise Rejected(f"endpoint: it must be an https address of a known push service: {known}", field="endpoint")
        device_id, known_devices = device_id_of(body.endpoint), self._devices.of(employee_id)
        if len(known_devices) >= MOST and all(one.device_id != device_id for one in known_devices):
            raise Conflict(f"push is on on {MOST} devices of yours: remove one first", field="endpoint")
        device = Device(
            device_id=device_id,
            employee_id=employee_id,
            endpoint=body.endpoint,
            p256dh=body.p256dh,
            auth=body.auth,
            made_for=self.key,
            name=body.name or UNNAMED,
            since=self._clock.now(),
        )
        self._devices.put(device)

    def remove(self, caller: Caller, employee_id: str, device_id: str) -> None:
        """Sends nothing more to a device; one that is gone stays so. Raises Forbidden."""
        self._admit(caller, employee_id)
        self._devices.remove(device_id, employee_id)

    @staticmethod
    def _admit(caller: Caller, employee_id: str) -> None:
        require(caller, "notifications.read")
        if not is_own(caller, employee_id):
            raise Forbidden("on which devices somebody is told is their own affair")
