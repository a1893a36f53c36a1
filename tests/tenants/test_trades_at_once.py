"""A firm created while everything runs trades without any restart."""

import pytest
from django_tenants.utils import schema_context, tenant_context

from identity import actions as identity
from tenants import actions
from trading.accounts import selectors as accounts
from trading.commands import door
from trading.engine import commands, queries
from trading.engine.enums import OrderType, Side, TimeInForce
from trading.engine.results import Result
from trading.instruments import selectors as instruments
from world import World

pytestmark = pytest.mark.slow


def test_a_new_firm_trades_at_once(world: World) -> None:
    with world.engine(), world.process("relay"), world.connected():
        with schema_context("public"):
            tenant = actions.create_tenant(
                slug="newfirm",
                name="New Firm",
                domain="newfirm.localhost",
                owner_email="owner@newfirm.example",
                acting_user=None,
            )
        with tenant_context(tenant):
            user = identity.create_user(
                email="first@newfirm.example", password="fresh-Badger-lamp-31", acting_user=None
            )
            account = accounts.accounts_of(user).get()
            info = instruments.instrument_info("BTC-USDT")
            order = commands.PlaceOrder(
                account_id=account.pk,
                instrument_id=info.id,
                side=Side.BUY,
                order_type=OrderType.LIMIT,
                time_in_force=TimeInForce.GTC,
                ticks=info.ticks_of("50000"),
                lots=info.lots_of("0.001"),
            )

            def known() -> bool:
                return door.send_command(order).result == Result.INSUFFICIENT_FUNDS

            # The venue, its instruments and the account came to the engine; money did not yet.
            world.wait_for(known, seconds=15)
            assert not door.send_command(queries.QueryOpenOrders()).events
