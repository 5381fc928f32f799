"""Materialises staging and marts.

In:   Cloud Scheduler, every half hour.
Out:  tables of the warehouse.
Not:  503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def warehouse_refresh(request: Request) -> ResponseReturnValue:
    return platform().warehouse_refresh().handle(request)
