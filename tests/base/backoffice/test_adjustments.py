"""Credits and debits: asked for by one, decided by another, applied by the engine, once."""

import people
from firms import REASON, marks
from wallets.adjustments.models import Adjustment, State


def ask(send, browser, firm, **changes):
    fields = {
        "account": firm.account.pk,
        "direction": "credit",
        "asset": firm.waiting.asset.pk,
        "amount": "12.5",
        "kind": "correction",
        "reason": REASON,
        **changes,
    }
    return send(browser, "/backoffice/adjustments/new/", **fields)


def test_asked_approved_applied_and_in_the_books(firm, client_for, send) -> None:
    answer = ask(send, client_for(firm.finance), firm)
    row = Adjustment.objects.latest("pk")
    assert answer["Location"] == f"/backoffice/adjustments/{row.pk}/"
    assert (row.amount_units, row.state) == (1_250_000_000, State.REQUESTED)
    send(client_for(firm.owner), f"/backoffice/adjustments/{row.pk}/approve/")
    firm.books.prove()
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (State.APPLIED, firm.owner)
    page = client_for(firm.owner).get(f"/backoffice/adjustments/{row.pk}/").content.decode()
    assert f"/backoffice/ledger/events/{row.result_seq}/" in page


def test_a_debit_takes_away(firm, client_for, send) -> None:
    ask(send, client_for(firm.finance), firm, direction="debit")
    assert Adjustment.objects.latest("pk").amount_units == -1_250_000_000


def test_nobody_approves_what_he_asked_for(firm, client_for, send) -> None:
    browser = client_for(firm.finance)
    page = browser.get(f"/backoffice/adjustments/{firm.waiting.pk}/approve/")
    assert b"A second person has to decide" in page.content
    before = marks()
    for verb in ("approve", "refuse"):
        answer = send(browser, f"/backoffice/adjustments/{firm.waiting.pk}/{verb}/", reason=REASON)
        assert answer.status_code == 422
        assert b"A second person has to decide" in answer.content
    assert marks() == before
    firm.waiting.refresh_from_db()
    assert firm.waiting.state == State.REQUESTED


def test_a_second_decision_is_refused(firm, client_for, staff_of, send) -> None:
    address = f"/backoffice/adjustments/{firm.waiting.pk}/refuse/"
    assert send(client_for(firm.owner), address, reason=REASON).status_code == 302
    third = client_for(staff_of("finance"))
    before = marks()
    late = send(
        third,
        f"/backoffice/adjustments/{firm.waiting.pk}/approve/",
    )
    assert late.status_code == 422 and b"decided already" in late.content
    assert marks() == before


def test_the_same_form_sent_twice_asks_once(firm, client_for) -> None:
    browser = client_for(firm.finance)
    fields = {
        "token": "0b8bb0f2-47f4-4a4c-9d0e-0d3e2c6d3a11",
        "account": firm.account.pk,
        "direction": "credit",
        "asset": firm.waiting.asset.pk,
        "amount": "1",
        "kind": "correction",
        "reason": REASON,
    }
    before = Adjustment.objects.count()
    first = browser.post("/backoffice/adjustments/new/", fields)
    second = browser.post("/backoffice/adjustments/new/", fields)
    assert Adjustment.objects.count() == before + 1
    assert first["Location"] == second["Location"]


def test_somebody_elses_token_gives_nothing_away(firm, client_for, staff_of) -> None:
    fields = {
        "token": "0b8bb0f2-47f4-4a4c-9d0e-0d3e2c6d3a12",
        "account": firm.account.pk,
        "direction": "credit",
        "asset": firm.waiting.asset.pk,
        "amount": "1",
        "kind": "correction",
        "reason": REASON,
    }
    first = client_for(firm.finance).post("/backoffice/adjustments/new/", fields)
    stranger = client_for(staff_of("finance"))
    before = marks()
    other = stranger.post("/backoffice/adjustments/new/", fields)
    assert other["Location"] == "/backoffice/adjustments/" != first["Location"]
    assert marks() == before


def test_mistakes_keep_what_was_typed_and_say_what_to_do(firm, client_for, send) -> None:
    browser = client_for(firm.finance)
    before = marks()
    for changes, sentence in (
        ({"amount": "0.123456789"}, "At most 8 decimal places"),
        ({"amount": "-5"}, "not negative"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "12,5"}, "plain number"),
        ({"account": "999999"}, "There is no such account."),
        ({"reason": ""}, "This field is required."),
    ):
        answer = ask(send, browser, firm, **changes)
        assert answer.status_code == 422
        assert sentence in answer.content.decode(), changes
        assert REASON in answer.content.decode() or "reason" in changes
    assert marks() == before


def test_a_form_without_a_token_is_refused(firm, client_for) -> None:
    before = marks()
    answer = client_for(firm.owner).post(
        f"/backoffice/adjustments/{firm.waiting.pk}/approve/", {"reason": REASON}
    )
    assert answer.status_code == 422
    assert marks() == before


def test_charlies_own_finance_cannot_reach_it(firm, staff_of, other_tenant, send) -> None:
    browser = people.browser_of(other_tenant, staff_of("finance", other_tenant))
    before = marks()
    answer = send(browser, f"/backoffice/adjustments/{firm.waiting.pk}/approve/")
    assert answer.status_code == 404
    assert marks() == before
