"""Opening accounts and moving money between them over HTTP: Alice's own, out of others' reach."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

import bots
from live_exchange import Exchange, code_of
from trading.accounts.models import Account
from wallets.ledger.verify import verify_books
from wallets.transfers import actions
from wallets.transfers.models import OwnTransfer

ACCOUNTS, TRANSFERS = "/api/v1/accounts", "/api/v1/transfers"


@pytest.fixture(autouse=True)
def proved(exchange: Exchange) -> Iterator[None]:
    yield
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def opened(bot: bots.Bot, name: str = "") -> dict[str, Any]:
    name = name or f"Grid {secrets.token_hex(3)}"
    body = {"name": name, "client_account_id": secrets.token_hex(6)}
    answer, again = bot.send("POST", ACCOUNTS, body), bot.send("POST", ACCOUNTS, body)
    assert answer.status_code == again.status_code == 200, answer.text
    assert answer.json() == again.json()
    assert answer.json()["name"] == name
    return dict(answer.json())


def counted() -> tuple[int, int]:
    return Account.objects.count(), OwnTransfer.objects.count()


def test_an_amount_goes_to_a_further_account(exchange: Exchange, alice_bot: bots.Bot) -> None:
    first, second = exchange.account_id("alice"), opened(alice_bot)["account"]
    known = [row["account"] for row in alice_bot.get("/api/v1/account").json()["accounts"]]
    assert {first, second} <= set(known)
    body = {
        "from_account": first, "to_account": second, "asset": "USDT", "amount": "2.5",
        "client_transfer_id": secrets.token_hex(6),
    }  # fmt: skip
    asked, again = (alice_bot.send("POST", TRANSFERS, body) for _ in range(2))
    assert asked.status_code == 200, asked.text
    row = asked.json()
    assert row["state"] == "requested" and again.json()["transfer_id"] == row["transfer_id"]

    def is_done() -> bool:
        with exchange.inside("aurora"):
            actions.advance()
        return bool(alice_bot.get(f"{TRANSFERS}/{row['transfer_id']}").json()["ended_at"])

    exchange.world.wait_for(is_done)
    told = alice_bot.get(f"{TRANSFERS}?client_transfer_id={body['client_transfer_id']}").json()
    assert [each["state"] for each in told["results"]] == ["done"]
    held = alice_bot.get(f"/api/v1/balances?account={second}").json()["results"]
    assert {each["asset"]: each["booked"] for each in held}["USDT"] == "2.5"
    lines = alice_bot.get(f"/api/v1/statement?account={second}").json()["results"]
    assert "own_transfer_in" in str(lines)


def test_what_cannot_be_is_refused(exchange: Exchange, alice_bot: bots.Bot) -> None:
    first, second = exchange.account_id("alice"), opened(alice_bot)["account"]
    good = {
        "from_account": first, "to_account": second, "asset": "USDT", "amount": "1",
        "client_transfer_id": "k",
    }  # fmt: skip
    with exchange.inside("aurora"):
        before = counted()
    for changes, code in (
        ({"to_account": first}, "TRANSFER_REFUSED"),
        ({"to_account": exchange.account_id("bob")}, "UNKNOWN_ACCOUNT"),
        ({"from_account": "1"}, "BAD_REQUEST"),
        ({"amount": "0"}, "TRANSFER_REFUSED"),
        ({"amount": "-1"}, "TRANSFER_REFUSED"),
        ({"amount": "999999999999999"}, "TRANSFER_REFUSED"),
        ({"amount": 1}, "BAD_AMOUNT"),
        ({"amount": "0.0000000000001"}, "BAD_AMOUNT"),
        ({"asset": "NONE"}, "UNKNOWN_ASSET"),
        ({"client_transfer_id": "a b"}, "BAD_REQUEST"),
        ({"more": 1}, "BAD_REQUEST"),
    ):
        answer = alice_bot.send("POST", TRANSFERS, {**good, **changes})
        assert code_of(answer) == code, changes
    for body in ({"name": 1, "client_account_id": "x"}, {"name": "x"}):
        assert code_of(alice_bot.send("POST", ACCOUNTS, body)) == "BAD_REQUEST"
    taken = {"name": "Spot", "client_account_id": "x"}
    assert code_of(alice_bot.send("POST", ACCOUNTS, taken)) == "ACCOUNT_REFUSED"
    with exchange.inside("aurora"):
        assert counted() == before


def test_nobody_else_moves_or_sees_it(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    first = exchange.account_id("alice")
    with exchange.inside("aurora"):
        row = OwnTransfer.objects.first()
        second = Account.objects.filter(user__email__startswith="alice@").last()
        before = counted()
    assert row is not None and second is not None
    body = {
        "from_account": first, "to_account": second.pk, "asset": "USDT", "amount": "1",
        "client_transfer_id": "theirs",
    }  # fmt: skip
    for stranger in (bob_bot, charlie_bot):
        assert stranger.get(f"{TRANSFERS}/{row.pk}").status_code == 404
        assert stranger.get(TRANSFERS).json()["results"] == []
        assert stranger.send("POST", TRANSFERS, body).status_code in (404, 409)
    _, reader = exchange.make_key("alice", permissions=["read"])
    with reader:
        assert reader.get(TRANSFERS).status_code == 200
        for path, sent in ((TRANSFERS, body), (ACCOUNTS, {"name": "N", "client_account_id": "n"})):
            assert code_of(reader.send("POST", path, sent)) == "PERMISSION_MISSING"
    with exchange.inside("aurora"):
        assert counted() == before
