"""Skills and rules through the pages: errors beside their fields, and whom it affects before publishing."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from functions.portal.rule import form as rule_form
from functions.portal.shell import words
from shared.frameworks.contract import Category
from shared.frameworks.domain.framework import Rule
from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.browser import Person
from tests.harness.browser import words as read
from tests.portal.conftest import ADMINISTRATION, House

RULE = "/skills/sales_engineering/discovery/rule"


@pytest.fixture
def administrator(own: House) -> Person:
    person = own.visit("administrator")
    person.get(RULE)
    return person


def form(house: House, **values: str) -> dict[str, str]:
    version = house.platform.skills.framework(ADMINISTRATION, "sales_engineering").version
    return {"step": "preview", "if_version": str(version), "observation_window_days": "90", **values}


def test_errors_stand_beside_their_fields(own: House, administrator: Person) -> None:
    response = administrator.post(
        RULE, form(own, min_validation_attempts="three", min_field_score="140", observation_window_days="")
    )

    html = response.get_data(as_text=True)
    assert response.status_code == 422
    for name, message in (
        ("min_validation_attempts", "Enter a whole number."),
        ("min_field_score", "Enter a number from 0 to 100."),
        ("observation_window_days", "Enter how many days back the rule looks."),
    ):
        assert message in html.split(f'id="{name}-error"', 1)[1].split("</p>", 1)[0]
    assert 'value="three"' in html


def test_a_rule_needs_at_least_one_requirement(own: House, administrator: Person) -> None:
    assert rule_form.NEEDED in read(administrator.post(RULE, form(own)))


def test_the_preview_names_who_loses_and_publishes_nothing(own: House, administrator: Person) -> None:
    framework, competency = own.platform.skills.skill(ADMINISTRATION, "sales_engineering", "discovery")

    response = administrator.post(RULE, form(own, min_field_observations="2", min_field_score="99"))

    page = read(response)
    assert response.status_code == 200
    assert "Would lose it" in page
    assert "field observations averaging" in page
    lost = int(page.split(" would lose it", 1)[0].rsplit(", ", 1)[1].split()[0])
    now = own.platform.readiness.team(Caller(email="x", role="cro"), "sales_engineering").heads
    validated = sum(
        row.status == "validated" and row.competency == competency.competency and row.context == ""
        for head in now.values()
        for row in head.general
    )
    assert lost == validated > 0
    assert own.platform.skills.framework(ADMINISTRATION, "sales_engineering").version == framework.version


def test_publishing_makes_a_version_with_its_author(own: House, administrator: Person) -> None:
    before = own.platform.skills.framework(ADMINISTRATION, "sales_engineering")
    values = form(own, min_validation_attempts="4", min_validation_score="81.5", expires_after_days="200")

    page = read(administrator.post(RULE, values | {"step": "publish"}, follow=True))

    after = own.platform.skills.framework(ADMINISTRATION, "sales_engineering")
    rule = after.rule_for("discovery", ())
    assert after.version == before.version + 1
    assert rule is not None
    assert (rule.min_validation_attempts, rule.min_validation_score, rule.expires_after_days) == (4, 81.5, 200)
    assert rule.field_overrides_validation is False
    assert "Published." in page
    assert own.people["administrator"][0] in page
    assert "at least 4 practice attempts averaging 81.5" in page
    [record] = own.platform.audited.page(action=AuditAction.FRAMEWORK_PUBLISHED, limit=1).items
    assert record.actor == own.people["administrator"][0]


def test_a_preview_of_an_older_version_does_not_overwrite_a_newer_one(own: House, administrator: Person) -> None:
    previewed = own.platform.skills.framework(ADMINISTRATION, "sales_engineering").version
    administrator.post(RULE, form(own, min_validation_attempts="5") | {"step": "publish"})
    published = own.platform.skills.framework(ADMINISTRATION, "sales_engineering").version
    assert published == previewed + 1
    values = form(own, min_validation_attempts="2") | {"if_version": str(previewed)}

    response = administrator.post(RULE, values | {"step": "publish"})

    assert response.status_code == 422
    assert "Somebody published another version meanwhile." in read(response)
    assert own.platform.skills.framework(ADMINISTRATION, "sales_engineering").version == published


def test_a_rule_for_a_context_is_added_changed_and_removed(own: House, administrator: Person) -> None:
    values = form(own, min_validation_attempts="2", new="yes") | {"in.industry": "healthcare", "step": "publish"}
    administrator.post(RULE, values)
    framework = own.platform.skills.framework(ADMINISTRATION, "sales_engineering")
    context = (("industry", "healthcare"),)
    assert framework.rule_for("discovery", context).context == context  # type: ignore[union-attr]

    again = administrator.post(RULE, form(own, min_validation_attempts="2", new="yes") | {"in.industry": "healthcare"})
    assert "There is a rule for healthcare already" in read(again)
    assert "Where it applies: healthcare" in administrator.text(f"{RULE}?in.industry=healthcare")

    removal = form(own, remove="yes") | {"in.industry": "healthcare"}
    assert "the general one applies" in read(administrator.post(RULE, removal))
    administrator.post(RULE, removal | {"step": "publish"})
    general = own.platform.skills.framework(ADMINISTRATION, "sales_engineering").rule_for("discovery", context)
    assert general is not None
    assert general.context == ()


def test_a_skill_is_added_and_its_definition_changed(own: House, administrator: Person) -> None:
    add = "/skills/sales_engineering/add"
    administrator.get(add)
    wrong = administrator.post(add, {"competency": "Not A Key", "name": "X", "category": "soft_skills"})
    assert wrong.status_code == 422
    assert 'id="competency-error"' in wrong.get_data(as_text=True)
    assert administrator.post(add, {"competency": "key"}).status_code == 422

    page = administrator.post(
        add,
        {"competency": "storytelling", "name": "Storytelling", "category": "soft_skills", "aliases": "tales, fables"},
        follow=True,
    )
    assert "Write the rule" in read(page)
    _, competency = own.platform.skills.skill(ADMINISTRATION, "sales_engineering", "storytelling")
    assert competency.aliases == ("tales", "fables")

    version = str(own.platform.skills.framework(ADMINISTRATION, "sales_engineering").version)
    change = {"name": "Telling stories", "category": "soft_skills", "core": "", "if_version": version}
    administrator.post("/skills/sales_engineering/storytelling", change)
    assert own.platform.skills.skill(ADMINISTRATION, "sales_engineering", "storytelling")[1].name == "Telling stories"


def test_a_skill_may_be_of_every_category_that_the_api_takes(administrator: Person) -> None:
    html = administrator.get("/skills/sales_engineering/add").get_data(as_text=True)
    chosen = html.split('<select id="category"')[1].split("</select>")[0]
    assert re.findall(r'value="(\w+)"', chosen) == list(get_args(Category))


def test_a_form_that_nobody_has_sent_has_no_errors(administrator: Person) -> None:
    html = administrator.get("/dimensions/sales_engineering").get_data(as_text=True)
    assert html.count('name="values"') > 1
    assert "built-in method" not in html
    assert 'class="error"' not in html
    assert "aria-invalid" not in html


def test_a_dimension_s_values_and_words_are_set(own: House, administrator: Person) -> None:
    address = "/dimensions/sales_engineering"
    wrong = administrator.post(address, {"dimension": "deal_size", "values": "smb", "aliases": "big = huge"})
    assert "“big = huge” should read: word = value" in read(wrong)

    values = {"dimension": "deal_size", "values": "enterprise\nmid-market\nsmb\npublic", "aliases": "big = enterprise"}
    administrator.post(address, values)

    dimension = own.platform.skills.framework(ADMINISTRATION, "sales_engineering").by_dimension["deal_size"]
    assert dimension.values == ("enterprise", "mid-market", "smb", "public")
    assert dimension.map("BIG") == ("enterprise", True)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (
            Rule("d", (), 3, 80, 5, 75, 90, 180),
            "Validated by at least 5 customer conversations averaging 75, or at least 3 practice attempts averaging "
            "80, within 90 days. Customer conversations below the bar outweigh practice. Holds for 180 days.",
        ),
        (
            Rule("d", (), 1, None, None, None, 30, 365, None, True),
            "Validated by at least 1 practice attempt, within 30 days. Holds for 365 days, then only a certification "
            "exam renews it.",
        ),
        (
            Rule("d", (), None, 70, 2, None, 60, None, 2.5, False, False),
            "Validated by practice attempts averaging 70, and at least 2 customer conversations, within 60 days. "
            "Shown fading by 2.5 points per 30 days without practice.",
        ),
    ],
)
def test_a_rule_reads_as_sentences(rule: Rule, sentence: str) -> None:
    assert words.rule_sentence(rule, "customer conversation") == sentence


def test_a_rule_survives_its_form() -> None:
    rule = Rule("d", (("industry", "x"),), 3, 80.5, 5, 75, 90, 180, 1.5, True, False)

    again, errors = rule_form.rule_from("d", rule.context, rule_form.entered_from(rule))

    assert errors == {}
    assert again == rule
