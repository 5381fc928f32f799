"""Declares every setting that connects the platform to its vendors, once.

`infra.vendors.integrations` reads its defaults from here; the administrators' page and docs/integrations.md are drawn
from it. A setting is an environment variable of every function (Terraform's `settings`); a secret is named as in
pipeline.yaml, and its value is shown nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.conversations.usecases.call_settings import CallSettings

WEBHOOK_PATH: Final = "/webhooks/gong"
EMAIL_PATH: Final = "/api/v1/email-threads"
DEALS_PATH: Final = "/api/v1/deal-assignments"
CRM_PATH: Final = "/webhooks/salesforce"


@dataclass(frozen=True, slots=True)
class Setting:
    """name: an environment variable, or a secret's name where `secret`

    about:   what it means, in a sentence
    default: in force where it is not set; None: nothing is
    without: what is so without it, where there is no default
    """

    name: str
    about: str
    default: str | None = None
    without: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A right that the vendor grants. name: as the vendor writes it"""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Declared:
    """One integration. health: its name in the health check; None: nothing can be asked there

    path:  of ours that the other side calls, None where it calls nothing
    steps: what an administrator does on the vendor's side, in order
    """

    name: str
    about: str
    settings: tuple[Setting, ...]
    health: str | None = None
    path: str | None = None
    scopes: tuple[Scope, ...] = ()
    steps: tuple[str, ...] = ()


HOME_DOMAINS: Final = Setting(
    "AUGMENT_HOME_DOMAINS",
    "The company’s own e-mail domains, separated by commas: whoever has an address there is a colleague, no customer.",
    without="whoever’s side the recorder does not tell counts as a customer",
)

CALLERS: Final = Setting(
    "AUGMENT_ALLOWED_CALLERS",
    "Service accounts that may call the API, each with its scopes; Terraform’s allowed_callers. Posting threads takes "
    "the scope events.write, posting deals deals.write.",
    without="no account may post (embedded: those of ./scripts/token)",
)

WORK_ZONE: Final = Setting(
    "AUGMENT_WORK_ZONE",
    "The time zone in which preparation is due at five in the afternoon, and in which it is night.",
    "UTC",
)

DECLARED: Final = (
    Declared(
        "Gong",
        "Recorded calls are discovered once a day, fetched and analysed.",
        (
            Setting(
                "gong-access",
                "The access key and its secret as key:secret, or bearer:token for OAuth.",
                without="no calls are fetched",
                secret=True,
            ),
            Setting(
                "AUGMENT_GONG_URL",
                "Base address of Gong’s interface. Customers with OAuth have their own host.",
                "https://api.gong.io",
            ),
            Setting("AUGMENT_GONG_PER_SECOND", "Requests in any second that Gong allows the company.", "3"),
            Setting("AUGMENT_GONG_PER_DAY", "Requests in a day (UTC) that Gong allows the company.", "10000"),
            Setting(
                "AUGMENT_CALLS_FROM",
                "A date and time with its zone, such as 2026-11-01T00:00:00Z: no earlier call is discovered by itself.",
                without="calls are discovered from the first run on",
            ),
            HOME_DOMAINS,
        ),
        health="Gong",
        scopes=(
            Scope("api:calls:read:extensive", "which calls there were, with their parties and the deal of the CRM"),
            Scope("api:calls:read:transcript", "what was said"),
        ),
        steps=(
            "In Gong, as a technical administrator, make an access key (API page), or an OAuth app with the scopes.",
            "Keep it as the secret gong-access.",
        ),
    ),
    Declared(
        "Gong’s webhook",
        "Tells of a finished call at once, rather than with the next day’s discovery.",
        (
            Setting(
                "AUGMENT_GONG_WEBHOOK_URL",
                "The address that the rule in Gong was set up with, exactly: its signature covers it.",
                without="the webhook is refused",
            ),
            Setting(
                "gong-webhook-key",
                "The public key that Gong’s page of the rule shows.",
                without="the webhook is refused",
                secret=True,
            ),
        ),
        path=WEBHOOK_PATH,
        steps=(
            "In Gong, make an automation rule with the action “fire webhook” and the address to register.",
            "Let it sign a JWT in the header, and copy the public key into the secret gong-webhook-key.",
            "Set AUGMENT_GONG_WEBHOOK_URL to the same address, deploy, and press “Test now”.",
        ),
    ),
    Declared(
        "Claude",
        "Scores what was said. Without it calls are scored by counting, and wait for a person.",
        (
            Setting(
                "anthropic-key",
                "The key of Anthropic’s API.",
                without="calls are scored by counting, and wait for a person",
                secret=True,
            ),
            Setting(
                "AUGMENT_MODEL",
                "The model’s name. Every model has an end: the health check tells.",
                CallSettings().model,
            ),
            Setting(
                "AUGMENT_ANALYSIS_ROUTE",
                "How the day’s calls are analysed: batch, at half the price within a day, or immediate.",
                CallSettings().daily_route,
            ),
            Setting(
                "AUGMENT_MODEL_URL",
                "Base address of the model’s interface, where it is not Anthropic’s own.",
                "https://api.anthropic.com",
            ),
        ),
        health="Claude",
        steps=("In Anthropic’s console, make a key for a workspace of its own, with a limit on what it may spend.",),
    ),
    Declared(
        "E-mail",
        "Exported threads (mbox, .eml, or messages as JSON) are posted by a service account, and analysed like calls.",
        (
            CALLERS,
            HOME_DOMAINS,
        ),
        path=EMAIL_PATH,
        steps=("Give the service account that posts the threads the scope events.write in allowed_callers.",),
    ),
    Declared(
        "Deals",
        "Whoever is assigned to a deal prepares for its next meeting: the CRM’s middleware posts both.",
        (
            CALLERS,
            WORK_ZONE,
            Setting(
                "AUGMENT_WORK_COUNTRY",
                "The country whose public holidays are no working days: GB, or with a region GB-SCT.",
                without="every weekday is a working day",
            ),
            Setting("AUGMENT_WORK_WEEKENDS", "Whether Saturdays and Sundays are working days: yes or no.", "no"),
        ),
        path=DEALS_PATH,
        steps=("Give the service account that posts deals the scope deals.write in allowed_callers.",),
    ),
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
    Declared(
        "Outgoing mail",
        "Tells people by e-mail what the portal tells them, as each of them chose.",
        (
            Setting(
                "AUGMENT_SMTP_HOST",
                "The mail server that takes mails from us.",
                without="no mail is sent (embedded: mails are kept, and the portal’s /outbox shows them)",
            ),
            Setting("AUGMENT_SMTP_PORT", "Its port.", "587"),
            Setting(
                "AUGMENT_SMTP_SECURITY",
                "How the connection is secured: starttls, tls from the first byte, or none inside a closed network.",
                "starttls",
            ),
            Setting(
                "smtp-access",
                "The server’s user and password as user:password.",
                without="we do not sign in at the server",
                secret=True,
            ),
            Setting(
                "AUGMENT_MAIL_FROM",
                "The address that mails come from. Somebody reads it: people may end mails by writing to it.",
                without="no mail is sent",
            ),
            WORK_ZONE,
        ),
        health="Outgoing mail",
        steps=(
            "Let your mail server sign for the sender’s domain (DKIM), with List-Unsubscribe and List-Unsubscribe-Post "
            "among the signed headers, and allow it in SPF and DMARC.",
            "Keep its user and password as the secret smtp-access, and set AUGMENT_SMTP_HOST and AUGMENT_MAIL_FROM.",
            "A mail to the sender’s address with the subject “unsubscribe …” asks to be sent no more: open "
            "/notifications/unsubscribe/… of the portal with what stands after the word.",
        ),
    ),
    Declared(
        "Slack",
        "Tells people in Slack what the portal tells them, those who have chosen it.",
        (
            Setting("AUGMENT_SLACK", "Whether people may choose Slack: on or off.", "off"),
            Setting(
                "slack-access",
                "The bot token of an app of the workspace, xoxb-…: who is told is found by their e-mail address.",
                without="Slack reaches who names an incoming webhook of their own",
                secret=True,
            ),
            Setting("AUGMENT_SLACK_URL", "Base address of Slack’s interface.", "https://slack.com"),
        ),
        health="Slack",
        scopes=(
            Scope("chat:write", "to write to whom a notice is for, and nowhere else"),
            Scope("users:read.email", "to find them by their address; Slack wants users:read beside it"),
            Scope("users:read", "see users:read.email"),
        ),
        steps=(
            "In Slack, make an app from scratch, give it the scopes, and install it in the workspace.",
            "Keep its bot token as the secret slack-access, and set AUGMENT_SLACK to on.",
        ),
    ),
)

SETTINGS: Final[Mapping[str, Setting]] = {one.name: one for declared in DECLARED for one in declared.settings}
SECRETS: Final = frozenset(name for name, setting in SETTINGS.items() if setting.secret)


def given(environment: Mapping[str, str], name: str) -> str:
    """Returns a setting's value, else its default, else nothing. Raises KeyError for one that is not declared."""
    setting = SETTINGS[name]
    return environment.get(name) or setting.default or ""
