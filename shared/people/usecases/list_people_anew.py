"""Lets lists find people whose records were written before lists ordered them by name."""

from __future__ import annotations

from typing import Final

from shared.people.list_marks import ListMark, ListMarks
from shared.people.records import IN_ONE_PAGE, EmployeeRecords
from shared.ports.documents import Documents, PreconditionFailed

FORM: Final = 1
"""Of `listed_as` and `searched_by`: another number has every record looked at again."""
MOST_PAGES: Final = 20
"""Six thousand records in a run, some half a minute of it."""


class ListPeopleAnew:
    """Works for the platform itself. May raise Retryable.

    A pass that has written something is followed by another: what an instance of a former version writes meanwhile is
    found by that. Once a pass had nothing to write, a run reads its mark and no more.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._records = EmployeeRecords(documents)
        self._marks = ListMarks(documents)

    def run(self) -> int:
        """Looks at the next pages of records, and returns how many it wrote."""
        mark = self._marks.get()
        if mark is None or mark.form != FORM:
            mark = ListMark(form=FORM)
        if mark.whole:
            return 0
        began, ended, pages = mark.wrote, False, 0
        while not ended and pages < MOST_PAGES:
            pages += 1
            writes, after = self._records.unlisted(limit=IN_ONE_PAGE, after=mark.after)
            try:
                self._documents.commit(writes)
            except PreconditionFailed:  # somebody has changed one of them, and the page is read again
                continue
            mark = mark.changed(after=after, wrote=mark.wrote + len(writes))
            ended = after is None
        self._marks.put(ListMark(form=FORM, whole=mark.wrote == 0) if ended else mark)
        return mark.wrote - began
