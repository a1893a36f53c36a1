"""The inbox of approvals: everything that waits, decided by a second person, once."""

import pytest

from clearing.models import Rebuild, RebuildState
from firms import REASON, a_break, a_fee_proposal, a_month_to_reopen, an_entry_request, marks
from trading.instruments.models import FeeProposal, FeeSchedule
from wallets.adjustments.models import State
from wallets.bookkeeping.models import PeriodState
from wallets.bookkeeping.models import State as EntryState
from wallets.reconciliation.models import State as BreakState

INBOX = "/backoffice/approvals/"


def address_of(kind: str, row) -> str:
    return f"{INBOX}{kind}/{row.pk}/"


@pytest.fixture
def waiting(firm):
    """One request of every kind, all asked for by finance but the fees, which the owner did."""
    row = a_break()
    row.state, row.way, row.way_reference = BreakState.PROPOSED, "rebuild", 1
    row.proposed_by = firm.finance
    row.save()
    rebuild = Rebuild.objects.create(
        state=RebuildState.COMPARED, reason="A break in the books", asked_by=firm.finance,
        tables=[{"table": "orders_trade", "rows": 1, "missing": 0, "extra": 1, "different": 0}],
    )  # fmt: skip
    return {
        "adjustment": firm.waiting,
        "entry": an_entry_request(firm.finance),
        "month": a_month_to_reopen(firm.finance),
        "break": row,
        "rebuild": rebuild,
        "fees": a_fee_proposal(firm.owner),
    }


def test_all_kinds_stand_in_the_inbox_and_own_ones_are_marked(firm, waiting, client_for) -> None:
    page = client_for(firm.finance).get(INBOX).content.decode()
    for kind, row in waiting.items():
        assert f'href="{address_of(kind, row)}"' in page, kind
    assert page.count("yours: not to decide") == 5 and page.count(">waits for you<") == 1
    assert "1 request waits for your word." in page
    only = client_for(firm.owner).get(INBOX, {"kind": "adjustment"}).content.decode()
    assert address_of("adjustment", firm.waiting) in only
    assert address_of("entry", waiting["entry"]) not in only


def test_each_kind_tells_what_would_be_different(firm, waiting, client_for) -> None:
    browser = client_for(firm.owner)
    told = {
        # Alice has sold: the pages' own arithmetic is not repeated here, only that both stand.
        "adjustment": ("Booked balance of the account", "<del>", "<ins>", "Bonus for a complaint"),
        "entry": ("Bank", ">Debit<", REASON),
        "month": ("open: entries can be booked into it", REASON),
        "break": ("Waiting for a second person", "Resolved"),
        "rebuild": ("orders_trade",),
    }
    for kind, sentences in told.items():
        page = browser.get(address_of(kind, waiting[kind])).content.decode()
        for sentence in sentences:
            assert sentence in page, (kind, sentence)
        assert 'formaction="?decision=refuse"' in page, kind
    fees = client_for(firm.finance).get(address_of("fees", waiting["fees"])).content.decode()
    assert "0.09 %" in fees and "BTC-USDT" in fees


def test_approving_one_leads_to_the_next_and_does_it(firm, waiting, client_for, send) -> None:
    browser = client_for(firm.owner)
    answer = send(browser, address_of("adjustment", firm.waiting) + "?decision=approve")
    assert answer.status_code == 302 and answer["Location"].startswith(INBOX)
    assert answer["Location"] != address_of("adjustment", firm.waiting)
    assert send(browser, address_of("entry", waiting["entry"])).status_code == 302
    assert send(browser, address_of("month", waiting["month"]), reason=REASON).status_code == 302
    fees = client_for(firm.finance)
    assert send(fees, address_of("fees", waiting["fees"])).status_code == 302
    firm.books.prove()
    for row in waiting.values():
        row.refresh_from_db()
    assert firm.waiting.state == State.APPLIED
    assert waiting["entry"].state == EntryState.APPLIED
    assert waiting["month"].state == PeriodState.REOPENED
    assert waiting["fees"].state == FeeProposal.State.APPROVED
    assert FeeSchedule.objects.get(group=None, instrument__symbol="BTC-USDT").taker_ppm == 1900


def test_refusing_needs_a_reason_and_moves_nothing(firm, waiting, client_for, send) -> None:
    browser = client_for(firm.owner)
    address = address_of("adjustment", firm.waiting) + "?decision=refuse"
    before = marks()
    assert send(browser, address).status_code == 422 and marks() == before
    commands = before.commands
    assert send(browser, address, reason="Not agreed with the customer").status_code == 302
    firm.waiting.refresh_from_db()
    assert firm.waiting.state == State.REFUSED and marks().commands == commands
    for kind in ("entry", "rebuild"):
        refuse = address_of(kind, waiting[kind]) + "?decision=refuse"
        assert send(browser, refuse, reason="Not agreed with anybody").status_code == 302
        waiting[kind].refresh_from_db()
        assert waiting[kind].state == "refused"
    assert marks().commands == commands


def test_nobody_decides_what_he_asked_for(firm, waiting, client_for, send) -> None:
    before = marks()
    for kind, row in waiting.items():
        user = firm.owner if kind == "fees" else firm.finance
        browser = client_for(user)
        assert b"A second person has to decide" in browser.get(address_of(kind, row)).content
        for decision in ("approve", "refuse"):
            answer = send(browser, f"{address_of(kind, row)}?decision={decision}", reason=REASON)
            assert answer.status_code == 422, kind
    assert marks() == before


def test_who_may_see_but_not_decide_is_told_and_changes_nothing(
    firm, waiting, client_for, staff_of, send
) -> None:
    auditor, admin = client_for(staff_of("auditor")), client_for(staff_of("admin"))
    before = marks()
    for kind, row in waiting.items():
        page = auditor.get(address_of(kind, row)).content.decode()
        assert "Your role sees this and does not decide it" in page, kind
        assert send(auditor, address_of(kind, row), reason=REASON).status_code == 422
    assert admin.get(address_of("adjustment", firm.waiting)).status_code == 404
    assert address_of("adjustment", firm.waiting) not in admin.get(INBOX).content.decode()
    assert marks() == before


def test_strangers_and_other_firms_get_nothing(
    firm, waiting, client_for, staff_of, other_tenant, charlie, send
) -> None:
    before = marks()
    for browser in (
        client_for(firm.bob),
        client_for(charlie, tenant=firm.tenant),
        client_for(staff_of("owner", other_tenant), tenant=firm.tenant),
    ):
        for kind, row in waiting.items():
            assert browser.get(address_of(kind, row)).status_code == 302
            assert send(browser, address_of(kind, row), reason=REASON).status_code == 302
    at_home = client_for(staff_of("owner", other_tenant))
    assert at_home.get(address_of("adjustment", firm.waiting)).status_code == 404
    assert marks() == before


def test_a_second_click_and_a_late_colleague(firm, client_for, staff_of) -> None:
    address = address_of("adjustment", firm.waiting)
    fields = {"token": "0b8bb0f2-47f4-4a4c-9d0e-0d3e2c6d3a77"}
    browser, late = client_for(firm.owner), client_for(staff_of("finance"))
    first = browser.post(address, fields)
    before = marks()
    assert browser.post(address, fields)["Location"] == first["Location"]
    other = late.post(address, {"token": "0b8bb0f2-47f4-4a4c-9d0e-0d3e2c6d3a78"}, follow=True)
    assert b"somebody has decided it" in other.content
    assert marks() == before
    assert late.get(address).status_code == 404
    assert late.get(f"{INBOX}nothing/1/").status_code == 404


def test_the_menu_and_the_start_page_count_what_is_mine_to_decide(
    firm, waiting, client_for
) -> None:
    home = client_for(firm.owner).get("/backoffice/").content.decode()
    assert "Adjustment: 1 request waits for your word" in home
    assert "Fees: " not in home  # asked for by this very owner
    assert 'href="/backoffice/approvals/?kind=adjustment"' in home
