"""Rules before an order: the facts, the pace, the twin, and a no where the rules are not known."""

import random
import time

import pytest
from django.core.exceptions import PermissionDenied

import ruling
from riskrules.evaluation import evaluate
from riskrules.judging import Refused
from riskrules.models import Alert, Evaluation
from riskrules.rulesets import Comparison, Condition, Outcome, Rule, RuleSet, rule
from trading.accounts.models import Account, AccountState
from trading.accounts.selectors import access_account
from trading.engine import commands, enums, events
from trading.instruments.rules import InstrumentInfo
from trading.orders import actions, order_rules, pretrade
from trading.orders.order_rules import KIND, Asked
from trading.orders.pretrade import Desk, Pace

INFO = InstrumentInfo(
    id=3, symbol="BTC-USDT", base_id=1, base_code="BTC", base_scale=8, quote_id=2,
    quote_code="USDT", quote_scale=6, tick_units=10_000, lot_units=10_000, min_lots=1,
    max_lots=10**9, min_notional_units=0, max_notional_units=0, price_band_bp=0, maker_ppm=0,
    taker_ppm=0, state=1,
)  # fmt: skip
LARGE = rule("large", "worth", Comparison.ABOVE, 1_000_00, Outcome.DENY, "Larger than you may.")


def desk_with(*rules: Rule, **prices: int) -> Desk:
    desk = Desk("north")
    desk.rules, desk.read_at = rules, time.monotonic()
    desk.prices = {INFO.id: prices.get("last", 6_000_000)}
    return desk


def asked(lots=10_000, ticks=6_000_000, **fields) -> Asked:
    values = {"account_id": 9, "is_buy": True, "is_market": False} | fields
    return Asked(INFO, lots=lots, ticks=ticks, **values)


def facts(one: Asked, last=6_000_000):
    return order_rules.facts_of(one, last_ticks=last, by_key=True, this_second=1, last_minute=2)


def test_the_facts_of_an_order():
    # 1 BTC at 60,000.00 and a last price of 50,000.00: 60,000.00, 20 % away.
    told = facts(asked(), last=5_000_000)
    assert told.keys() == KIND.by_name.keys()
    assert (told["worth"], told["distance"], told["is_price_known"]) == (60_000_00, 20_00, 1)
    assert (told["instrument"], told["account"], told["is_by_key"]) == (3, 9, 1)
    # A market order is worth what it would cost at the last price, or the amount it names.
    assert facts(asked(ticks=0, is_market=True))["worth"] == 60_000_00
    assert facts(asked(lots=0, ticks=0, quote_units=12_340_000))["worth"] == 12_34
    unknown = facts(asked(ticks=0, is_market=True), last=0)
    assert (unknown["worth"], unknown["distance"], unknown["is_price_known"]) == (0, 0, 0)
    assert facts(asked(lots=10**18))["worth"] < 2**63


def test_what_a_command_asks_for():
    order = commands.PlaceOrder(
        account_id=9, instrument_id=3, side=enums.Side.SELL, lots=5, trigger_ticks=70,
        order_type=enums.OrderType.STOP_MARKET,
    )  # fmt: skip
    (stop,) = order_rules.asked_of_order(INFO, order)
    assert (stop.is_buy, stop.is_market, stop.lots, stop.ticks) == (False, True, 5, 70)
    legs = order_rules.asked_of_list(
        INFO,
        commands.PlaceOrderList(
            first_account_id=9, first_lots=1, first_ticks=10, first_side=enums.Side.BUY,
            second_account_id=9, second_lots=2, second_ticks=20,
        ),
    )  # fmt: skip
    assert [(leg.lots, leg.ticks) for leg in legs] == [(1, 10), (2, 20)]
    quotes = order_rules.asked_of_quotes(
        {3: INFO},
        commands.PlaceQuotes(
            account_id=9, instrument_id_1=3, bid_ticks_1=10, bid_lots_1=1, instrument_id_2=3,
            ask_ticks_2=20, ask_lots_2=2,
        ),
    )  # fmt: skip
    assert [(q.is_buy, q.lots, q.ticks, q.is_quote) for q in quotes] == [
        (True, 1, 10, True), (False, 2, 20, True),
    ]  # fmt: skip
    row = events.OrderRow(side=enums.Side.BUY, leaves_lots=7, ticks=30)
    (change,) = order_rules.asked_of_change(INFO, row, commands.ReplaceOrder(lots=9))
    assert (change.lots, change.ticks, change.is_buy, change.is_change) == (9, 30, True, True)


def test_the_pace_of_an_account():
    pace = Pace()
    rng = random.Random(5)
    second, sent = 1_700_000_000, []
    for _ in range(3_000):
        second += rng.choice((0, 0, 0, 1, 1, 2, 30, 90))
        sent.append(second)
        this = sum(1 for at in sent if at == second)
        minute = sum(1 for at in sent if second - 60 < at <= second)
        assert pace.note(second) == (this, minute)
    assert pace.note(second - 5) == (this + 1, minute + 1)  # a clock that went back


@pytest.mark.parametrize("seed", range(20))
def test_the_door_decides_as_durable_rules_would(seed):
    """Random rules over the facts of random orders: the desk and durable_rules."""
    rng = random.Random(seed)
    values = (0, 1, 2, 3, 9, 100_00, 60_000_00, 20_00, 10**12)
    rules = tuple(
        Rule(
            f"rule {number}",
            tuple(
                Condition(rng.choice(list(KIND.by_name)), rng.choice(list(Comparison)),
                          rng.choice(values))
                for _ in range(rng.randint(1, 3))
            ),
            rng.choice(KIND.outcomes),
            "A sentence.",
        )
        for number in range(6)
    )  # fmt: skip
    desk = desk_with(*rules)
    for _ in range(20):
        one = asked(
            lots=rng.choice((1, 100, 10**6)), ticks=rng.choice((0, 1, 5_000_000, 9 * 10**6)),
            is_buy=rng.random() < 0.5, is_market=rng.random() < 0.5,
        )  # fmt: skip
        judged = desk.judge(one, user_id=1, by_key=rng.random() < 0.5)
        slow = evaluate(RuleSet("test-door", seed, KIND.by_name, rules), judged.facts)
        assert judged.decision == slow


@pytest.mark.parametrize("way", ["never read", "too old", "cannot be judged", "fails", "too slow"])
def test_rules_that_are_not_known_refuse(way, monkeypatch):
    desk = desk_with()
    assert not desk.judge(asked(), user_id=1, by_key=False).decision.is_refused
    if way == "never read":
        desk = Desk("north")
    elif way == "too old":
        desk.read_at -= pretrade.STALE_SECONDS + 1
    elif way == "cannot be judged":
        desk.rules = None
    elif way == "fails":
        monkeypatch.setattr(pretrade, "facts_of", lambda *_, **__: 1 / 0)
    else:
        monkeypatch.setattr(pretrade, "MOST_SECONDS", -1.0)
    decision = desk.judge(asked(), user_id=1, by_key=False).decision
    assert decision.is_refused and not decision.is_complete


def test_a_refused_order_is_written_and_told(alice, tenant):
    account = access_account(alice)
    denied = rule("large", "worth", Comparison.ABOVE, 1_000_00, Outcome.RESTRICT, "Too large.")
    desk = desk_with(denied)
    desk.schema_name = tenant.schema_name
    with pytest.raises(Refused) as refused:
        desk.require([asked(account_id=account.pk)], user_id=alice.pk, by_key=True)
    assert refused.value.sentence == "Too large."
    row = Evaluation.objects.get()
    assert (row.kind, row.outcome, row.account_id) == ("orders", Outcome.RESTRICT, account.pk)
    assert Alert.objects.get().rule == "large"
    assert Account.objects.get(pk=account.pk).state == AccountState.CANCEL_ONLY


def test_the_log_is_written_for_each_firm_in_its_schema(alice, tenant, other_tenant, charlie):
    log = pretrade.Log()
    log.is_running = True
    desk = desk_with(LARGE)
    for firm, user in ((tenant, alice), (other_tenant, charlie)):
        log.add(firm.schema_name, desk.judge(asked(), user_id=user.pk, by_key=False))
    assert len(log) == 2 and not Evaluation.objects.exists()
    assert log.flush() == 2 and len(log) == 0
    assert Evaluation.objects.get().user_id == alice.pk


def test_of_what_nothing_follows_from_a_part_is_kept(tenant):
    desk = desk_with(LARGE)
    desk.schema_name = tenant.schema_name
    log, pretrade.LOG = pretrade.LOG, pretrade.Log()
    try:
        pretrade.LOG.is_running = True
        for _ in range(500):
            desk.require([asked(lots=1)], user_id=1, by_key=False)
        assert len(pretrade.LOG) <= 2 * pretrade.KEPT_A_SECOND
        with pytest.raises(Refused):
            desk.require([asked()], user_id=1, by_key=False)
        assert pretrade.LOG.flush()
    finally:
        pretrade.LOG = log
    assert Evaluation.objects.filter(outcome=Outcome.DENY).count() == 1


def test_rules_of_the_firm_stop_an_order_and_let_others_go(books, alice, bob):
    fields = {"side": "buy", "type": "limit", "price": "100", "quantity": "0.1"}
    before = pretrade.refreshed(fresh=True)
    assert before.rules == ()
    ruling.in_force(
        "orders",
        rule("alice waits", "account", Comparison.EQUALS, access_account(alice).pk, Outcome.DENY,
             "Please speak to us first."),
    )  # fmt: skip
    pretrade.refreshed(fresh=True)
    with pytest.raises(PermissionDenied, match="speak to us"):
        actions.submit_order(
            account=access_account(alice), instrument="BTC-USDT", acting_user=alice, **fields
        )
    with pytest.raises(actions.OrderError):  # he has no money: the engine was asked
        actions.submit_order(
            account=access_account(bob), instrument="BTC-USDT", acting_user=bob, **fields
        )
    assert Evaluation.objects.filter(kind="orders", outcome=Outcome.DENY).count() == 1
