"""Declares the settings that connect the platform to Salesforce: how it is reached, and what each field is."""

from __future__ import annotations

from typing import Final

from infra.declarations.declared import Declared, Scope, Setting

CRM_PATH: Final = "/webhooks/salesforce"

SALESFORCE: Final = (
    Declared(
        "Salesforce",
        "Opportunities, and what belongs to them, are read over its REST interface; its own requests count as such.",
        (
            Setting(
                "salesforce-key",
                "The private key of the connected app’s certificate, as PEM (RSA, 2048 bits or more).",
                without="Salesforce is not read",
                secret=True,
            ),
            Setting(
                "AUGMENT_SALESFORCE_TOKEN_URL",
                "Where sessions are asked for: https://<My Domain>.my.salesforce.com/services/oauth2/token.",
                without="Salesforce is not read",
            ),
            Setting(
                "AUGMENT_SALESFORCE_AUDIENCE",
                "For whom the platform signs; of a sandbox https://test.salesforce.com.",
                "https://login.salesforce.com",
            ),
            Setting(
                "AUGMENT_SALESFORCE_CONSUMER_KEY", "The connected app’s consumer key.", without="Salesforce is not read"
            ),
            Setting(
                "AUGMENT_SALESFORCE_USER",
                "The username of the user as whom the platform reads.",
                without="Salesforce is not read",
            ),
            Setting(
                "AUGMENT_SALESFORCE_FIRST_DAYS",
                "Days for which the first reconciliation looks back: opportunities that changed since are taken in.",
                "30",
            ),
        ),
        health="Salesforce",
        scopes=(
            Scope("api", "records of opportunities and of what belongs to them"),
            Scope("refresh_token", "sessions without a person at a screen (shown as: perform requests at any time)"),
        ),
        steps=(
            "Make a key and a certificate: openssl req -x509 -newkey rsa:2048 -nodes -days 730 -subj /CN=augment "
            "-keyout augment.key -out augment.crt. Keep augment.key as the secret salesforce-key.",
            "In Salesforce’s Setup, make a connected app with OAuth, “Use digital signatures” (augment.crt) and both "
            "scopes.",
            "Under Manage, set “Permitted Users” to “Admin approved users are pre-authorized”, and give the app to a "
            "permission set.",
            "Make a user for the integration (licence “Salesforce Integration”) with that permission set, “API "
            "Enabled” and “View All” on opportunities, accounts, contacts and events, who sees each configured field.",
            "Set the addresses, the consumer key and the username; deploy. A new app is known after about ten minutes. "
            "The health check then says what is still wrong, in words that name the setting or the field.",
        ),
    ),
    Declared(
        "Salesforce’s messages",
        "Tell that an opportunity, or what belongs to it, may have changed. Its record is read again each time.",
        (
            Setting(
                "AUGMENT_SALESFORCE_ORGANIZATION",
                "The organisation’s id, with 15 or 18 characters (Setup, Company Information).",
                without="every message is refused",
            ),
            Setting(
                "salesforce-webhook-token",
                "A long random text that the address ends with: …?token=TEXT. Two with a blank between them while one "
                "takes the other’s place.",
                without="every message is refused",
                secret=True,
            ),
            Setting(
                "AUGMENT_SALESFORCE_SILENT_HOURS",
                "Hours without a message after which the health check says so.",
                "72",
            ),
        ),
        health="Salesforce’s messages",
        path=CRM_PATH,
        steps=(
            "Keep a long random text as the secret salesforce-webhook-token, set the organisation’s id, and deploy.",
            "In Salesforce, make an outbound message for Opportunity with the field Id alone, without the session id, "
            "to the address with ?token=TEXT; likewise for the kinds that opportunities are read from.",
            "Make a record-triggered flow that sends it whenever a record is created or updated. A flow that calls out "
            "by itself posts JSON to …/webhooks/salesforce/records; docs/crm-message.schema.json has its shape.",
        ),
    ),
    Declared(
        "Deals in Salesforce",
        "Which fields of opportunities mean what; across relations with dots, as in a query.",
        (
            Setting(
                "AUGMENT_SALESFORCE_ENGINEER",
                "Who works on a deal. field: and the path to a person’s e-mail address; team: or splits: and the roles "
                "or types of splits that count, separated by commas, the first one first.",
                "team:Sales Engineer,Pre-Sales Consultant",
            ),
            Setting("AUGMENT_SALESFORCE_INDUSTRY", "The customer’s industry.", "Account.Industry"),
            Setting(
                "AUGMENT_SALESFORCE_SIZE", "The deal’s size in a word, where a field has it.", without="by the amount"
            ),
            Setting(
                "AUGMENT_SALESFORCE_SIZES",
                "Sizes by the least amount in US dollars.",
                "enterprise=250000,mid-market=50000,smb=0",
            ),
            Setting(
                "AUGMENT_SALESFORCE_CURRENCY",
                "The currency of all amounts; CurrencyIsoCode where each opportunity has its own.",
                "USD",
            ),
            Setting(
                "AUGMENT_SALESFORCE_RATES",
                "US dollars for one of each other currency: EUR=1.08,JPY=0.0067.",
                without="of an amount in another currency the size is unknown",
            ),
            Setting("AUGMENT_SALESFORCE_STAGE", "The deal’s stage.", "StageName"),
            Setting(
                "AUGMENT_SALESFORCE_HISTORY",
                "Whether the times of stages are read from the opportunity’s history: yes, or no: from its changes.",
                "yes",
            ),
            Setting(
                "AUGMENT_SALESFORCE_PRODUCTS",
                "What is sold; several values have a semicolon between them.",
                without="products are unknown",
            ),
            Setting(
                "AUGMENT_SALESFORCE_PERSONAS",
                "For whom it is decided, in a field’s words.",
                without="the contacts that have a role in the opportunity",
            ),
            Setting(
                "AUGMENT_SALESFORCE_MEETING",
                "The next meeting’s time, and its kind behind a comma, where fields have them.",
                without="the opportunity’s next event",
            ),
            Setting("AUGMENT_SALESFORCE_DEMOS", "How many demos there were.", without="demos are not counted"),
            Setting(
                "AUGMENT_SALESFORCE_DEEP_DIVES",
                "How many technical deep dives there were.",
                without="deep dives are not counted",
            ),
            Setting(
                "AUGMENT_SALESFORCE_POC",
                "Whether a proof of concept was delivered, or how many.",
                without="proofs of concept are not counted",
            ),
            Setting("AUGMENT_SALESFORCE_LOST_BECAUSE", "Why a deal was lost.", without="the reason is unknown"),
        ),
    ),
    Declared(
        "Preparation in Salesforce",
        "Shows on the opportunity how ready its deal is. Off unless a field is named; any of them may be left out.",
        (
            Setting(
                "AUGMENT_SALESFORCE_SHOW_READINESS",
                "A number field: the readiness for the deal, 0 to 100.",
                without="it is not shown",
            ),
            Setting(
                "AUGMENT_SALESFORCE_SHOW_TIER",
                "A text field of 10 characters: High, Medium or Low.",
                without="it is not shown",
            ),
            Setting(
                "AUGMENT_SALESFORCE_SHOW_PREPARATION",
                "A text field of 60 characters: what is open, how long it takes, and when it is due.",
                without="it is not shown",
            ),
        ),
        steps=(
            "Whoever may open an opportunity sees these fields: give them a field-level security that fits people’s "
            "readiness, and agree on it with whoever speaks for your employees.",
            "Make the fields on Opportunity, let the integration’s user edit them and nobody else, and set their API "
            "names.",
            "Leave changes by the integration’s user out of the flow’s entry conditions. It does no harm without: the "
            "platform knows its own changes by their content.",
        ),
    ),
)
