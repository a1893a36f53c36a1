"""Accounts are closed when nothing is in them or on its way, and the engine knows at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

import people
from audit.models import AuditRecord
from backoffice.once import new_token
from books import Books, books
from care.actions import closings
from care.errors import CareError
from care.models import AccountClosing
from firms import Firm, firm
from identity.models import User
from messaging.models import OutboxMail
from tenants.models import Tenant
from trading.accounts.models import Account, AccountState
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine.results import Result
from trading.instruments.selectors import instrument_info
from trading.orders import placing

__all__ = ["books", "firm"]

Client = Callable[..., people.Browser]
REASON = "Asked for by the customer"


def account_of(user: User) -> Account:
    return access_account(user)


def test_an_empty_account_is_closed_by_its_owner_and_takes_no_orders(
    engine: Any, books: Books, alice: User, client_for: Client
) -> None:
    books.settle()
    account = account_of(alice)
    page = client_for(alice).get("/accounts").content.decode()
    assert account.name in page and "Active" in page
    answer = client_for(alice).post(f"/accounts/{account.pk}/close")
    assert answer.status_code == 302
    books.settle()
    account.refresh_from_db()
    assert account.state == AccountState.SUSPENDED
    assert AccountClosing.objects.get().closed_by == alice
    command = placing.build_place_order(
        instrument_info("BTC-USDT"), account.pk, {"side": "buy", "price": "10", "quantity": "1"}
    )
    assert door.send_command(command).result == Result.ACCOUNT_SUSPENDED
    assert OutboxMail.objects.filter(user=alice, template="account_closed").count() == 1
    assert AuditRecord.objects.filter(action="care.close_account").count() == 1
    assert "Closed" in client_for(alice).get("/accounts").content.decode()
    with pytest.raises(CareError):
        closings.close_account(account=account, reason="", acting_user=alice)


def test_what_is_in_it_or_on_its_way_stands_against_it(
    firm: Firm, client_for: Client, bob: User
) -> None:
    answer = client_for(firm.alice).post(f"/accounts/{firm.account.pk}/close")
    assert answer.status_code == 409
    page = answer.content.decode()
    for sentence in (
        "There is money in it: withdraw it first.",
        "Orders are open: cancel them first.",
        "A deposit or withdrawal is on its way",  # an adjustment that waits
    ):
        assert sentence in page
    refused = client_for(firm.owner).post(
        f"/backoffice/accounts/{firm.account.pk}/close/",
        {"token": new_token(), "reason": REASON},
    )
    assert refused.status_code == 422
    assert b"There is money in it" in refused.content
    firm.account.refresh_from_db()
    assert firm.account.state == AccountState.ACTIVE and not AccountClosing.objects.exists()
    firm.books.prove()


def test_staff_close_it_and_open_it_again(
    engine: Any, books: Books, alice: User, staff_of: Callable[..., User], client_for: Client
) -> None:
    books.settle()
    account, owner = account_of(alice), staff_of("owner")
    desk, base = client_for(owner), f"/backoffice/accounts/{account.pk}"

    def send(path: str) -> int:
        sent = {"token": new_token(), "reason": REASON}
        return int(desk.post(f"{base}/{path}/", sent).status_code)

    assert send("reopen") == 422
    assert send("close") == 302
    assert send("close") == 422
    books.settle()
    assert "Closed" in client_for(alice).get("/accounts").content.decode()
    state = desk.get(f"{base}/state/").content.decode()
    assert "open it again" in state
    assert send("reopen") == 302
    books.settle()
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE
    command = placing.build_place_order(
        instrument_info("BTC-USDT"), account.pk, {"side": "buy", "price": "10", "quantity": "1"}
    )
    assert door.send_command(command).result != Result.ACCOUNT_SUSPENDED
    assert send("close") == 302
    assert AccountClosing.objects.count() == 2


def test_nobody_elses_account_is_closed(
    engine: Any,
    books: Books,
    alice: User,
    bob: User,
    charlie: User,
    tenant: Tenant,
    staff_of: Callable[..., User],
    client_for: Client,
) -> None:
    books.settle()
    account = account_of(alice)
    path = f"/accounts/{account.pk}/close"
    assert client_for(bob).post(path).status_code == 404
    assert client_for(charlie).post(path).status_code == 404
    assert client_for(charlie, tenant=tenant).post(path).status_code == 302
    assert client_for(tenant=tenant).post(path).status_code == 302
    with pytest.raises(PermissionDenied):
        closings.close_account(account=account, reason=REASON, acting_user=bob)
    with pytest.raises(PermissionDenied):
        closings.close_account(account=account, reason=REASON, acting_user=staff_of("support"))
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE and not AccountClosing.objects.exists()


def test_without_the_engine_nothing_is_closed(
    engine: Any, books: Books, alice: User, client_for: Client
) -> None:
    books.settle()
    engine.kill()
    answer = client_for(alice).post(f"/accounts/{account_of(alice).pk}/close")
    assert answer.status_code == 409
    assert "We cannot look into it just now" in answer.content.decode()
    assert not AccountClosing.objects.exists()
