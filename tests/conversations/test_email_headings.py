"""Shows where the author's words end above headers, begin below a heading, and what a name before a mark says."""

from __future__ import annotations

import pytest

from shared.conversations.wire.email_people import People
from shared.conversations.wire.email_words import divided, own_words

JOE = ("joe@augmentcode.com", "Joe Reilly")
OLGA = ("olga@orchard.example", "Ольга Смирнова")
PEOPLE = People(JOE, (OLGA,), "Trial numbers", all_is_known=True)
HEADERS = (
    "Lähettäjä: Ольга Смирнова <olga@orchard.example>\nLähetetty: tiistai 10. marraskuuta 2026 13:53\n"
    "Vastaanottaja: Joe Reilly <joe@augmentcode.com>\nAihe: Trial numbers"
)
COMMENTS = (
    "##- Reply above this line -##\n\n------\n\nJoe Reilly (Augment)\nNov 10, 2026, 2:53 PM GMT+1\n\n"
    "The pilot ends in May.\n\n------\n\nОльга Смирнова\nNov 10, 2026, 1:53 PM GMT+1\n\nWe save 300 hours.\n"
)


@pytest.mark.parametrize("between", ["\n", "\n\nBegin forwarded message:\n\n"])
def test_a_sentence_with_a_colon_above_headers_is_none_of_them(between: str) -> None:
    text = f"Agreed.\nJoe\n\nPS: who signs the purchase on your side?{between}{HEADERS}\n\nWe save 300 hours."
    assert own_words(text, PEOPLE) == "Agreed. Joe\nPS: who signs the purchase on your side?"


def test_a_subject_like_a_sentence_stays_a_header() -> None:
    headers = HEADERS.rpartition("\n")[0]
    text = f"Agreed.\n\nAihe: Can we please meet again on Friday?\n{headers}\n\nWe save 300 hours."
    assert own_words(text, PEOPLE) == "Agreed."


def test_the_author_s_name_above_headers_is_a_signature() -> None:
    text = f"Agreed.\n\nSee you on Friday then.\nJoe Reilly\n{HEADERS}\nWe save 300 hours."
    assert own_words(text, PEOPLE) == "Agreed.\nSee you on Friday then. Joe Reilly"


def test_below_a_heading_with_their_name_are_the_author_s_words() -> None:
    assert own_words(COMMENTS, PEOPLE) == "The pilot ends in May."


def test_below_such_a_heading_they_wait_where_the_thread_is_not_known() -> None:
    found = divided(COMMENTS, People(JOE, (OLGA,), "Trial numbers"))
    assert (found.own, "The pilot ends in May." in found.in_doubt) == ("", True)
    assert "300 hours" not in found.in_doubt


def test_a_heading_below_the_author_s_words_begins_an_older_comment() -> None:
    assert own_words(f"Agreed.\n\n{COMMENTS.partition('------')[2]}", PEOPLE) == "Agreed."


@pytest.mark.parametrize("heading", ["Joe Reilly, Nov 10, 2026 13:53 to Ольга", "Joe wrote, Nov 10, 2026 13:53:"])
def test_a_heading_that_says_more_begins_a_quotation(heading: str) -> None:
    assert own_words(f"{heading}\n\nWe save 300 hours.", PEOPLE) == ""


def test_somebody_s_name_before_marks_is_part_of_them() -> None:
    text = "Ольга Смирнова writes:\n\n  Ольга> We save 300 hours,\n  Ольга> or so.\n\nWho signs?\n\n  Ольга> Our board."
    assert own_words(text, PEOPLE) == "Who signs?"


def test_a_word_before_a_mark_is_no_name() -> None:
    text = "Type this:\n\nmysql> select rating from skills;"
    assert own_words(text, PEOPLE) == "Type this:\nmysql> select rating from skills;"
