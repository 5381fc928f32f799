"""Takes quarantined input in again, by its source: a request is recorded, a call is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from shared.intake.usecases.take_in import MODELS
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict
from shared.platform.contract import Replayed
from shared.platform.records.quarantine import CALL, QuarantinedInput

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.reanalyse_call import ReanalyseCall
    from shared.intake.usecases.take_in import TakeIn as TakeInRequests
    from shared.operations.usecases.quarantined_input import TakeIn


def take_in(
    requests: Callable[[], TakeInRequests],
    reanalyses: Callable[[], ReanalyseCall],
    others: Mapping[str, TakeIn],
) -> dict[str, TakeIn]:
    """Returns what takes an input in, by its source. others: what capabilities bring of their own

    What no entry is for the next daily listing asks for anyway.
    """

    def request(item: QuarantinedInput, raw: bytes, caller: Caller) -> Replayed:
        taken = requests().again(item.source, raw, caller)
        return Replayed(status=taken.status, answer=json.loads(taken.text))

    def call(item: QuarantinedInput, raw: bytes, caller: Caller) -> Replayed:
        # What was kept is an answer of the recorder: it is asked anew, as POST /calls/{id}/analyses has it done.
        if item.record_id is None:
            raise Conflict("nobody noted which call this was; ask for its analysis on the call's page")
        record = reanalyses().once_more(item.record_id, caller)
        answer = {"record_id": record.record_id, "state": record.state, "analysis": record.analysis}
        return Replayed(status=202, answer=answer)

    return {**dict.fromkeys(MODELS, request), CALL: call, **others}
