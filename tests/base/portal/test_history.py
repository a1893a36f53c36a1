"""Orders, fills, statement, balances and their CSV: the owner's rows and nobody else's."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection

import people
from identity.models import User
from portal import history
from portal.portfolio import portfolio_of
from tenants.models import Tenant
from trading.accounts.selectors import access_account
from trading.engine.enums import OrderStatus, OrderType, Side, TimeInForce
from trading.instruments.info import instrument_info
from trading.orders.models import Order, Trade
from wallets.ledger import chart
from wallets.ledger.models import Balance, EntryKind, JournalEntry, Line, Posting
from wallets.reports import statements

Client = Callable[..., people.Browser]
DAY = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
USDT = 10**8


def add_order(account_id: int, order_id: int, **values: Any) -> Order:
    info = instrument_info("BTC-USDT")
    fields = {
        "instrument_id": info.id, "client_order_id": f"own-{order_id}", "side": Side.BUY,
        "order_type": OrderType.LIMIT, "time_in_force": TimeInForce.GTC,
        "self_trade_prevention": 1, "flags": 0, "lots": 100, "ticks": 6_000_000,
        "quote_units": 0, "leaves_lots": 100, "cumulative_lots": 0,
        "cumulative_quote_units": 0, "status": OrderStatus.OPEN, "placed_seq": order_id,
        "updated_seq": order_id, "placed_at": DAY, "updated_at": DAY,
    }  # fmt: skip
    return Order.objects.create(pk=order_id, account_id=account_id, **(fields | values))


def add_trade(maker_id: int, taker_id: int, trade_id: int, **values: Any) -> Trade:
    info = instrument_info("BTC-USDT")
    fields = {
        "seq": trade_id, "event_index": 0, "time": DAY, "instrument_id": info.id,
        "taker_side": Side.BUY, "lots": 100, "ticks": 6_000_000, "base_units": 100_000,
        "quote_units": 60 * USDT, "maker_order_id": 1, "taker_order_id": 2,
        "maker_fee_units": 3, "taker_fee_units": 5,
    }  # fmt: skip
    return Trade.objects.create(
        pk=trade_id, maker_account_id=maker_id, taker_account_id=taker_id, **(fields | values)
    )


def credit(account_id: int, units: int, number: int) -> None:
    """A balanced entry: custody Dr, customer Cr; and the balance as clearing keeps it."""
    asset_id = instrument_info("BTC-USDT").quote_id
    customer = chart.ledger_account_id(Line.ENGINE_ACCOUNT, account_id, asset_id)
    custody = chart.ledger_account_id(Line.CUSTODY, 0, asset_id)
    with connection.cursor() as cursor:
        chart.ensure_ledger_accounts(cursor, [customer, custody])
    entry = JournalEntry.objects.create(
        pk=number << 20, kind=EntryKind.DEPOSIT, seq=number,
        time=DAY + timedelta(minutes=number), reference_id=number,
    )  # fmt: skip
    for line, (ledger_account_id, signed) in enumerate([(custody, units), (customer, -units)]):
        Posting.objects.create(
            entry_id=entry.pk, line=line, ledger_account_id=ledger_account_id, units=signed
        )
        balance, _ = Balance.objects.get_or_create(
            ledger_account_id=ledger_account_id, defaults={"units": 0, "entry_id": entry.pk}
        )
        Balance.objects.filter(pk=balance.pk).update(
            units=balance.units + signed, entry_id=entry.pk
        )


def csv_rows(browser: people.Browser, address: str) -> list[dict[str, str]]:
    answer: Any = browser.get(address)
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"

    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    text = async_to_sync(read)().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_orders_are_their_owners_only(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant
) -> None:
    add_order(access_account(alice).pk, 7001)
    assert "7001" in client_for(alice).get("/orders").content.decode()
    assert "7001" not in client_for(bob).get("/orders").content.decode()
    assert csv_rows(client_for(bob), "/orders?format=csv") == []
    assert client_for(charlie, tenant=tenant).get("/orders?format=csv").status_code == 302


def test_order_filters_and_pages(alice: User) -> None:
    account = access_account(alice)
    for number in range(5):
        add_order(account.pk, 100 + number, side=Side.SELL if number % 2 else Side.BUY,
                  status=OrderStatus.FILLED if number < 2 else OrderStatus.OPEN,
                  placed_at=DAY + timedelta(days=number))  # fmt: skip

    def ids(**filters: Any) -> list[str]:
        return [row["order_id"] for row in history.orders(account, filters).rows]

    assert ids() == ["104", "103", "102", "101", "100"]
    assert ids(side="sell") == ["103", "101"]
    assert ids(status="open") == ["104", "103", "102"]
    assert ids(status="filled", side="buy") == ["100"]
    assert ids(instrument="ETH-USDT") == []
    assert ids(begin=DAY.date() + timedelta(days=3)) == ["104", "103"]
    assert ids(end=DAY.date()) == ["100"]
    first = history.orders(account, {}, limit=2)
    second = history.orders(account, {}, limit=2, cursor=first.next_cursor)
    last = history.orders(account, {}, limit=2, cursor=second.next_cursor)
    shown = [row["order_id"] for page in (first, second, last) for row in page.rows]
    assert shown == ["104", "103", "102", "101", "100"]
    assert last.next_cursor == ""


def test_where_nothing_is_yet_a_button_says_what_to_do(client_for: Client, bob: User) -> None:
    browser = client_for(bob)
    for page, link in (("/orders", "/trade"), ("/fills", "/trade"), ("/balances", "/dashboard")):
        shown = browser.get(page).content.decode()
        assert f'<a class="button small" href="{link}">' in shown
        assert "&lt;a" not in shown


def test_a_senseless_filter_is_left_out(client_for: Client, alice: User) -> None:
    add_order(access_account(alice).pk, 7001)
    page = client_for(alice).get("/orders?side=up&begin=never&cursor=x&instrument=DROP")
    assert page.status_code == 200
    assert "7001" in page.content.decode()


def test_fills_show_each_side_its_own(client_for: Client, alice: User, bob: User) -> None:
    mine, his = access_account(alice), access_account(bob)
    add_trade(mine.pk, his.pk, 900)
    (maker,) = history.fills(mine, {}).rows
    (taker,) = history.fills(his, {}).rows
    assert (maker["side"], maker["liquidity"], maker["fee_asset"]) == ("sell", "maker", "USDT")
    assert (taker["side"], taker["liquidity"], taker["fee_asset"]) == ("buy", "taker", "BTC")
    assert history.fills(mine, {"side": "buy"}).rows == []
    assert len(history.fills(mine, {"side": "sell"}).rows) == 1
    (row,) = csv_rows(client_for(alice), "/fills?format=csv")
    assert (row["price"], row["quantity"], row["fee"]) == ("60000.00", "0.00100", "0.00000003")
    assert row["time"] == "2026-03-14T12:00:00.000+00:00"


def movements(browser: people.Browser, query: str = "") -> list[dict[str, str]]:
    """The movements of a statement's CSV, oldest first."""
    rows = csv_rows(browser, f"/statement?file=csv{query}")
    return [row for row in rows if row["entry_id"]]


def test_statement_runs_with_the_booked_balance(client_for: Client, alice: User, bob: User) -> None:
    account = access_account(alice)
    for number, units in enumerate((50 * USDT, 25 * USDT, 5 * USDT), start=1):
        credit(account.pk, units, number)
    rows, _ = statements.page(account)
    assert [row.amount_units for row in rows] == [5 * USDT, 25 * USDT, 50 * USDT]
    assert [row.balance_units for row in rows] == [80 * USDT, 75 * USDT, 50 * USDT]
    _, cursor = statements.page(account, limit=2)
    (oldest,), _ = statements.page(account, cursor, limit=2)
    assert oldest.balance_units == 50 * USDT
    assert statements.page(access_account(bob)) == ([], "")
    exported = movements(client_for(alice), "&asset=USDT")
    assert [row["balance"] for row in exported] == ["50", "75", "80"]
    assert exported[0]["what"] == "Deposit"
    assert movements(client_for(bob)) == []


def test_balances_hold_what_open_orders_hold(client_for: Client, alice: User) -> None:
    account = access_account(alice)
    credit(account.pk, 100 * USDT, 1)
    add_order(account.pk, 5, lots=100, leaves_lots=100, ticks=6_000_000)  # 0.001 BTC at 60 000
    (holding,) = portfolio_of(account, "USDT").holdings
    assert (holding.booked_units, holding.held_units) == (100 * USDT, 60 * USDT)
    assert holding.available_units == 40 * USDT
    page = client_for(alice).get("/balances").content.decode()
    assert "40.00" in page and "60.00" in page and "100.00" in page


def test_a_portfolio_is_valued_at_last_prices(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    account = access_account(alice)
    credit(account.pk, 100 * USDT, 1)
    base_id = instrument_info("BTC-USDT").base_id
    btc = chart.ledger_account_id(Line.ENGINE_ACCOUNT, account.pk, base_id)
    with connection.cursor() as cursor:
        chart.ensure_ledger_accounts(cursor, [btc])
    Balance.objects.create(ledger_account_id=btc, units=-150_000_000, entry_id=1)  # 1.5 BTC
    tickers = [{"instrument": "BTC-USDT", "last": "60000.01"}]
    monkeypatch.setattr("portal.portfolio.current_tickers", lambda: tickers)
    portfolio = portfolio_of(account, "USDT")
    assert portfolio.total_units == 100 * USDT + 9_000_001_500_000
    assert [code for code, _ in portfolio.shares] == ["BTC", "USDT"]
    assert portfolio.unpriced == []
    monkeypatch.setattr("portal.portfolio.current_tickers", list)
    assert portfolio_of(account, "USDT").unpriced == ["BTC"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "\t=1", "-"])
def test_a_spreadsheet_cannot_be_made_to_run_what_a_sender_wrote(
    client_for: Client, alice: User, text: str
) -> None:
    add_order(access_account(alice).pk, 5, client_order_id=text)
    (row,) = csv_rows(client_for(alice), "/orders?format=csv")
    assert row["client_order_id"] == f"'{text}"


def test_a_negative_amount_stays_a_number(client_for: Client, alice: User) -> None:
    account = access_account(alice)
    credit(account.pk, 50 * USDT, 1)
    credit(account.pk, -20 * USDT, 2)
    assert [row["amount"] for row in movements(client_for(alice))] == ["50", "-20"]


def test_an_export_is_whole(
    client_for: Client, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is read at once: all rows of the filter, each once, in order, also a trade with
    oneself at a page's end."""
    monkeypatch.setattr(history, "EXPORT_ROWS", 3)
    monkeypatch.setattr(statements, "ROWS_AT_ONCE", 3)
    mine, his = access_account(alice), access_account(bob)
    for number in range(1, 11):
        add_order(mine.pk, number, side=Side.SELL if number % 2 else Side.BUY)
        add_trade(mine.pk, mine.pk if number in (7, 8) else his.pk, number)
        credit(mine.pk, number * USDT, number)
    browser = client_for(alice)

    def exported(address: str, name: str) -> list[str]:
        return [row[name] for row in csv_rows(browser, f"{address}format=csv")]

    newest_first = [str(number) for number in range(10, 0, -1)]
    assert exported("/orders?", "order_id") == newest_first
    assert exported("/orders?side=sell&", "order_id") == ["9", "7", "5", "3", "1"]
    trades = [*newest_first[:3], "8", "7", *newest_first[3:]]
    assert sorted(exported("/fills?", "trade_id")) == sorted(trades)
    statement = movements(browser)
    assert [row["amount"] for row in statement] == newest_first[::-1]
    balances = [str(sum(range(1, number + 1))) for number in range(1, 11)]
    assert [row["balance"] for row in statement] == balances
    assert len(csv_rows(client_for(bob), "/fills?format=csv")) == 8


def test_an_export_speaks_its_readers_language(client_for: Client, alice: User) -> None:
    credit(access_account(alice).pk, 50 * USDT, 1)
    browser = client_for(alice)
    browser.cookies["language"] = "zh-hans"
    (row,) = movements(browser)
    assert row["what"] == "充值"


@pytest.mark.parametrize(
    "query",
    [
        "cursor=²",
        "cursor=" + "9" * 5_000,
        "cursor=" + "9" * 19,
        "cursor=1-²",
        "cursor=9999999999999999999-1",
        "end=9999-12-31",
        "begin=0001-01-01&end=0001-01-01",
        "cursor=-1",
    ],
)
@pytest.mark.parametrize("page", ["orders", "fills", "statement"])
def test_odd_questions_are_answered(client_for: Client, alice: User, page: str, query: str) -> None:
    assert client_for(alice).get(f"/{page}?{query}").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/orders?instrument=%00", "/trade/%00", "/statement?cursor=%01", "/api-keys?x=%7f", "/%1b"],
)
def test_control_characters_in_an_address_are_refused(
    client_for: Client, alice: User, address: str
) -> None:
    refused = client_for(alice).get(address)
    assert refused.status_code == 400
    assert "cannot be understood" in refused.content.decode()
    assert client_for().get(address).status_code == 400


@pytest.mark.parametrize("cookie", ['"\\000aaaaaaaaaaaa"', "x" * 32 + "'", "é" * 32, "A" * 32])
def test_a_session_cookie_may_hold_anything(
    client_for: Client, tenant: Tenant, cookie: str
) -> None:
    browser = client_for()
    answer = browser.get("/dashboard", headers={"cookie": f"session={cookie}"})
    assert answer["Location"].startswith("/sign-in")
