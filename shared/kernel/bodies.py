"""Reads request bodies: the fields that every contract is made of."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from shared.kernel.places import country_code, zone_name
from shared.kernel.plain_ids import called, odd_in_id, odd_in_name
from shared.kernel.reading import DOCUMENT_NAMES, is_document_name
from shared.kernel.unicode_form import composed, folded

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


MOST_ITEMS = 500
"""Items in one list."""

Zone = Annotated[str, StringConstraints(max_length=60, strip_whitespace=True), AfterValidator(zone_name)]
"""A time zone of the IANA database."""
Country = Annotated[str, StringConstraints(max_length=6, strip_whitespace=True), AfterValidator(country_code)]
"""A country of ISO 3166, or one with a region."""

_DAY = timedelta(days=1)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def first_alternative(value: Any) -> Any:
    if isinstance(value, str) and " | " in value:
        return value.split(" | ", 1)[0].strip()
    return value


def printable(value: str) -> str:
    if _CONTROLS.search(value):
        raise ValueError("must not contain control characters")
    return value


def one_name(value: str) -> str:
    """Returns a name in Unicode NFC, in which names are compared. Raises ValueError for what no name needs."""
    printable(value)
    odd = odd_in_name(value)
    if odd is not None:
        raise ValueError(f"must not contain {called(odd)}")
    return composed(value)


def one_id(value: str) -> str:
    """Returns an id in Unicode NFC, in which ids are compared. Raises ValueError for one that may look like another."""
    odd = odd_in_id(value)
    if odd is not None:
        raise ValueError(f"must not contain {called(odd)}: ids are printable, with single spaces within at most")
    return composed(value)


def readable(value: str) -> str:
    """Accepts text that may have tabs and new lines, and no other control characters. Raises ValueError."""
    printable(value.translate({9: " ", 10: " ", 13: " "}))
    return value


def document_name(value: str) -> str:
    if not is_document_name(value):
        raise ValueError(f"is no id; ids have {DOCUMENT_NAMES}")
    return value


def iso_text(value: Any) -> Any:
    # A number would be taken for seconds since 1970, in whichever unit it seems to be.
    if isinstance(value, str) and not value.strip().lstrip("+-").replace(".", "", 1).isdigit():
        return value
    if isinstance(value, date):
        return value
    raise ValueError("must be text in ISO 8601, e.g. 2026-02-10T14:30:00Z, or 2026-02-10 for a day")


def within_the_calendar(value: datetime) -> datetime:
    """Accepts a moment that has a day in every time zone. Raises ValueError."""
    try:
        utc = value.astimezone(UTC)
        for day in (-_DAY, _DAY):
            utc + day
    except OverflowError:
        raise ValueError("is outside the calendar (years 1 to 9999, wherever somebody is)") from None
    return value


def safe_link(value: str) -> str:
    scheme = value.partition(":")[0].strip().lower()
    if scheme in {"javascript", "data", "vbscript"}:
        raise ValueError(f"must be a link to somewhere, not {scheme}:")
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(iso_text), AfterValidator(within_the_calendar)]
"""A date and time with a time zone, as ISO 8601 text."""


Day = Annotated[date, Field(strict=False), BeforeValidator(iso_text)]
"""A date as ISO 8601 text."""


Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(one_id)
]
"""A source's own id or name: 1-200 characters that show, with single spaces within at most."""


DocumentName = Annotated[Identifier, AfterValidator(document_name)]
"""The id of something that is looked up by it: no '/', nor '.', '..' or wrapped in double underscores."""


SourceName = Annotated[Identifier, BeforeValidator(first_alternative)]
"""The name of an integration."""


EmployeeId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True, to_lower=True),
    AfterValidator(folded),
    AfterValidator(one_id),
    AfterValidator(document_name),
]
"""An employee's e-mail address or unique identifier, compared in lower case."""


Word = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), AfterValidator(one_name)]


LongText = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(readable)]


Link = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(printable), AfterValidator(safe_link)
]
"""Where more is to be seen; whoever opens it is taken there by a browser."""


Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
"""A score from 0 to 100; kept to two decimals."""


_PLAIN = frozenset({str, int, float, bool, type(None), datetime, date})


def _nullable(field: JsonSchemaValue) -> JsonSchemaValue:
    """Returns a field's JSON schema that takes null as well."""
    if field.get("type") == "null" or {"type": "null"} in field.get("anyOf", ()):
        return field
    about = {name: value for name, value in field.items() if name in ("title", "description", "default")}
    return {"anyOf": [{name: value for name, value in field.items() if name not in about}, {"type": "null"}], **about}


class Body(BaseModel):
    """The root of request bodies: values are taken as they are typed, a "82" is no number.

    A field that may be absent may also be null, and means the same then.
    """

    model_config = ConfigDict(defer_build=True, extra="allow", strict=True, str_max_length=20_000)

    open_ended: ClassVar[bool] = False
    """Whether further fields are meant to be there: dimensions, a source's own notes."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        if not isinstance(value, dict) or None not in value.values():
            return value
        return {name: item for name, item in value.items() if item is not None or not cls._may_be_absent(name)}

    @classmethod
    def _may_be_absent(cls, name: str) -> bool:
        field = cls.model_fields.get(name)
        return cls.open_ended if field is None else not field.is_required()

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, field in properties.items():
            if cls._may_be_absent(name):
                properties[name] = _nullable(field)
        return schema

    @property
    def unrecognised(self) -> list[str]:
        """Returns dotted paths of the fields that the contract does not know, at most 50."""
        extra = None if self.open_ended else self.__pydantic_extra__
        found = sorted(extra) if extra else []
        for name, value in self.__dict__.items():
            if type(value) in _PLAIN:  # whether something is a model costs more to ask
                continue
            if isinstance(value, Body):
                found += [f"{name}.{field}" for field in value.unrecognised]
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, Body):
                        found += [f"{name}.{index}.{field}" for field in item.unrecognised]
        return [field[:200] for field in found[:50]]
