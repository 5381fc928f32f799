"""Defines what the coach's routes take in and give out."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from shared.kernel.bodies import Body
from shared.platform.contract import Output


class CoachAgreementBody(Body):
    """Agrees that the coach writes to a number, or ends it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    agreed: bool
    version: int = Field(ge=1, description="Of the text that was shown")
    phone: str | None = Field(
        None, max_length=40, description="Where one agrees: the number with the country's code, such as +44 7700 900123"
    )


class CoachText(Output):
    version: int
    text: str


class CoachAgreementView(Output):
    """Says at which numbers somebody agrees to be written to; none where they do not."""

    employee_id: str
    agreed: bool
    phones: list[str] = Field(description="Digits with the country's code")
    connected: bool = Field(description="Whether WhatsApp is connected; else e-mail and own devices carry it")
    text: CoachText
