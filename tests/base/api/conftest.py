"""One running exchange for all API tests."""

from collections.abc import Iterator
from typing import Any

import pytest

import bots
import world as worlds
from live_exchange import Exchange
from runtime import ports


@pytest.fixture(scope="session")
def exchange(world_template: str, django_db_blocker: Any) -> Iterator[Exchange]:
    own = worlds.open_world("api", world_template)
    running = Exchange(own, ports.choose(), django_db_blocker)
    own.engine_process.start()
    for name in ("relay", "clearing", "publisher"):
        own.start(name)
    for name in ("alice", "bob", "charlie"):
        running.open_for(name)
    running.start_web()
    yield running
    running.stop_web()
    own.close()


@pytest.fixture
def alice_bot(exchange: Exchange) -> Iterator[bots.Bot]:
    with exchange.bot("alice") as bot:
        yield bot
        bot.send("DELETE", "/api/v1/orders")


@pytest.fixture
def bob_bot(exchange: Exchange) -> Iterator[bots.Bot]:
    with exchange.bot("bob") as bot:
        yield bot
        bot.send("DELETE", "/api/v1/orders")


@pytest.fixture
def charlie_bot(exchange: Exchange) -> Iterator[bots.Bot]:
    with exchange.bot("charlie") as bot:
        yield bot
        bot.send("DELETE", "/api/v1/orders")
