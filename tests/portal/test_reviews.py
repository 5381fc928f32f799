"""Reviews in the portal: scores beside the words, decided by the one and contested by the other."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import escape

from functions.portal.analysts.page import sentence
from functions.portal.transcript.evidence import read
from shared.platform.records.audit import READINGS_KEPT, AuditRecords
from shared.ports.documents import Put
from tests.harness.browser import Person, words
from tests.portal.call_samples import ASKED, HEARD, SCORER, analysed_call
from tests.portal.conftest import ADMINISTRATION, House


@pytest.fixture(scope="module")
def joe(house: House) -> str:
    return house.people["employee"][3]


@pytest.fixture
def review(house: House, joe: str, request: pytest.FixtureRequest) -> str:
    return analysed_call(house, joe, f"call-{request.node.name[:60]}")


def looked(person: Person, review: str, *, discovery: str = "72") -> str:
    """The review's page after the reviewer has given own scores: 68 for listening."""
    person.get(f"/reviews/{review}")
    own = {"own": "give", "own.discovery": discovery, "own.listening": "68"}
    return person.post(f"/reviews/{review}/own-scores", own, follow=True).get_data(as_text=True)


def nothing_read(house: House) -> None:
    """Forgets what was read in this hour, so that the next reading is recorded."""
    AuditRecords(house.platform.documents).collect(datetime.now(UTC) + READINGS_KEPT + timedelta(hours=1))


def form(review_page: str, **changed: str) -> dict[str, str]:
    """The decision's form as the page shows it, with what the reviewer changes."""
    html = review_page
    fields = dict(re.findall(r'<input[^>]* name="(score\.[^"]+)"[^>]* value="([^"]*)"', html))
    event = re.search(r'name="event_id" value="([^"]+)"', html)
    assert event
    return {**fields, "event_id": event[1], "note": "", **changed}


def test_the_list_says_why_a_call_waits_and_leads_to_it(house: House, joe: str, review: str) -> None:
    html = house.visit("enablement").get("/reviews?reason=low_confidence").get_data(as_text=True)

    assert f'href="/reviews/{review}"' in html
    assert "Analyst unsure" in html
    assert house.platform.employee(joe).name in html


def test_scores_lead_to_their_quotes_in_the_numbered_transcript(house: House, joe: str, review: str) -> None:
    html = looked(house.visit("enablement"), review)

    assert 'href="#quote-discovery-1">Quote in turn 5<' in html
    assert f'<mark id="quote-discovery-1">{ASKED}</mark>' in html
    assert f'<mark id="quote-listening-1">{HEARD}</mark>' in html
    assert "Talk ratio 43.1 % (1:20–5:00)" in html
    assert 'href="#turn-5">from turn 5<' in html
    assert "Finds the cost of doing nothing." in html
    assert "The analyst is 45 % sure." in html
    # Other tests of this house may have had the scorer reviewed: what the page says follows from its certificate.
    stands = [
        one for one in house.platform.certificates.all(ADMINISTRATION).certificates if one.scorer == SCORER.scorer_id
    ]
    judged = {one.competency: one for certificate in stands for one in certificate.competencies}
    for competency in ("discovery", "listening"):
        assert str(escape(sentence(judged.get(competency)))) in html
    assert html.count('class="turn scored"') == 13
    assert "Casey &lt;Buyer&gt;" in html
    assert re.search(r"<summary>\d+ turns, 10 to", html), "what is far from a quote is folded"
    assert "https://recorder.example.com/call?id=" in html


def test_a_reviewer_says_first_what_they_make_of_the_call(house: House, joe: str, review: str) -> None:
    enid = house.visit("enablement")
    covered = enid.get(f"/reviews/{review}").get_data(as_text=True)

    assert "Step 1 of 2" in covered
    assert ASKED in covered
    random = r"(value|href|action)=\"[^\"]*\""  # ids and tokens, in which any digits may be
    for told in ("80", "45 %", "Finds the cost", "<mark", "Confirm all", 'class="cite"'):
        assert told not in re.sub(rf"<(svg|time|script)[^>]*>.*?</\1>|20\d\d|\d?\d:\d\d|{random}", "", covered)

    wrong = enid.post(f"/reviews/{review}/own-scores", {"own": "give", "own.discovery": "66", "own.listening": "lots"})
    assert wrong.status_code == 422
    assert "Enter a number from 0 to 100" in words(wrong)
    assert 'value="66"' in wrong.get_data(as_text=True)

    shown = looked(enid, review, discovery="66")
    assert "Yours, before: <strong>66</strong>" in shown
    assert "your own scores count towards the analyst’s certificate" in shown
    page = enid.post(f"/reviews/{review}/decision", form(shown, decision="own"), follow=True)
    assert "80 → 66" in words(page)
    assert "The reviewer’s own, before: 66" in words(page)


def test_who_skips_the_own_scores_is_told_what_the_decision_is_worth(house: House, joe: str, review: str) -> None:
    enid = house.visit("enablement")
    enid.get(f"/reviews/{review}")

    shown = words(enid.post(f"/reviews/{review}/own-scores", {"own": "skip"}, follow=True))

    assert "this decision says nothing about the analyst" in shown
    assert "Keep mine" not in shown


def test_the_page_says_how_many_others_wait_and_leads_to_the_next(house: House, joe: str, review: str) -> None:
    other = analysed_call(house, joe, f"call-next-to-{review[:8]}")
    html = house.visit("enablement").get(f"/reviews/{review}").get_data(as_text=True)

    assert re.search(r"\d+ other reviews? waiting for you\.", html)
    assert f'href="/reviews/{other}">Leave this one and take the next' in html


def test_a_form_whose_session_has_ended_leads_back_to_its_page(house: House, review: str) -> None:
    stranger = house.stranger()
    away = stranger.post(f"/reviews/{review}/own-scores", {"own": "give"})

    assert (away.status_code, away.headers["Location"]) == (303, f"/sign-in?next=%2Freviews%2F{review}%2Fown-scores")
    assert house.visit("enablement").get(f"/reviews/{review}/own-scores").status_code == 200


def test_opening_the_words_is_recorded_and_the_employee_told(house: House, joe: str, review: str) -> None:
    nothing_read(house)
    page = house.visit("enablement").text(f"/reviews/{review}")

    assert "This reading is recorded." in page
    records = house.platform.audited.page(actor=house.people["enablement"][0], subject=joe, limit=2).items
    assert [record.action for record in records] == ["transcript.opened", "review.viewed"]
    assert (records[0].detail or "").endswith("ground: review")
    assert house.platform.notifications.unread(house.platform.people.callers.person(joe), joe) > 0


def test_a_reviewer_corrects_and_the_page_says_so(house: House, joe: str, review: str) -> None:
    enid = house.visit("enablement")
    html = looked(enid, review)

    answer = enid.post(
        f"/reviews/{review}/decision",
        form(
            html, **{"score.discovery": "66", "drop.listening": "yes", "decision": "correct", "note": "Not quantified"}
        ),
        follow=True,
    )

    page = words(answer)
    assert "Corrected. Your scores count from now on" in page
    assert "80 → 66" in page
    assert "70 → not observed" in page
    assert "Not quantified" in page
    assert "Not quantified" not in house.log.getvalue()
    assert "Confirm all" not in page


def test_a_reviewer_confirms_or_rejects(house: House, joe: str) -> None:
    enid = house.visit("enablement")
    for decision, said in (("confirm", "Confirmed."), ("reject", "Rejected.")):
        review = analysed_call(house, joe, f"call-to-{decision}")
        html = looked(enid, review)

        assert said in words(enid.post(f"/reviews/{review}/decision", form(html, decision=decision), follow=True))
        assert enid.post(f"/reviews/{review}/decision", form(html, decision=decision)).status_code == 303, "again"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"score.discovery": "ninety", "decision": "correct"}, "Enter a number from 0 to 100"),
        ({"score.discovery": "101", "decision": "correct"}, "Enter a number from 0 to 100"),
        ({"decision": "correct"}, "Nothing is corrected"),
        ({"score.discovery": "50", "decision": "confirm"}, "You have changed scores"),
        ({"decision": "approve"}, "Choose to confirm, to correct or to reject."),
        ({"drop.discovery": "yes", "drop.listening": "yes", "decision": "correct"}, "No score would be left"),
        ({"decision": "confirm", "event_id": "another"}, "The call has been analysed again since"),
    ],
)
def test_what_cannot_be_decided_is_said_at_the_top_and_keeps_what_was_entered(
    house: House, joe: str, changed: dict[str, str], said: str
) -> None:
    review = analysed_call(house, joe, f"call-wrong-{abs(hash(str(changed))) % 10**9}")
    enid = house.visit("enablement")
    html = looked(enid, review)

    answer = enid.post(f"/reviews/{review}/decision", form(html, **changed))

    assert answer.status_code == 422
    assert "That did not go through." in words(answer)
    assert said in words(answer)
    if "score.discovery" in changed:
        assert f'value="{changed["score.discovery"]}"' in answer.get_data(as_text=True)


def test_the_employee_sees_it_first_and_contests(house: House, joe: str, review: str) -> None:
    person = house.stranger()
    person.sign_in(joe)
    page = person.text(f"/reviews/{review}")
    assert "You see this first." in page
    assert ASKED in page
    assert "Save corrections" not in page

    empty = person.post(f"/reviews/{review}/contest", {"reason": " "})
    assert empty.status_code == 422
    assert "Say what is wrong with the scores." in words(empty)

    done = person.post(
        f"/reviews/{review}/contest", {"reason": "I did not say that", "contest.discovery": "yes"}, follow=True
    )
    assert "Contested. A person will look at it and decide." in words(done)
    assert "I did not say that" in words(done)
    again = person.post(f"/reviews/{review}/contest", {"reason": "Something else"})
    assert again.status_code == 422
    assert "contested already" in words(again)


def test_scores_that_nobody_was_asked_about_are_shown_and_contested_on_the_same_page(house: House, joe: str) -> None:
    review = analysed_call(house, joe, "call-sure-1", confidence=0.95)
    person = house.stranger()
    person.sign_in(joe)
    page = person.text(f"/reviews/{review}")
    assert "Discovery" in page
    assert "Contest" in page

    done = person.post(f"/reviews/{review}/contest", {"reason": "The account was another one"}, follow=True)

    assert "The account was another one" in words(done)


def test_a_manager_is_told_when_it_opens(house: House, joe: str, review: str) -> None:
    manager = house.stranger()
    manager.sign_in(str(house.platform.employee(joe).manager_id))

    early = manager.get(f"/reviews/{review}")

    assert early.status_code == 403
    assert re.search(r"they open for you on \d\d \w{3} \d{4}, \d\d:\d\d UTC\.", words(early))
    assert review not in manager.get("/reviews").get_data(as_text=True)

    _earlier(house, review, hours=49)
    late = manager.text(f"/reviews/{review}")
    assert "Show the analyst’s scores" in late
    assert ASKED in late


def _earlier(house: House, review: str, *, hours: float) -> None:
    """As if the call had been scored so much earlier."""
    documents = house.platform.documents
    found = documents.get(f"reviews/{review}")
    assert found is not None
    documents.commit([Put(found.path, {**found.data, "scored_at": found.data["scored_at"] - timedelta(hours=hours)})])


def test_without_the_words_the_page_names_turn_span_and_digest(house: House, joe: str, review: str) -> None:
    item = house.platform.documents.get(f"reviews/{review}")
    assert item is not None
    house.platform.transcripts.forget("gong", item.data["source_id"])

    page = re.sub(r"<[^>]+>", "", looked(house.visit("enablement"), review))

    assert "The words of this call are gone: they are kept for twelve months." in page
    assert re.search(r"Quote in turn 5, characters \d+–\d+, sha-256 [0-9a-f]{16}", page)
    assert ASKED not in page
    assert "Finds the cost" not in page


def test_a_leader_sees_scores_without_words(house: House, joe: str, review: str) -> None:
    _earlier(house, review, hours=49)

    page = house.visit("cro").text(f"/reviews/{review}")

    assert "The CRO reads scores, and transcripts of own calls only." in page
    assert ASKED not in page


def test_the_certificates_page_shows_figures_and_says_what_does_not_count(house: House, joe: str) -> None:
    enid = house.visit("enablement")
    for number in range(3):
        review = analysed_call(house, joe, f"call-certified-{number}", discovery=70 + number)
        html = looked(enid, review)
        enid.post(f"/reviews/{review}/decision", form(html, **{"score.discovery": "40", "decision": "correct"}))
    house.platform.certify.run()

    page = house.visit("cro").text("/analysts")

    assert "Claude (test-model) rubric-1, prompt-1 ·" in page
    assert re.search(r"(Not yet: every score of|Partly: \d+ % of the scores of) Claude ", page)
    assert re.search(r"Not certified too few: \d+ of 30", page)
    name = house.platform.employee(joe).name
    assert name not in page
    review = analysed_call(house, joe, "call-certified-last")
    assert re.search(r"Not certified; too few: \d+ of 30 blind reviews\.", looked(enid, review))
    assert house.visit("manager").get("/analysts").status_code == 403


def test_evidence_is_read_as_the_ledger_writes_it() -> None:
    text = "quote at turn 3, characters 5-20, sha256 0123456789abcdef; measured: pace 140; steady (61:05–62:00)"
    quotes, measured = read(text, "discovery", "Discovery")

    assert [(q.turn, q.start, q.end, q.digest) for q in quotes] == [(3, 5, 20, "0123456789abcdef")]
    assert [(one.words, one.start_ms) for one in measured] == [("Pace 140; steady (61:05–62:00)", 3_665_000)]
    assert read(None, "discovery", "Discovery") == ((), ())
    assert read("quote at turn 3", "d", "D")[0][0].start is None


def test_a_refused_decision_leaves_a_record_of_what_its_page_shows(house: House, joe: str, review: str) -> None:
    def noted() -> list[str]:
        return sorted(record.action for record in house.platform.audited.page(subject=joe, limit=200).items)

    before = noted()
    nothing_read(house)
    response = house.visit("enablement").post(f"/reviews/{review}/decision", {"decision": "correct"})

    assert response.status_code == 422
    after = noted()
    for action in before:
        after.remove(action)
    assert after == ["review.viewed", "transcript.opened"]
