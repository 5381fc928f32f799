"""Names how an assignment stands, and why it is closed."""

from __future__ import annotations

from typing import Literal

State = Literal["open", "done", "cancelled"]
Because = Literal["completed", "reassigned", "meeting_gone", "deal_closed", "deal_gone"]
"""completed: all is done; reassigned: the deal is somebody else's, or nobody's; meeting_gone: there is no meeting to
prepare for; deal_gone: the CRM does not have it any more."""
