"""Instruments, fees and orders: changes that hold at once, with history; cancels with a reason."""

from firms import REASON, marks
from order_fields import list_of
from trading.accounts.models import AccountGroup
from trading.commands import door
from trading.commands.actions import enqueue_command
from trading.engine import commands
from trading.engine.queries import QueryOrder
from trading.engine.results import Result
from trading.instruments.models import Asset, FeeSchedule, Instrument, State
from trading.instruments.selectors import instrument_info
from trading.orders import actions as orders
from trading.orders.models import Order, Replacement, Status


def rules(row: Instrument, **changes: str) -> dict[str, str]:
    return {
        "tick_size": f"{row.tick_size:f}",
        "lot_size": f"{row.lot_size:f}",
        "min_quantity": f"{row.min_quantity:f}",
        "max_quantity": f"{row.max_quantity:f}",
        "min_notional": f"{row.min_notional:f}",
        "max_notional": f"{row.max_notional:f}",
        "price_band_bp": "10",
        "maker_ppm": "0.1",
        "taker_ppm": "0.2",
        "reason": REASON,
        **changes,
    }


def test_changed_rules_are_in_force_in_the_engine_and_in_the_history(
    firm, client_for, send
) -> None:
    browser = client_for(firm.owner)
    row = Instrument.objects.get(symbol="BTC-USDT")
    address = f"/backoffice/instruments/{row.pk}/rules/"
    answer = send(browser, address, **rules(row, max_quantity="7"))
    assert answer["Location"] == f"/backoffice/instruments/{row.pk}/"
    firm.books.settle()
    row.refresh_from_db()
    assert (f"{row.max_quantity.normalize():f}", row.maker_ppm) == ("7", 1000)
    page = browser.get(answer["Location"]).content.decode()
    assert "<ins>7 BTC</ins>" in page and REASON in page and "Applied" in page
    assert "at most 7 BTC an order" in page


def test_a_refusal_of_the_engine_is_shown_as_such(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    enqueue_command(
        commands.SetInstrumentState(instrument_id=999_999, state=1), acting_user=firm.owner
    )
    firm.books.settle()
    home = browser.get("/backoffice/").content.decode()
    assert "1 command was refused by the engine" in home


def test_nonsense_is_refused_beside_its_field(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    row = Instrument.objects.get(symbol="BTC-USDT")
    before = marks()
    for changes, sentence in (
        ({"tick_size": "0"}, "The tick size must be above zero."),
        ({"tick_size": "0.02"}, "Tick size and lot size are permanent"),
        ({"tick_size": "0.00000001", "lot_size": "0.00000001"}, "Tick size times lot size"),
        ({"max_quantity": "0.000001"}, "not a multiple of its step"),
        ({"maker_ppm": "-1"}, "not negative"),
        ({"maker_ppm": "200"}, "A fee is between"),
        ({"reason": "x"}, "at least 5 characters"),
    ):
        answer = send(browser, f"/backoffice/instruments/{row.pk}/rules/", **rules(row, **changes))
        assert answer.status_code == 422, changes
        assert sentence in answer.content.decode(), changes
    assert marks() == before


def test_the_preview_says_the_rules_and_changes_nothing(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    row = Instrument.objects.get(symbol="BTC-USDT")
    before = marks()
    answer = browser.post(
        f"/backoffice/instruments/{row.pk}/rules/",
        {"token": "0b8bb0f2-47f4-4a4c-9d0e-0d3e2c6d3a11", **rules(row, min_notional="25")},
        HTTP_HX_REQUEST="true",
    )
    assert answer.status_code == 200
    assert b"between 25 USDT" in answer.content and b"<html" not in answer.content
    assert marks() == before


def test_a_new_instrument_trades_at_once(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    send(browser, "/backoffice/assets/new/", code="sol", name="Solana", scale=8)
    base, quote = Asset.objects.get(code="SOL"), Asset.objects.get(code="USDT")
    answer = send(
        browser,
        "/backoffice/instruments/new/",
        base=base.pk, quote=quote.pk, symbol="", state=int(State.OPEN),
        tick_size="0.01", lot_size="0.01", min_quantity="0.01", max_quantity="1000",
        min_notional="1", max_notional="0", price_band_bp="0", maker_ppm="0.1", taker_ppm="0.2",
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    firm.books.prove()
    page = browser.get("/backoffice/instruments/").content.decode()
    assert "SOL-USDT" in page


def test_halting_needs_a_reason_and_stops_orders(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    row = Instrument.objects.get(symbol="BTC-USDT")
    address = f"/backoffice/instruments/{row.pk}/state/"
    assert send(browser, address, state=3, reason="").status_code == 422
    row.refresh_from_db()
    assert row.state == State.OPEN
    assert send(browser, address, state=3, reason=REASON).status_code == 302
    firm.books.settle()
    assert "BTC-USDT is not open" in browser.get("/backoffice/").content.decode()


def test_fees_of_a_group_hold_at_once_and_can_be_removed(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    group = AccountGroup.objects.create(name="Friends")
    fields = {"group": group.pk, "instrument": "", "maker_ppm": "0.01", "taker_ppm": "0.02"}
    assert send(browser, "/backoffice/fees/new/", reason=REASON, **fields).status_code == 302
    row = FeeSchedule.objects.get(group=group)
    assert (row.maker_ppm, row.taker_ppm) == (100, 200)
    send(browser, f"/backoffice/fees/{row.pk}/", maker_ppm="0.03", taker_ppm="0.04", reason=REASON)
    firm.books.settle()
    page = browser.get("/backoffice/fees/").content.decode()
    assert "<del>0.01 %</del><ins>0.03 %</ins>" in page and "Friends" in page
    assert send(browser, f"/backoffice/fees/{row.pk}/remove/", reason=REASON).status_code == 302
    assert not FeeSchedule.objects.filter(group=group).exists()


def test_support_cancels_an_order_with_a_reason_on_record(firm, client_for, staff_of, send) -> None:
    browser = client_for(staff_of("support"))
    address = f"/backoffice/orders/{firm.order.pk}/cancel/"
    assert send(browser, address, reason="").status_code == 422
    assert send(browser, address, reason=REASON).status_code == 302
    state = door.send_command(QueryOrder(account_id=firm.account.pk, order_id=firm.order.pk))
    assert state.events[0].status == Status.CANCELED
    firm.books.prove()
    trail = client_for(firm.owner).get("/backoffice/audit/", {"q": "cancel by staff"})
    assert REASON in trail.content.decode()
    before = marks()
    again = send(browser, address, reason=REASON)
    assert again.status_code == 422 and b"no longer open" in again.content
    assert marks() == before


def test_a_cancel_while_the_engine_is_away_changes_nothing(firm, client_for, send, engine) -> None:
    browser = client_for(firm.owner)
    engine.kill()
    answer = send(browser, f"/backoffice/orders/{firm.order.pk}/cancel/", reason=REASON)
    assert answer.status_code == 503 and b"Nothing was changed" in answer.content
    assert Order.objects.get(pk=firm.order.pk).status == Status.PARTIALLY_FILLED
    trail = browser.get("/backoffice/audit/", {"q": "cancel by staff"}).content.decode()
    assert REASON not in trail


def test_an_orders_life_leads_to_fills_and_the_engines_record(firm, client_for) -> None:
    browser = client_for(firm.owner)
    page = browser.get(f"/backoffice/orders/{firm.order.pk}/").content.decode()
    assert "rests in the book: sell 0.5 BTC at 100.00" in page
    assert f"/backoffice/trades/{firm.trade.pk}/" in page
    assert f"/backoffice/ledger/events/{firm.trade.seq}/" in page
    support_page = browser.get(f"/backoffice/trades/{firm.trade.pk}/").content.decode()
    assert "20.00" in support_page


def test_an_orders_life_tells_each_time_it_was_replaced(firm, client_for) -> None:
    """With its numbers and its seq, also when a record of the journal is not read for it."""
    for price, quantity in (("101", "0.3"), ("102", "0.25"), ("103", "0.2"), ("104", "0.2")):
        orders.replace_order(
            account=firm.account,
            order_id=firm.order.pk,
            acting_user=firm.alice,
            price=price,
            remaining_quantity=quantity,
        )
    firm.books.prove()
    browser = client_for(firm.owner)
    address = f"/backoffice/orders/{firm.order.pk}/"
    page = browser.get(address).content.decode()
    told = [
        ("0.3 BTC at 101.00", "0.3 BTC at 100.00"),
        ("0.25 BTC at 102.00", "0.3 BTC at 101.00"),
        ("0.2 BTC at 103.00", "0.25 BTC at 102.00"),
        ("0.2 BTC at 104.00", "0.2 BTC at 103.00"),
    ]
    found = []
    for now, before in told:
        sentence = f"Order {firm.order.pk} replaced: {now} instead of {before}"
        assert page.count(sentence) == 1, sentence
        found.append(page.index(sentence))
    assert found == sorted(found)
    seqs = list(Replacement.objects.values_list("seq", flat=True))
    assert len(seqs) == 4
    for seq in seqs:
        assert f"/backoffice/ledger/events/{seq}/" in page
    assert page.index("rests in the book: sell 0.5 BTC at 100.00") < found[0]
    assert "rests in the book: sell 0.2 BTC at 104.00" in page[found[-1] :]


def test_lists_filter_search_and_page(firm, client_for, monkeypatch) -> None:
    browser = client_for(firm.owner)
    found = browser.get("/backoffice/orders/", {"q": "alice@"}).content.decode()
    assert f"/backoffice/orders/{firm.order.pk}/" in found
    assert found.count('data-href="/backoffice/orders/') == 1
    live = browser.get("/backoffice/orders/", {"status": "live"}).content.decode()
    assert live.count('data-href="/backoffice/orders/') == 1
    customers = browser.get("/backoffice/orders/", {"whose": "customers"}).content.decode()
    assert customers.count('data-href="/backoffice/orders/') == 2
    house = browser.get("/backoffice/orders/", {"whose": "house"}).content.decode()
    assert 'data-href="/backoffice/orders/' not in house and "Nothing matches" in house
    none = browser.get("/backoffice/orders/", {"placed_to": "2001-01-01"}).content.decode()
    assert "Nothing matches" in none
    everything = browser.get("/backoffice/orders/", {"before": "2"}).content.decode()
    assert everything.count('data-href="/backoffice/orders/') == 1
    for odd in ("'", "%", "999999999999999999999", "\n", "٣"):
        assert browser.get("/backoffice/orders/", {"q": odd, "before": odd}).status_code == 200
        assert browser.get("/backoffice/customers/", {"q": odd, "page": odd}).status_code == 200
        assert browser.get("/backoffice/search/", {"s": odd}).status_code == 200
    for last_day in ("9999-12-31", "0001-01-01", "2024-02-30"):
        assert browser.get("/backoffice/orders/", {"placed_to": last_day}).status_code == 200
    for path in ("orders", "customers", "search"):
        assert browser.get(f"/backoffice/{path}/", {"q": "\x00"}).status_code == 400


def test_prices_set_by_hand_send_on_what_waits_for_them(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    row = Instrument.objects.get(symbol="BTC-USDT")
    address = f"/backoffice/instruments/{row.pk}/prices/"
    assert send(browser, address, mark_price="", index_price="", reason=REASON).status_code == 422
    assert send(browser, address, mark_price="-5", index_price="", reason=REASON).status_code == 422
    assert send(browser, address, mark_price="100", index_price="", reason="").status_code == 422
    assert (
        send(browser, address, mark_price="100", index_price="", reason=REASON).status_code == 302
    )
    firm.books.settle()
    answer = door.send_command(
        commands.PlaceOrder(
            account_id=firm.account.pk,
            instrument_id=row.pk,
            side=2,
            order_type=7,
            time_in_force=2,
            lots=1000,
            trigger_source=1,
            trailing_distance_bp=1000,
        )
    )
    order_id = answer.events[0].order_id
    assert (
        send(browser, address, mark_price="150", index_price="90", reason=REASON).status_code == 302
    )
    firm.books.prove()
    page = browser.get(f"/backoffice/orders/{order_id}/").content.decode()
    assert "Stop price now" in page and "135.00" in page and "Trailing stop market" in page
    assert "follows the price from 100.00 on; its stop begins at 90.00" in page
    send(browser, address, mark_price="135", index_price="", reason=REASON)
    firm.books.prove()
    assert Order.objects.get(pk=order_id).triggered_seq > 0
    page = browser.get(f"/backoffice/orders/{order_id}/").content.decode()
    assert "is sent on: the price is 135.00, it waited for 135.00" in page
    assert (
        "Prices of BTC-USDT: mark 135.00"
        in browser.get(
            f"/backoffice/ledger/events/{Order.objects.get(pk=order_id).triggered_seq}/"
        ).content.decode()
    )


def test_an_order_of_a_list_shows_the_list_and_the_life_of_each(firm, client_for) -> None:
    row = Instrument.objects.get(symbol="BTC-USDT")
    common = {"account_id": firm.account.pk, "instrument_id": row.pk, "lots": 2_000, "side": 1}
    last = instrument_info("BTC-USDT").ticks_of("99")
    answer = door.send_command(
        list_of(
            1,
            commands.PlaceOrder(**common, order_type=1, time_in_force=1, ticks=last - 100),
            commands.PlaceOrder(**common, order_type=3, time_in_force=2, trigger_ticks=2 * last),
        )
    )
    assert answer.result == Result.ACCEPTED
    limit = answer.events[0].list_id
    door.send_command(commands.CancelOrder(account_id=firm.account.pk, order_id=limit))
    firm.books.settle()
    browser = client_for(firm.owner)
    page = browser.get(f"/backoffice/orders/{limit + 1}/").content.decode()
    assert f"OCO {limit}" in page and "One cancels the other" in page
    assert "Orders of the list" in page and f'data-href="/backoffice/orders/{limit}/' in page
    assert f'href="/backoffice/orders/{limit}/"' in page  # what ended it
    for sentence in (
        f"OCO list {limit} placed for",
        f"Order {limit} rests in the book",
        f"Order {limit + 1} waits for the price",
        f"; ended by order {limit} of its list",
    ):
        assert sentence in page
