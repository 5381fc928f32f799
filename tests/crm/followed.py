"""The functions that follow the CRM, on stores of their own: one instance of each, asked over their edges."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from functions.sfdc_record import main as record_function
from functions.sfdc_webhook import main as webhook_function
from infra.vendors.integrations import Integrations
from infra.wiring.enablement import enablement
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.ports.documents import Query
from tests.crm.crm_in_memory import CrmInMemory
from tests.crm.deals import SECRETS, SETTINGS, WEBHOOK
from tests.harness.call_world import CallEnvironment, new_call_world
from tests.harness.crash_harness import Fuse, GivenSecrets
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id=DEFAULT_FRAMEWORK)
LIVE = ("assignments", "deal_plans", "deal_records", "deal_snapshots", "notifications")


class FollowedCrm:
    """A CRM that is followed.

    settings: beside those of the organisation with a field for its sales engineer
    """

    def __init__(self, folder: Path, crm: CrmInMemory, settings: Mapping[str, str] | None = None) -> None:
        self.crm = crm
        self.outside = new_call_world(folder, FRAMEWORK)
        self.world = self.outside.world
        on = CallEnvironment(self.outside, Fuse(), None)
        on.ports |= {"crm": crm, "note_failure": None, "task_keeper": None}
        on.connected = Integrations({**SETTINGS, **(settings or {})}, GivenSecrets(SECRETS), frozenset(SECRETS))
        self._webhook, self._record = webhook_function.edge(on), record_function.edge(on)
        self._carrying = enablement(on).carry_out

    def send(self, raw: bytes) -> int:
        """The status that an outbound message is answered with."""
        builder = EnvironBuilder(WEBHOOK, method="POST", data=raw, content_type="text/xml")
        _, status, _ = self._webhook.handle(Request(builder.get_environ()))
        return status

    def run(self, payload: Mapping[str, Any]) -> Any:
        """What a task is answered with."""
        builder = EnvironBuilder("/", method="POST", data=json.dumps(payload), content_type="application/json")
        content, status, _ = self._record.handle(Request(builder.get_environ()))
        assert status == 200
        assert isinstance(content, bytes)
        return json.loads(content)

    def settle(self) -> None:
        """Does what is queued, and what follows from it, until nothing is left."""
        while due := [one for one in self.readings() if self._is_due(one)]:
            self.forget(due[0])
            self.run(due[0])
        self.carry_out(data["deal_id"] for topic, data in self.world.facts if topic == "deal-changed")
        self.world.facts.clear()

    def readings(self) -> list[dict[str, Any]]:
        """What is queued to be read; others queue what they have to send."""
        return [payload for _, payload in self.world.tasks if "hinted_at" in payload]

    def forget(self, payload: Mapping[str, Any]) -> None:
        """Takes what is queued out."""
        self.world.tasks[:] = [one for one in self.world.tasks if one[1] != payload]

    def _is_due(self, payload: Mapping[str, Any]) -> bool:
        """Whether a task is to be done now: one for a meeting's beginning waits."""
        return datetime.fromisoformat(payload["hinted_at"]) <= self.world.clock.now()

    def carry_out(self, deal_ids: Iterable[str]) -> None:
        for deal_id in deal_ids:
            self._carrying.follow(deal_id)

    def stored(self) -> dict[str, dict[str, Any]]:
        """Everything that is kept of deals, by path."""
        found = [document for name in LIVE for document in self.world.store.query(Query(name))]
        return {document.path: deepcopy(document.data) for document in found}

    def deal(self, deal_id: str) -> dict[str, Any]:
        return self.stored()[f"deal_records/{deal_id}"]

    def assignments(self) -> list[tuple[str, str]]:
        """How the assignments stand, and why."""
        found = (data for path, data in self.stored().items() if path.startswith("assignments/"))
        return sorted((one["state"], one["because"] or "") for one in found)
