"""Lists the titles that an import of people reads, each with its role."""

from __future__ import annotations

from shared.kernel.access import ROLES, Caller, require
from shared.people.contract import JobTitle, JobTitleList
from shared.people.domain.job_titles import JobTitles


class ListJobTitles:
    """Shows the table of titles to those who import people."""

    def __init__(self, titles: JobTitles) -> None:
        self._titles = titles

    def list(self, caller: Caller) -> JobTitleList:
        """Returns the table in its declared order. Raises Forbidden."""
        require(caller, "people.write")
        titles = [JobTitle(title=title, role=role) for title, role in self._titles.titles.items()]
        return JobTitleList(titles=titles, roles=list(ROLES))
