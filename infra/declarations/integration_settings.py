"""Declares every setting that connects the platform to its vendors, once.

`infra.vendors.integrations` reads its defaults from here; the administrators' page and docs/integrations.md are drawn
from it. A setting is an environment variable (Terraform's `settings`) of the functions that name its group in
pipeline.yaml; a secret is named as there, and its value is shown nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from infra.declarations.declared import Declared, Scope, Setting
from infra.declarations.salesforce_settings import SALESFORCE
from infra.declarations.whatsapp_settings import WHATSAPP
from shared.conversations.usecases.call_settings import CallSettings

WEBHOOK_PATH: Final = "/webhooks/gong"
EMAIL_PATH: Final = "/api/v1/email-threads"
DEALS_PATH: Final = "/api/v1/deal-assignments"


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
    *SALESFORCE,
    *WHATSAPP,
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
    Declared(
        "Web push",
        "Tells people by their browsers what the portal tells them, on each device on which they turned it on.",
        (
            Setting("AUGMENT_WEB_PUSH", "Whether people may turn push on on their devices: on or off.", "off"),
            Setting(
                "AUGMENT_WEB_PUSH_HOSTS",
                "The push services that may be asked, separated by commas: those of the browsers that people use. "
                "Nothing else is ever called.",
                "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
            ),
            Setting(
                "AUGMENT_WEB_PUSH_CONTACT",
                "Where who runs a push service finds you: mailto: and an address, or an https address.",
                without="the portal’s own address",
            ),
            WORK_ZONE,
        ),
        health="Web push",
        steps=(
            "Set AUGMENT_WEB_PUSH to on. ./scripts/deploy makes the key up as the secret web-push-key; with another "
            "one everybody has to turn push on again.",
            "Let the function notify reach the services named in AUGMENT_WEB_PUSH_HOSTS over https.",
        ),
    ),
)

SETTINGS: Final[Mapping[str, Setting]] = {one.name: one for declared in DECLARED for one in declared.settings}
DERIVED: Final = frozenset({CALLERS.name})
"""What Terraform makes of variables of its own; an operator sets the others."""
SECRETS: Final = frozenset(name for name, setting in SETTINGS.items() if setting.secret)


def given(environment: Mapping[str, str], name: str) -> str:
    """Returns a setting's value, else its default, else nothing. Raises KeyError for one that is not declared."""
    setting = SETTINGS[name]
    return environment.get(name) or setting.default or ""
