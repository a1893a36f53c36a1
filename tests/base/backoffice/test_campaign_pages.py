"""Campaigns on the pages of staff: from the form to the second person, the costs, the file."""

import pytest
from django.utils import timezone

import people
from backoffice.once import new_token
from firms import REASON, fields_of, opened
from trading.instruments.models import Asset
from wallets.campaigns import actions, settling
from wallets.campaigns.models import Campaign, State

START = "/backoffice/campaigns/"


def fields(**changes):
    usdt = Asset.objects.get(code="USDT")
    return {
        "token": new_token(), "kind": "trading", "name": "Spring bonus", "asset": usdt.pk,
        "amount": "5", "budget": "100", "min_volume": "15", "starts_at": "2024-01-01T00:00",
        "ends_at": "2099-01-01T00:00",
    } | changes  # fmt: skip


@pytest.fixture
def made(firm, client_for):
    """A campaign that finance declared and sent on."""
    browser = client_for(firm.finance)
    address = browser.post(START + "new/", fields())["Location"]
    sent = browser.post(f"{address}ask/", {"token": new_token(), "reason": REASON})
    assert sent.status_code == 302
    return address


def test_from_the_form_to_money_on_the_account(firm, made, client_for) -> None:
    owner, finance = client_for(firm.owner), client_for(firm.finance)
    row = Campaign.objects.get()
    decision = f"/backoffice/approvals/campaign/{row.pk}/"
    page = owner.get(decision).content.decode()
    assert "Every customer gets 5" in page
    assert "never pays more than 100" in page
    # Who asked may not decide.
    sent = {"token": new_token(), "reason": REASON}
    own = finance.post(f"{decision}?decision=approve", sent)
    assert own.status_code != 302 and Campaign.objects.get().state == State.ASKED
    assert owner.post(f"{decision}?decision=approve", sent).status_code == 302
    assert Campaign.objects.get().state == State.ACTIVE
    assert settling.settle_campaigns(timezone.now()) == 2
    firm.books.prove()
    page = owner.get(made).content.decode()
    assert "10 % of the budget is used" in page and "customer:" in page
    file = finance.get(made, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(file) == 3 and ",USDT,5" in file[1] and file[1].endswith(tuple("0123456789"))
    listed = owner.get(START).content.decode()
    assert "Spring bonus" in listed and "10 % of 100" in listed


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"budget": "1"}, "not enough for one customer"),
        ({"amount": "x"}, "x"),
        ({"min_volume": ""}, "how much is to be traded"),
        ({"kind": "discount", "percent": "101"}, "100"),
        ({"ends_at": "2023-01-01T00:00"}, "end after it starts"),
        ({"ends_at": "never"}, "Write a time such as"),
    ],
)
def test_nonsense_is_told_beside_its_field(firm, client_for, changes, sentence) -> None:
    answer = client_for(firm.owner).post(START + "new/", fields(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "has-errors" in page
    assert "Spring bonus" in page and not Campaign.objects.exists()


def test_two_at_one_draft_get_a_difference(firm, client_for, staff_of) -> None:
    first, second = client_for(firm.owner), client_for(staff_of("admin"))
    address = first.post(START + "new/", fields())["Location"] + "edit/"
    seen = second.get(address).context["form"]["seen"].value()
    assert first.post(address, fields(name="Early")).status_code == 302
    late = second.post(address, fields(name="Late", seen=seen))
    assert late.status_code == 409 and b"Early" in late.content
    assert Campaign.objects.get().name == "Early"


def test_nobody_agrees_to_rules_that_he_has_not_seen(firm, made, client_for) -> None:
    owner, finance = client_for(firm.owner), client_for(firm.finance)
    row = Campaign.objects.get()
    decision = f"/backoffice/approvals/campaign/{row.pk}/"
    read = opened(owner, decision)
    # Who asked takes it back, makes much more of it, and asks again.
    actions.refuse_campaign(campaign=row, acting_user=firm.finance, reason=REASON)
    assert finance.post(f"{made}edit/", fields(amount="90", budget="90000")).status_code == 302
    assert finance.post(f"{made}ask/", opened(finance, f"{made}ask/")).status_code == 302
    late = owner.post(f"{decision}?decision=approve", read)
    page = late.content.decode()
    assert late.status_code == 409 and Campaign.objects.get().state == State.ASKED
    assert "changed while you had it open" in page and "90,000" in page and REASON in page
    # He has seen it now.
    again = owner.post(f"{decision}?decision=approve", fields_of(page))
    assert again.status_code == 302 and Campaign.objects.get().state == State.ACTIVE


def test_pausing_and_ending_with_a_reason(firm, made, client_for, staff_of) -> None:
    Campaign.objects.update(state=State.ACTIVE, activated_by=firm.owner)
    admin = client_for(staff_of("admin"))
    sent = {"token": new_token(), "reason": REASON}
    assert admin.post(f"{made}pause/", {"token": new_token(), "reason": "x"}).status_code == 422
    assert admin.post(f"{made}pause/", sent).status_code == 302
    assert Campaign.objects.get().state == State.PAUSED
    # Going on takes who may approve.
    assert admin.post(f"{made}resume/", sent | {"token": new_token()}).status_code == 403
    assert admin.post(f"{made}end/", sent | {"token": new_token()}).status_code == 302
    assert Campaign.objects.get().state == State.ENDED


def test_others_see_and_change_nothing(firm, made, other_tenant, client_for, staff_of) -> None:
    theirs = people.make_staff(other_tenant, "owner")
    abroad, at_home = people.browser_of(firm.tenant), people.browser_of(other_tenant, theirs)
    abroad.cookies = at_home.cookies
    stranger = people.browser_of(firm.tenant)
    before = Campaign.objects.values().get()
    paths = ("", "edit/", "ask/", "pause/", "resume/", "end/")
    sent = fields() | {"reason": REASON}
    for browser in (stranger, client_for(firm.bob), abroad, client_for(staff_of("support"))):
        for path in paths:
            answers = [browser.get(made + path), browser.post(made + path, sent)]
            assert {answer.status_code for answer in answers} <= {302, 403}, path
            assert all(b"Spring bonus" not in answer.content for answer in answers)
    at_home = people.browser_of(other_tenant, theirs)  # his session ended abroad
    for path in paths:
        assert at_home.get(made + path).status_code == 404
        assert at_home.post(made + path, sent).status_code == 404
    auditor = client_for(staff_of("auditor"))
    assert (
        auditor.get(made).status_code == 200
        and auditor.post(f"{made}end/", sent).status_code == 403
    )
    assert Campaign.objects.values().get() == before
