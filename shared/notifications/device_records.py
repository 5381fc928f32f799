"""Keeps the devices on which people are told by push.

push_devices/<a digest of the push service's address>   a browser on which somebody turned push on
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shared.kernel.ids import digest
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Delete, Documents, Put, Query, Transaction, Where

MOST: Final = 10
"""Of one person: each notice is sent to each of them."""


class Device(Record, frozen=True, kw_only=True):
    """Holds a browser's subscription, as RFC 8030 and RFC 8291 have it. Whoever knows it may write to the device.

    endpoint: the address at the browser's push service
    p256dh:   the browser's public key, base64url; auth: what only it and we know, base64url
    made_for: our public key when it subscribed; under another one the service refuses us
    name:     by which the person knows it
    """

    device_id: str
    employee_id: str
    endpoint: str
    p256dh: str
    auth: str
    made_for: str
    name: str
    since: datetime


class DeviceRecords:
    """Reads and writes devices."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, device_id: str) -> Device | None:
        """Returns a device."""
        found = self._documents.get(_path(device_id)) if is_document_name(device_id) else None
        return None if found is None else Device.read(found)

    def of(self, employee_id: str) -> list[Device]:
        """Returns a person's devices, the oldest first."""
        found = self._documents.query(Query("push_devices", [Where("employee_id", "==", employee_id)], limit=2 * MOST))
        return sorted(Device.readable(found), key=lambda one: (one.since, one.device_id))

    def put(self, device: Device) -> None:
        """Keeps a device; one that was another person's is this one's from now on."""
        self._documents.commit([Put(_path(device.device_id), device.stored())])

    def remove(self, device_id: str, employee_id: str) -> bool:
        """Forgets a device of a person; False where it is not theirs."""

        def work(transaction: Transaction) -> bool:
            found = transaction.get(_path(device_id)) if is_document_name(device_id) else None
            if found is None or Device.read(found).employee_id != employee_id:
                return False
            transaction.write(Delete(_path(device_id)))
            return True

        return self._documents.transact(work)


def device_id_of(endpoint: str) -> str:
    """Returns the id of the device behind an address, the same whoever uses it."""
    return digest("push-device", endpoint)


def _path(device_id: str) -> str:
    return f"push_devices/{device_id}"
