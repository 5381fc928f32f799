"""What a replay of quarantined input does, by the input's source: a request is taken in again, a call is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shared.intake.usecases.take_in import MODELS, again
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict
from shared.platform.usecases.quarantine import CALL, TakeIn

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.reanalyse_call import ReanalyseCall
    from shared.intake.usecases.record_event import RecordEvents
    from shared.platform.usecases.quarantine import Quarantine


def take_in(
    events: Callable[[], RecordEvents],
    quarantine: Callable[[], Quarantine],
    reanalyses: Callable[[], ReanalyseCall],
) -> dict[str, TakeIn]:
    """By source. What no entry is for cannot be taken in again: the next daily listing asks for the same anyway."""

    def request(item: Mapping[str, Any], raw: bytes, caller: Caller) -> tuple[int, dict[str, Any]]:
        return again(item["source"], raw, caller, events(), quarantine())

    def call(item: Mapping[str, Any], raw: bytes, caller: Caller) -> tuple[int, dict[str, Any]]:
        # What was kept is an answer of the recorder: it is asked anew, as POST /calls/{id}/analyses has it done.
        if item.get("record_id") is None:
            raise Conflict("nobody noted which call this was; ask for its analysis on the call's page")
        record = reanalyses().once_more(item["record_id"], caller)
        return 202, {"record_id": record.record_id, "state": record.state, "analysis": record.analysis}

    return {**dict.fromkeys(MODELS, request), CALL: call}
