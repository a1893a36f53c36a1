"""Pages of risk rules: read, write, test, propose, decide, see to alerts; and who may not."""

import pytest
from django.utils.translation import override

from backoffice import rule_words
from firm_rows import an_alert
from firms import REASON, fields_of, marks
from riskrules import actions, judging, kinds, selectors
from riskrules.models import Alert, RuleRow, RuleVersion, VersionState
from riskrules.rulesets import Comparison, Outcome
from wallets.payments.declared_rules import KINDS

ROOT = "/backoffice/rules/"
SET = f"{ROOT}sets/withdrawals/"
WITHDRAWALS = next(kind for kind in KINDS if kind.name == "withdrawals")
FIELDS = {
    "name": "very large",
    "outcome": int(Outcome.DENY),
    "sentence": "Please speak to us first.",
    "fact_1": "amount",
    "comparison_1": "above",
    "value_1": "5000.50",
    "fact_2": "is_first_to_beneficiary",
    "comparison_2": "equals",
    "value_2": "yes",
}


@pytest.fixture
def officer(firm, staff_of):
    return staff_of("compliance")


@pytest.fixture
def version(firm, officer):
    return actions.begin_draft(kind=WITHDRAWALS, acting_user=officer)


def address_of(version, *parts) -> str:
    return f"{ROOT}versions/{version.pk}/" + "".join(f"{part}/" for part in parts)


def state():
    return (
        list(RuleVersion.objects.order_by("pk").values_list("pk", "state")),
        list(RuleRow.objects.order_by("pk").values_list("pk", "name", "conditions")),
        list(Alert.objects.values_list("pk", "seen_at")),
    )


def write(browser, send, version, **changes):
    page = browser.get(address_of(version, "rules", "new")).content.decode()
    fields = {**FIELDS, "seen": fields_of(page)["seen"], **changes}
    return send(browser, address_of(version, "rules", "new"), **fields)


def test_an_officer_writes_tests_and_proposes_and_a_second_person_decides(
    firm, officer, client_for, send
):
    browser = client_for(officer)
    page = browser.get(ROOT).content.decode()
    assert "Withdrawals" in page and "Orders" in page and "Sign-ins" in page
    page = browser.get(SET).content.decode()
    assert "time since the password was changed is below 24 h" in page
    assert "Always in force" in page and "the account may not trade or not withdraw" in page
    begun = send(browser, f"{SET}draft/")
    version = RuleVersion.objects.get(kind="withdrawals", state=VersionState.DRAFT)
    assert begun["Location"] == address_of(version)
    assert write(browser, send, version).status_code == 302
    rule = version.rules.get(name="very large").as_rule()
    assert [(c.fact, c.comparison, c.value) for c in rule.conditions] == [
        ("amount", Comparison.ABOVE, 5000_50),
        ("is_first_to_beneficiary", Comparison.EQUALS, 1),
    ]
    page = browser.get(address_of(version)).content.decode()
    assert "amount of the withdrawal is above 5,000.50" in page and "What is different" in page
    assert "Propose it" not in page
    calm = dict.fromkeys(WITHDRAWALS.by_name, 0) | {
        "password_hours": 99, "amount": 6000_00, "is_first_to_beneficiary": 1,
    }  # fmt: skip
    judging.judge("withdrawals", calm, judging.Subject(firm.alice.pk, 0, "test"))
    assert send(browser, address_of(version, "test"), days=30).status_code == 302
    page = browser.get(address_of(version)).content.decode()
    assert "1 cases were judged anew; 1 would be decided otherwise" in page
    assert firm.alice.email in page and "6,000.00" in page
    assert send(browser, address_of(version, "propose"), reason=REASON).status_code == 302
    inbox = f"/backoffice/approvals/rules/{version.pk}/"
    own = send(browser, f"{inbox}?decision=approve")
    assert own.status_code == 422
    owner = client_for(firm.owner)
    page = owner.get(inbox).content.decode()
    assert "very large" in page and REASON in page
    assert send(owner, f"{inbox}?decision=approve").status_code == 302
    version.refresh_from_db()
    assert (version.state, version.decided_by) == (VersionState.LIVE, firm.owner)
    assert "very large" in browser.get(SET).content.decode()
    first = RuleVersion.objects.get(kind="withdrawals", number=1)
    assert "Bring it back" in browser.get(address_of(first)).content.decode()
    send(browser, address_of(first, "roll-back"), reason=REASON)
    back = selectors.open_version(kinds.get("withdrawals"))
    assert back.state == VersionState.PROPOSED and back.based_on == 1
    found = client_for(officer).get("/backoffice/search/", {"s": "very large"}).content.decode()
    assert SET in found


def test_a_rule_is_changed_and_removed(officer, version, client_for, send):
    browser = client_for(officer)
    row = version.rules.get(name="password just changed")
    address = address_of(version, "rules", row.position)
    page = browser.get(address).content.decode()
    assert 'value="24"' in page
    seen = fields_of(page)["seen"]
    changed = {
        "name": row.name, "outcome": int(Outcome.HOLD), "sentence": row.sentence, "seen": seen,
        "fact_1": "password_hours", "comparison_1": "below", "value_1": "48",
    }  # fmt: skip
    assert send(browser, address, **changed).status_code == 302
    assert version.rules.get(name=row.name).conditions == [["password_hours", "below", 48]]
    late = send(browser, address, **{**changed, "value_1": "72"})
    assert late.status_code == 422 and b"A colleague has changed" in late.content
    assert version.rules.get(name=row.name).conditions == [["password_hours", "below", 48]]
    page = browser.get(f"{address}remove/").content.decode()
    assert send(browser, f"{address}remove/", seen=fields_of(page)["seen"]).status_code == 302
    assert not version.rules.filter(name=row.name).exists()
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("language", ["en", "ru", "zh-hans"])
@pytest.mark.parametrize("value", [0, 1])
def test_yes_and_no_are_read_as_they_are_written(language, value):
    fact = WITHDRAWALS.by_name["is_first_to_beneficiary"]
    with override(language):
        assert rule_words.value_of(fact, rule_words.value_text(fact, value)) == value
        assert rule_words.value_of(fact, "Yes") == 1 and rule_words.value_of(fact, "no") == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value_1": "many"}, "number"),
        ({"value_1": "1.234"}, "decimal"),
        ({"value_1": ""}, ""),
        ({"value_2": "maybe"}, "Write yes or no"),
        ({"fact_1": "", "value_1": "", "fact_2": "", "value_2": ""}, "needs a condition"),
        ({"fact_1": ""}, "Choose what the value is of"),
        ({"name": "many withdrawals"}, "this name already"),
        ({"name": "account not active"}, "this name already"),
        ({"sentence": ""}, "required"),
        ({"fact_1": "nothing"}, "valid choice"),
        ({"value_1": "9" * 30}, "large"),
    ],
)
def test_nonsense_is_refused_beside_its_field(
    officer, version, client_for, send, changes, sentence
):
    before = state()
    answer = write(client_for(officer), send, version, **changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Please speak to us first." in answer.content.decode() or "sentence" in changes
    assert state() == before


def test_who_may_only_look_changes_nothing(firm, version, client_for, staff_of, send):
    alert = an_alert(firm.alice)
    before, marked = state(), marks()
    for role in ("auditor", "admin"):
        browser = client_for(staff_of(role))
        for address in (ROOT, SET, address_of(version), f"{ROOT}alerts/",
                        f"{ROOT}alerts/{alert.pk}/"):  # fmt: skip
            page = browser.get(address)
            assert page.status_code == 200, address
            assert b"Change the rules" not in page.content and b"Test it" not in page.content
    actions_ = [
        f"{ROOT}sets/orders/draft/",
        *(address_of(version, part) for part in ("test", "propose", "take-back", "discard",
                                                 "roll-back")),
        address_of(version, "rules", "new"),
        address_of(version, "rules", 1),
        address_of(version, "rules", 1, "remove"),
        f"{ROOT}alerts/{alert.pk}/seen/",
    ]  # fmt: skip
    for role in ("auditor", "admin", "finance", "support"):
        browser = client_for(staff_of(role))
        for address in actions_:
            assert browser.get(address).status_code == 403, (role, address)
            assert send(browser, address, reason=REASON, days=7, note=REASON).status_code == 403
    assert state() == before
    assert marks().commands == marked.commands
    for role in ("finance", "support"):
        assert client_for(staff_of(role)).get(ROOT).status_code == 403


def test_strangers_and_other_firms_get_nothing(
    firm, version, client_for, staff_of, other_tenant, charlie, send
):
    alert = an_alert(firm.alice)
    before = state()
    addresses = (ROOT, SET, address_of(version), address_of(version, "test"),
                 f"{ROOT}alerts/{alert.pk}/", f"{ROOT}alerts/{alert.pk}/seen/")  # fmt: skip
    for browser in (
        client_for(firm.bob),
        client_for(charlie, tenant=firm.tenant),
        client_for(staff_of("owner", other_tenant), tenant=firm.tenant),
    ):
        for address in addresses:
            assert browser.get(address).status_code == 302
            assert send(browser, address, days=7, note=REASON).status_code in (302, 405)
    at_home = client_for(staff_of("owner", other_tenant))
    assert at_home.get(f"{ROOT}alerts/{alert.pk}/").status_code == 404
    assert b"very large" not in at_home.get(ROOT).content
    assert state() == before


def test_alerts_are_listed_told_and_seen_to(firm, officer, client_for, send):
    alert = an_alert(firm.alice)
    browser = client_for(officer)
    assert "1 alert of a rule" in browser.get("/backoffice/").content.decode()
    page = browser.get(f"{ROOT}alerts/", {"state": "open"}).content.decode()
    assert firm.alice.email in page and "passing through" in page
    page = browser.get(f"{ROOT}alerts/{alert.pk}/").content.decode()
    assert "amount of the withdrawal" in page and "I have seen to it" in page
    address = f"{ROOT}alerts/{alert.pk}/seen/"
    assert send(browser, address, note="no").status_code == 422
    assert Alert.objects.get().seen_at is None
    assert send(browser, address, note="Spoke to the customer").status_code == 302
    alert.refresh_from_db()
    assert (alert.seen_by, alert.note) == (officer, "Spoke to the customer")
    assert "alert of a rule" not in browser.get("/backoffice/").content.decode()
    assert firm.alice.email not in browser.get(f"{ROOT}alerts/", {"state": "open"}).content.decode()
    hit = browser.get("/backoffice/search/", {"s": str(alert.pk)}).content.decode()
    assert f"{ROOT}alerts/{alert.pk}/" in hit


def test_a_proposal_is_taken_back_refused_or_discarded(firm, officer, version, client_for, send):
    browser, owner = client_for(officer), client_for(firm.owner)
    send(browser, address_of(version, "test"), days=7)
    send(browser, address_of(version, "propose"), reason=REASON)
    assert send(owner, address_of(version, "take-back"), reason=REASON).status_code == 403
    assert send(browser, address_of(version, "take-back"), reason=REASON).status_code == 302
    version.refresh_from_db()
    assert version.state == VersionState.TESTED
    send(browser, address_of(version, "propose"), reason=REASON)
    inbox = f"/backoffice/approvals/rules/{version.pk}/?decision=refuse"
    assert send(owner, inbox, reason="Too strict for us").status_code == 302
    version.refresh_from_db()
    assert (version.state, version.decided_by) == (VersionState.TESTED, None)
    assert send(browser, address_of(version, "discard"), reason=REASON).status_code == 302
    assert selectors.live_version(WITHDRAWALS).number == 1
    assert selectors.open_version(WITHDRAWALS) is None
