"""Declares the settings that connect the platform to WhatsApp."""

from __future__ import annotations

from typing import Final

from infra.declarations.declared import Declared, Scope, Setting

WHATSAPP_PATH: Final = "/webhooks/whatsapp"

WHATSAPP: Final = (
    Declared(
        "WhatsApp",
        "The coach writes to learners who have agreed to it, from a number of WhatsApp’s Cloud API.",
        (
            Setting(
                "whatsapp-access",
                "The access token of a system user of the business (a permanent one).",
                without="the coach writes to nobody",
                secret=True,
            ),
            Setting(
                "AUGMENT_WHATSAPP_NUMBER_ID",
                "The phone number’s id, as WhatsApp’s page of the number shows it (not the number).",
                without="the coach writes to nobody",
            ),
            Setting(
                "AUGMENT_WHATSAPP_URL",
                "Base address of the Cloud API with its version.",
                "https://graph.facebook.com/v23.0",
            ),
            Setting(
                "AUGMENT_WHATSAPP_USER_FIELD",
                "The field in which somebody without a phone number is addressed: recipient or to.",
                "recipient",
            ),
        ),
        health="WhatsApp",
        scopes=(
            Scope("whatsapp_business_messaging", "to write from the number, and to fetch what is sent to it"),
            Scope(
                "whatsapp_business_management", "to read how good the number’s standing and which templates there are"
            ),
        ),
        steps=(
            "In Meta’s business settings, make a system user with the app and the WhatsApp account, and a permanent "
            "token with both scopes.",
            "Keep the token as the secret whatsapp-access, set AUGMENT_WHATSAPP_NUMBER_ID, and deploy.",
            "Enter the templates of infra/coaching/templates.yaml by their names; put your rate card’s prices there.",
        ),
    ),
    Declared(
        "WhatsApp’s webhook",
        "Tells what learners write, and what became of what the coach wrote.",
        (
            Setting(
                "whatsapp-app-secret",
                "The app’s secret, with which WhatsApp signs. Two with a blank between them while one takes the "
                "other’s place.",
                without="every webhook is refused",
                secret=True,
            ),
            Setting(
                "whatsapp-verify-token",
                "A long random text that WhatsApp sends once, when the address is entered.",
                without="the address cannot be entered at WhatsApp",
                secret=True,
            ),
        ),
        path=WHATSAPP_PATH,
        steps=(
            "Keep the app’s secret (App settings, Basic) as the secret whatsapp-app-secret and a long random text as "
            "whatsapp-verify-token, and deploy.",
            "In the app, under WhatsApp, Configuration, enter the address to register and the same text, and subscribe "
            "to messages, user_preferences, history, smb_message_echoes, template_category_update and "
            "message_template_status_update.",
        ),
    ),
)
