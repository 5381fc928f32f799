"""Mails in the shapes of public bug reports, by the reports' names, with people and words of our own."""

from __future__ import annotations

import pytest

from tests.field.mail_styles import LANGUAGES, example
from tests.field.mail_tally import EVERY_STYLE, PROGRAMS_CREDITED, tallied

CASES = {
    "mail_danish_banner": ("samsung", "da"),
    "mail_gmail_en": ("gmail", "en"),
    "mail_gmail_iso_gmt": ("gmail_iso_unmarked", "en"),
    "mail_hotmail_date_first": ("hotmail_date_first", "en"),
    "mail_outlook_en": ("outlook", "en"),
    "mail_outlook_fr_le": ("outlook_mailto", "fr"),
    "mail_outlook_wrapped_from": ("outlook_wrapped_from", "en"),
    "mail_polish": ("gmail", "pl"),
    "mail_zoho": ("zoho", "en"),
    "mail2_apple_forward": ("apple_forward", "en"),
    "mail2_dutch_outlook": ("outlook", "nl"),
    "mail2_erp40_yahoo": ("yahoo", "en"),
    "mail2_erp69_outlook_brackets": ("outlook_brackets", "en"),
    "mail2_external_banner": ("disclaimers", "en"),
    "mail2_falcon37_said": ("said", "en"),
    "mail2_gmail_forward": ("gmail_forward", "en"),
    "mail2_inline_coloured_outlook": ("initials_below_headers", "en"),
    "mail2_japanese_gmail": ("gmail", "ja"),
    "mail2_japanese_outlook": ("outlook", "ja"),
    "mail2_outlook_owa_html": ("outlook_web_html", "en"),
    "mail2_twenty25315_danish_outlook": ("outlook", "da"),
}


@pytest.mark.parametrize(("style", "code"), CASES.values(), ids=CASES.keys())
def test_of_a_reported_mail_only_the_authors_words_are_credited(style: str, code: str) -> None:
    language = next(one for one in LANGUAGES if one.code == code)
    tally = tallied(
        example(style, EVERY_STYLE[style], language, seed, thread=thread)
        for seed in range(3)
        for thread in (True, False)
    )
    assert tally.wrong == []
    assert style in PROGRAMS_CREDITED or tally.of_programs == []
    assert tally.share("credited") + tally.share("waiting") > 0.999
