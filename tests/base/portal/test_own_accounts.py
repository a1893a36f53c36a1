"""Own accounts on the portal: opening within the firm's limit, naming, choosing, moving money."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

import people
from api import access
from books import Books, books
from firms import Firm, firm
from identity.models import User
from kyc.actions import rights
from tenants import actions as tenants
from tenants.models import Tenant
from trading.accounts import actions
from trading.accounts.models import Account, AccountState, ChosenAccount
from trading.accounts.selectors import access_account, open_accounts_of
from trading.commands.models import QueuedCommand
from wallets.ledger.selectors import booked_units
from wallets.transfers import actions as moving
from wallets.transfers.models import OwnTransfer

__all__ = ["books", "firm"]

Client = Callable[..., people.Browser]


def wish(name: str = "Savings", key: str = "") -> dict[str, str]:
    return {"name": name, "request_key": key or str(uuid.uuid4())}


def second_of(user: User, name: str = "Savings") -> Account:
    return actions.open_account(user=user, acting_user=user, name=name)


def set_most(tenant: Tenant, number: int) -> None:
    tenants.change_setting(
        tenant=tenant, name="accounts.most_per_customer", value=number, acting_user=None
    )


def test_a_double_click_opens_one_account(client_for: Client, alice: User) -> None:
    page, sent = client_for(alice), wish("  Savings ")
    for _ in range(2):
        assert page.post("/accounts/open", sent).status_code == 302
    made = Account.objects.get(user=alice, name="Savings")
    assert "Savings" in page.get("/accounts").content.decode()
    assert made.versions.get().command is not None
    assert open_accounts_of(alice).count() == 2


def test_the_firms_limit_is_told_and_holds(client_for: Client, alice: User, tenant: Tenant) -> None:
    page = client_for(alice)
    for number in range(4):
        assert page.post("/accounts/open", wish(f"No {number}")).status_code == 302
    before = QueuedCommand.objects.count()
    refused = page.post("/accounts/open", wish("Sixth"))
    assert refused.status_code == 422
    assert "There may be 5 open accounts." in refused.content.decode()
    assert "You may have 5 open accounts here." in page.get("/accounts").content.decode()
    assert open_accounts_of(alice).count() == 5 and QueuedCommand.objects.count() == before
    set_most(tenant, 1)
    assert page.post("/accounts/open", wish("Sixth")).status_code == 422
    assert open_accounts_of(alice).count() == 5


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x07b", "a\u202eb", "sPOT"])
def test_names_that_are_none_or_taken(client_for: Client, alice: User, name: str) -> None:
    assert client_for(alice).post("/accounts/open", wish(name)).status_code == 422
    account = access_account(alice)
    second_of(alice)
    if name != "sPOT":  # its own in other letters it may have
        sent = client_for(alice).post(f"/accounts/{account.pk}/name", {"name": name})
        assert sent.status_code == 409
    taken = client_for(alice).post(f"/accounts/{account.pk}/name", {"name": "savings"})
    assert taken.status_code == 409
    account.refresh_from_db()
    assert account.name == "Spot" and open_accounts_of(alice).count() == 2


def test_no_further_account_beside_a_frozen_one(
    client_for: Client, alice: User, staff_of: Callable[..., User]
) -> None:
    account = access_account(alice)
    actions.set_account_state(
        account=account, state=AccountState.CANCEL_ONLY, acting_user=staff_of("owner")
    )
    refused = client_for(alice).post("/accounts/open", wish())
    assert refused.status_code == 422 and "may not trade just now" in refused.content.decode()
    assert open_accounts_of(alice).count() == 1


def test_who_is_held_back_gets_no_active_account_by_closing_his_own(
    alice: User, staff_of: Callable[..., User]
) -> None:
    rights.restrict(user=alice, acting_user=staff_of("compliance"), reason="Looked into")
    actions.mark_closed(account=access_account(alice))
    made = second_of(alice)
    made.refresh_from_db()
    assert made.state == AccountState.CANCEL_ONLY


def test_pages_are_of_the_account_chosen(client_for: Client, firm: Firm) -> None:
    alice, page = firm.alice, client_for(firm.alice)
    assert "account-switch" not in page.get("/dashboard").content.decode()
    assert "side sell" in page.get("/orders").content.decode()
    second = second_of(alice)
    answer = page.post("/accounts/choose", {"account": second.pk, "next": "/orders"})
    assert answer.status_code == 302 and answer["Location"] == "/orders"
    assert access_account(alice) == second
    assert "account-switch" in page.get("/dashboard").content.decode()
    assert "side sell" not in page.get("/orders").content.decode()
    found = re.search(
        r'id="terminal-setup"[^>]*>(.*?)</script>', page.get("/trade/BTC-USDT").content.decode()
    )
    assert found and json.loads(found.group(1))["account"] == second.pk
    caller = access.page_caller(firm.tenant, alice, second_factor=True)
    assert caller is not None and caller.default_account_id == second.pk
    key = access.caller_of(firm.tenant, alice, frozenset({"read"}), "bucket")
    assert key.default_account_id == firm.account.pk
    page.post("/accounts/choose", {"account": firm.account.pk, "next": "https://evil.example/"})
    assert access_account(alice) == firm.account
    firm.books.prove()


def test_a_closed_choice_falls_back_to_the_first_open_one(
    engine: Any, books: Books, client_for: Client, alice: User
) -> None:
    first, second = access_account(alice), second_of(alice)
    books.settle()
    page = client_for(alice)
    page.post("/accounts/choose", {"account": second.pk})
    assert access_account(alice) == second
    assert page.post(f"/accounts/{second.pk}/close").status_code == 302
    assert access_account(alice) == first
    page.post("/accounts/choose", {"account": second.pk})
    assert access_account(alice) == first
    # Its name is free again.
    assert page.post("/accounts/open", wish("Savings")).status_code == 302


def test_nobody_elses_account_is_named_or_chosen(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant
) -> None:
    account, second = access_account(alice), second_of(alice)
    for stranger in (client_for(bob), client_for(charlie)):
        assert stranger.post("/accounts/choose", {"account": second.pk}).status_code == 404
        assert stranger.post(f"/accounts/{second.pk}/name", {"name": "Mine"}).status_code == 404
    for address in ("choose", "open", f"{second.pk}/name"):
        for visitor in (client_for(tenant=tenant), client_for(charlie, tenant=tenant)):
            sent = visitor.post(f"/accounts/{address}", {"account": second.pk, **wish("Mine")})
            assert sent.status_code == 302 and sent["Location"].startswith("/sign-in")
    for odd in ("", "x", "9" * 30, "-1"):
        assert client_for(alice).post("/accounts/choose", {"account": odd}).status_code == 404
    second.refresh_from_db()
    assert second.name == "Savings" and not ChosenAccount.objects.exists()
    assert set(open_accounts_of(alice)) == {account, second}


def move(second: Account, first: Account, amount: str = "40", **fields: Any) -> dict[str, Any]:
    return {
        "source": first.pk, "target": second.pk, "asset": "USDT", "amount": amount,
        "request_key": str(uuid.uuid4()), **fields,
    }  # fmt: skip


def test_money_goes_over_and_the_page_tells(client_for: Client, firm: Firm) -> None:
    alice, page = firm.alice, client_for(firm.alice)
    assert "two accounts" in page.get("/transfers").content.decode()
    second = second_of(alice)
    firm.books.settle()
    sent = move(second, firm.account)
    first_answer, again = page.post("/transfers", sent), page.post("/transfers", sent)
    row = OwnTransfer.objects.get()
    assert first_answer["Location"] == again["Location"] == f"/transfers/{row.pk}"
    assert 'http-equiv="refresh"' in page.get(f"/transfers/{row.pk}").content.decode()
    for _ in range(3):
        firm.books.prove()
        moving.advance()
    told = page.get(f"/transfers/{row.pk}").content.decode()
    assert "Arrived" in told and 'http-equiv="refresh"' not in told
    usdt = row.asset
    assert booked_units(second, usdt.pk) == usdt.units_of("40")
    assert "Savings" in page.get("/transfers").content.decode()
    listed = b"".join(page.get("/transfers?format=csv"))  # type: ignore[arg-type]
    assert f"{row.pk},".encode() in listed and b",USDT,40" in listed
    line = page.get(f"/statement?account={second.pk}").content.decode()
    assert "From another account of yours" in line
    firm.books.prove()


def test_what_cannot_be_moved_is_told_beside_the_field(client_for: Client, firm: Firm) -> None:
    page, second = client_for(firm.alice), second_of(firm.alice)
    firm.books.settle()
    before = QueuedCommand.objects.count()
    for fields, sentence in (
        ({"amount": "0"}, "above zero"),
        ({"amount": "-1"}, "above zero"),
        ({"amount": "one"}, "no amount"),
        ({"amount": "1.0000000000000000001"}, "too many places"),
        ({"amount": "99999999"}, "are available"),
        ({"target": firm.account.pk}, "two different accounts"),
        ({"target": access_account(firm.bob).pk}, "Select a valid choice"),
        ({"asset": "NONE"}, "Select a valid choice"),
        ({"request_key": "x"}, "Open the form again"),
    ):
        answer = page.post("/transfers", {**move(second, firm.account), **fields})
        assert answer.status_code == 422, fields
        assert sentence in answer.content.decode(), fields
    assert not OwnTransfer.objects.exists() and QueuedCommand.objects.count() == before
    firm.books.prove()


def test_nobody_else_sees_or_makes_a_transfer(
    client_for: Client, firm: Firm, charlie: User, tenant: Tenant
) -> None:
    second = second_of(firm.alice)
    client_for(firm.alice).post("/transfers", move(second, firm.account))
    row = OwnTransfer.objects.get()
    for stranger in (client_for(firm.bob), client_for(charlie)):
        assert stranger.get(f"/transfers/{row.pk}").status_code == 404
        assert stranger.post("/transfers", move(second, firm.account)).status_code in (200, 422)
    for visitor in (client_for(tenant=tenant), client_for(charlie, tenant=tenant)):
        assert visitor.get(f"/transfers/{row.pk}").status_code == 302
        assert visitor.post("/transfers", move(second, firm.account)).status_code == 302
    assert OwnTransfer.objects.count() == 1
