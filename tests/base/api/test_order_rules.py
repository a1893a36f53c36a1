"""A rule that is put in force stops orders at every door of the running product, within seconds."""

import time

import bots
import people
import ruling
from live_exchange import Exchange, code_of
from riskrules import actions, kinds, selectors
from riskrules.models import Alert, Evaluation, RuleVersion
from riskrules.rulesets import Comparison, Condition, Outcome, Rule
from tenants.selectors import current_tenant
from trading.accounts.models import Account

SENTENCE = "Orders this far from the market wait until you have spoken to us."
PATIENCE_S = 10.0
PRICE = "60123"  # nobody sells this low


def stop_far_orders(exchange: Exchange) -> None:
    far = Rule(
        "far from the market",
        (
            Condition("account", Comparison.EQUALS, exchange.account_id("alice")),
            Condition("worth", Comparison.AT_LEAST, 5_000_00),
            Condition("is_buy", Comparison.EQUALS, 1),
        ),
        Outcome.DENY,
        SENTENCE,
    )
    with exchange.inside("aurora"):
        ruling.in_force("orders", far)


def bring_back(exchange: Exchange) -> None:
    """The rules as they were delivered, again by two persons."""
    with exchange.inside("aurora"):
        first = RuleVersion.objects.get(kind="orders", number=1)
        staff = [people.make_staff(current_tenant(), role) for role in ("compliance", "owner")]
        version = actions.roll_back(version=first, reason=ruling.REASON, acting_user=staff[0])
        actions.activate(version=version, reason=ruling.REASON, acting_user=staff[1])


def wait_until(bot: bots.Bot, status: int) -> float:
    """Send the order until it is answered so; how long that took."""
    begin = time.monotonic()
    while time.monotonic() < begin + PATIENCE_S:
        answer = bot.limit("buy", "0.1", PRICE)
        if answer.status_code == 200:
            bot.send("DELETE", f"/api/v1/orders/{answer.json()['order_id']}")
        if answer.status_code == status:
            return time.monotonic() - begin
        time.sleep(0.1)
    raise AssertionError(answer.text)


def test_an_activated_rule_stops_orders_live_at_every_door(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    resting = alice_bot.limit("buy", "0.01", PRICE).json()
    stop_far_orders(exchange)
    try:
        assert wait_until(alice_bot, 403) < PATIENCE_S
        refused = alice_bot.limit("buy", "0.1", PRICE, client_order_id="rule-1")
        body = refused.json()["error"]
        assert (code_of(refused), body["message"]) == ("RULE_REFUSES", SENTENCE)
        assert body["client_order_id"] == "rule-1"
        asked = alice_bot.get("/api/v1/orders?client_order_id=rule-1").json()
        assert asked == {"results": [], "next": None}
        # A change of one that rests, a batch, a list and a quote come no further.
        changed = alice_bot.send(
            "PATCH", f"/api/v1/orders/{resting['order_id']}", {"remaining_quantity": "0.5"}
        )
        assert code_of(changed) == "RULE_REFUSES"
        order = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.1", "price": PRICE}
        small = order | {"quantity": "0.01"}
        batch = alice_bot.send("POST", "/api/v1/orders/batch", {"orders": [order, small]}).json()
        assert [item["ok"] for item in batch["results"]] == [False, True]
        leg = {"side": "buy", "quantity": "0.1", "price": PRICE}
        stop = {"side": "buy", "type": "stop", "quantity": "0.1", "trigger_price": "99000"}
        listed = alice_bot.send(
            "POST",
            "/api/v1/order-lists",
            {"type": "oco", "instrument": "BTC-USDT", "orders": [leg, stop]},
        )
        assert code_of(listed) == "RULE_REFUSES"
        quote = {"instrument": "BTC-USDT", "bid_price": PRICE, "bid_quantity": "0.1"}
        quoted = alice_bot.send("POST", "/api/v1/quotes", {"quotes": [quote]})
        assert code_of(quoted) == "RULE_REFUSES"
        with alice_bot.stream() as stream:
            assert stream.sign_in()["ok"]
            answer = stream.ask("order.place", args=order)
            assert answer["error"]["code"] == "RULE_REFUSES"
        # Others, and what the rule does not mean, go on.
        assert bob_bot.limit("buy", "0.1", PRICE).status_code == 200
        assert alice_bot.limit("buy", "0.01", PRICE).status_code == 200
        alice_bot.send("DELETE", "/api/v1/orders")
        bob_bot.send("DELETE", "/api/v1/orders")

        def is_written() -> bool:
            with exchange.inside("aurora"):
                rows = Evaluation.objects.filter(kind="orders", outcome=Outcome.DENY)
                return rows.count() >= 6 and rows.filter(fired=["far from the market"]).exists()

        exchange.world.wait_for(is_written)
        with exchange.inside("aurora"):
            assert not Alert.objects.filter(kind="orders").exists()
            assert Account.objects.get(pk=exchange.account_id("alice")).state == 1
    finally:
        bring_back(exchange)
    assert wait_until(alice_bot, 200) < PATIENCE_S
    with exchange.inside("aurora"):
        assert selectors.in_force(kinds.get("orders")).rules == ()


def test_the_other_firm_is_not_asked(exchange: Exchange, charlie_bot: bots.Bot) -> None:
    with exchange.inside("longmen"):
        assert RuleVersion.objects.filter(kind="orders").count() == 1
        assert not Evaluation.objects.filter(kind="orders", outcome=Outcome.DENY).exists()
