"""The firm's rules at the doors of order entry, and what they decided on its way to the tables."""

from __future__ import annotations

import asyncio

from asgiref.sync import sync_to_async
from django.db import connection

from api.access import Caller
from api.errors import ApiError, Refusal
from riskrules.judging import Refused
from trading.orders import pretrade
from trading.orders.order_rules import Asked

FLUSH_SECONDS = 0.5


def require(caller: Caller, asked: list[Asked]) -> None:
    """Raises ApiError with the rule's sentence where a rule of the caller's firm refuses.

    Without a query: whoever serves the request has the desk kept up to date (`api.catalogues`, or
    `require_now`).
    """
    desk = pretrade.desk_of(caller.tenant.schema_name)
    try:
        desk.require(asked, user_id=caller.user_id, by_key=":key:" in caller.bucket)
    except Refused as refused:
        raise ApiError(Refusal.RULE_REFUSES, refused.sentence) from None


def require_now(caller: Caller, asked: list[Asked]) -> None:
    """The same from a thread in the tenant's schema, which brings the desk up to date itself."""
    pretrade.refreshed()
    require(caller, asked)


async def keep_judgements() -> None:
    """Write down what was decided before orders, twice a second, until cancelled."""
    pretrade.LOG.is_running = True
    try:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            if len(pretrade.LOG):
                await _flush()
    finally:
        pretrade.LOG.is_running = False
        if len(pretrade.LOG):
            await asyncio.shield(_flush())


async def _flush() -> None:
    def flush() -> int:
        try:
            return pretrade.LOG.flush()
        finally:
            connection.close()  # these threads see no request end

    await sync_to_async(flush, thread_sensitive=False)()
