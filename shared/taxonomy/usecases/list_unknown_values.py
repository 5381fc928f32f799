"""Lists values of contexts that a framework does not declare, with how often and from whom they came.

They are kept with their events and count for the general skill. As soon as a dimension declares or maps a value,
ratings include its contexts; nothing has to be sent again.
"""

from __future__ import annotations

from shared.frameworks.usecases.configuration import Configuration
from shared.intake.records import UnknownValueRecords
from shared.kernel.access import Caller, require
from shared.taxonomy.contract import UnknownValueItem, UnknownValues

MOST = 200


class ListUnknownValues:
    """Reads the counts."""

    def __init__(self, records: UnknownValueRecords, configuration: Configuration) -> None:
        self._records = records
        self._configuration = configuration

    def of(self, caller: Caller, framework_id: str) -> UnknownValues:
        """Returns a framework's undeclared values; one that has become known is none any more. Raises Forbidden,
        NotFound."""
        require(caller, "operations.read")
        known = self._configuration.framework(framework_id, fresh=True).by_dimension
        found = [
            one
            for one in self._records.latest(framework_id, MOST)
            if one.dimension in known and not known[one.dimension].map(one.value)[1]
        ]
        items = [UnknownValueItem.model_validate(one, from_attributes=True) for one in found]
        return UnknownValues(framework_id=framework_id, items=items)
