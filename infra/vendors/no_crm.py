"""Stands for the CRM of an organisation that has connected none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn

from shared.ports.crm import CrmRefused, Cursor

MEND: Final = "Salesforce is not connected: its settings are on the page “Integrations”"


class NoCrm:
    """Implements shared.ports.crm.CrmRecords."""

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> NoReturn:
        raise CrmRefused(MEND)

    def changed_since(self, kind: str, fields: Sequence[str], after: Cursor | None) -> NoReturn:
        raise CrmRefused(MEND)

    def children(self, kind: str, parent_field: str, parent_ids: Sequence[str], fields: Sequence[str]) -> NoReturn:
        raise CrmRefused(MEND)

    def usage(self) -> None:
        return None
