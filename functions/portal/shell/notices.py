"""Says what has just been done, and what went wrong, in the portal's words."""

from __future__ import annotations

from functions.portal.shell.frame import Notice

DONE = {
    "definition": Notice("Published.", "The new definition is in force."),
    "created": Notice("Published.", "The skill exists; write its rule next."),
    "rule": Notice("Published.", "Everyone is being recalculated; figures follow within minutes."),
    "dimension": Notice("Published.", "The dimension is in force."),
    "mapped": Notice(
        "Mapped.",
        "All scores under this word count from now on. To undo it, take the word out of the other words here.",
    ),
    "dismissed": Notice("Dismissed.", "These scores will not count."),
    "decided": Notice("Nothing to decide.", "Somebody has decided about this word meanwhile."),
    "replayed": Notice("Taken in.", "The input has been accepted and counts."),
    "redelivered": Notice("On its way.", "The message is delivered again."),
    "redelivered_all": Notice("On their way.", "The messages are delivered again."),
    "discarded": Notice("Discarded."),
    "queued": Notice("On its way.", "The call is being analysed again; its page shows what comes of it."),
    "linked": Notice("Linked.", "The call belongs to this deal; later calls of the account find it by themselves."),
    "moved": Notice("Moved.", "What was observed about the wrong person is void; the call is being analysed again."),
    "confirmed": Notice("Confirmed.", "The scores count as they are; ratings follow within minutes."),
    "corrected": Notice("Corrected.", "Your scores count from now on; ratings follow within minutes."),
    "rejected": Notice("Rejected.", "None of these scores counts."),
    "voided": Notice("Void.", "The event counts nowhere; ratings follow within minutes."),
    "granted": Notice("Granted.", "The employee is told."),
    "escalated": Notice("Escalated.", "The people in the call are told."),
    "ended": Notice("Ended.", "The people concerned are told."),
    "read": Notice("Marked as read."),
    "erasing": Notice("The erasure runs.", "A second look follows in two hours; then nobody knows whom it was about."),
    "released": Notice("The id has been given up.", "Whoever comes with it from now on is somebody else."),
    "given": Notice("The id is in force.", "What names the former one follows within minutes."),
    "unsubscribed": Notice("Removed.", "Nothing more is sent there."),
    "webhook": Notice("Saved."),
    "notified": Notice("Saved.", "It holds from the next notification on."),
    "tested": Notice("On its way.", "The test shows among the deliveries what came of it."),
    "resent": Notice("On its way.", "What is sent again keeps its id: a receiver that has it already ignores it."),
    "prepared": Notice("Noted."),
    "assigned": Notice("Assigned.", "Whoever it is for is told who asks, why, and until when."),
    "assigned_before": Notice("Nothing is new.", "They have the same thing to do already."),
    "assignment_rules": Notice("Changed.", "It holds for what is assigned from now on."),
    "withdrawn": Notice("Taken back.", "The person is told."),
    "hold_out": Notice("Changed.", "It is so for deals that are told of from now on."),
    "observed": Notice("Recorded.", "The learner can read it; ratings follow within minutes."),
    "verified": Notice("Verified.", "The learner can read it; ratings follow within minutes."),
    "taken_back": Notice("Taken back.", "Its content is gone; the record says so."),
    "authorised": Notice("Authorised.", "It ends by itself on its last day."),
    "authorisation_ended": Notice("Taken back.", "That there was one stays on record."),
    "lesson_withdrawn": Notice("Taken out.", "It is taught no longer; what was answered of it stays."),
    "framework_begun": Notice("Begun.", "People can be put on it and invited; write its rules next."),
    "standards_kept": Notice("Kept.", "What stays out is told below; confirming again changes nothing."),
    "invited": Notice("Invited.", "A mail with a link that lets them in, once and within seven days, is on its way."),
    "break_noted": Notice("Noted.", "Nothing is expected of them in the break, and nobody is told to learn."),
    "break_ended": Notice("Noted.", "They learn again from the day after the break's last."),
    "answered": Notice("Answered.", "The coach carries it to the learner."),
    "closed": Notice("Settled.", "The learner is with the coach again; the words of this hand-over are gone."),
    "contested": Notice("Contested.", "A person will look at it and decide."),
}

TITLES = {
    400: "That request cannot be read",
    401: "Please sign in",
    403: "This page is not yours to see",
    404: "There is no such page",
    405: "That cannot be done here",
    409: "It changed meanwhile",
    413: "That is too large",
    422: "That did not go through",
    500: "Something broke on our side",
    503: "Not just now",
}

FORM_EXPIRED = "the form has expired; open the page again and repeat it"
"""Refuses a form whose token is not the session's."""
