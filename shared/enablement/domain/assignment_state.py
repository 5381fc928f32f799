"""Names why something is assigned, how it stands, and why it is closed."""

from __future__ import annotations

from typing import Literal

State = Literal["open", "done", "cancelled"]
Because = Literal["completed", "reassigned", "meeting_gone", "deal_closed", "deal_gone", "withdrawn", "shown"]
"""completed: all is done; reassigned: the deal is somebody else's, or nobody's; meeting_gone: there is no meeting to
prepare for; deal_gone: the CRM does not have it any more; withdrawn: whoever may assign took it back;
shown: the field has shown meanwhile what a rule asked for."""

Trigger = Literal["deal", "gap", "declining", "expiring", "practice_falls", "not_in_the_field", "by_hand"]
"""deal: a meeting is ahead; by_hand: somebody assigned it; the others are the rules of `skill_rules`."""

AssignmentType = Literal["auto_triggered", "manager_assigned"]
