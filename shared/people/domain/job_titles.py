"""Reads the words that files have for roles: the roles' own names, and the titles that people have in sales."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.kernel.access import ROLES, Role
from shared.kernel.errors import Rejected
from shared.kernel.unicode_form import composed

_APART = re.compile(r"[\s_-]+")
_ROLES: Mapping[str, Role] = {role: role for role in ROLES}


@dataclass(frozen=True, slots=True)
class JobTitles:
    """Knows the role of each title. titles: as they are declared; roles: title or role as it is compared → role"""

    titles: Mapping[str, Role]
    roles: Mapping[str, Role]

    @classmethod
    def of(cls, declared: Mapping[str, str]) -> JobTitles:
        """Makes the table. Raises ValueError for a title that is there twice or is a role, or for an unknown role."""
        titles: dict[str, Role] = {}
        roles = {_compared(role): role for role in ROLES}
        for title, word in declared.items():
            if word not in _ROLES:
                raise ValueError(f"{title!r}: {word!r} is none of {', '.join(ROLES)}")
            if _compared(title) in roles:
                raise ValueError(f"{title!r} is there already")
            titles[title] = roles[_compared(title)] = _ROLES[word]
        return cls(titles, roles)

    def role(self, word: str) -> Role:
        """Returns the role that a word of a file means. Raises Rejected with what is accepted."""
        role = self.roles.get(_compared(word))
        if role is None:
            accepted = f"the roles {', '.join(ROLES)} and the titles {', '.join(self.titles)}"
            raise Rejected(f"role: {word[:60]!r} is none of {accepted}", field="role")
        return role


def _compared(word: str) -> str:
    return _APART.sub("", composed(word).casefold())
