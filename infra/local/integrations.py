"""The integrations of the embedded platform: those of everywhere, and calls that were exported into a folder.

AUGMENT_CALLS_FOLDER        a folder of exported calls, in place of the recorder's interface
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from infra.integrations import Integrations

if TYPE_CHECKING:
    from shared.conversations.ports.calls import Calls


class EmbeddedIntegrations(Integrations):
    """See the module."""

    @cached_property
    def calls(self) -> Calls | None:
        folder = self._settings.get("AUGMENT_CALLS_FOLDER")
        if not folder:
            return super().calls
        from infra.local.recorded_calls import RecordedCalls

        return RecordedCalls(Path(folder))
