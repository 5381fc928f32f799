"""Opens the warehouse: BigQuery, or DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.warehouse import Warehouse


def warehouse(on: Environment) -> Warehouse:
    """Opens the warehouse."""
    return on.port("warehouse", _google)


def _google(on: GoogleEnvironment) -> Warehouse:
    from infra.gcp.bigquery import BigQueryWarehouse

    most = int(on.settings["AUGMENT_WAREHOUSE_GIGABYTES"])
    return BigQueryWarehouse(on.project, on.clock, location=on.settings["AUGMENT_REGION"], most_gigabytes=most)
