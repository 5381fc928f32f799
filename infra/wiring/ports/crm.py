"""Opens the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.vendors.no_crm import NoCrm
    from infra.vendors.salesforce import SalesforceRecords
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.crm import CrmRecords, CrmWriter


def crm_records(on: Environment) -> CrmRecords:
    """Opens the CRM's records; where none is connected, what says so."""
    return on.port("crm", _google)


def crm_connected(on: Environment) -> bool:
    """Tells whether a CRM is connected. Raises ValueError as below, Retryable."""
    from infra.vendors.no_crm import NoCrm

    return not isinstance(crm_records(on), NoCrm)


def crm_writer(on: Environment) -> CrmWriter | None:
    """Returns what writes into the CRM's records; None where nothing does."""
    from infra.vendors.salesforce import SalesforceRecords

    found = crm_records(on)
    return found if isinstance(found, SalesforceRecords) else None


def crm_over_rest(on: Environment) -> SalesforceRecords | NoCrm:
    """Makes the CRM's client, or what says that none is connected. Raises ValueError as below."""
    if on.connected.secret("salesforce-key") is not None:
        return on.once(salesforce)
    from infra.vendors.no_crm import NoCrm

    return NoCrm()


def salesforce(on: Environment) -> SalesforceRecords:
    """Makes the CRM's client. Raises ValueError for a setting that cannot be read."""
    from infra.vendors.salesforce import MOST_BYTES, SalesforceRecords
    from infra.vendors.salesforce_login import ConnectedApp, Login
    from infra.web.whole_answers import WholeAnswers

    settings = on.connected.settings
    app = ConnectedApp(
        token_url=given(settings, "AUGMENT_SALESFORCE_TOKEN_URL"),
        audience=given(settings, "AUGMENT_SALESFORCE_AUDIENCE"),
        consumer_key=given(settings, "AUGMENT_SALESFORCE_CONSUMER_KEY"),
        user=given(settings, "AUGMENT_SALESFORCE_USER"),
        private_key=on.connected.secret("salesforce-key") or "",
    )
    answers = WholeAnswers(MOST_BYTES)
    return SalesforceRecords(Login(app, answers, on.clock), answers)


def _google(on: GoogleEnvironment) -> CrmRecords:
    return crm_over_rest(on)
