"""One running exchange for all API tests; it ends with the last of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import bots
import lanes
import world as worlds
from live_exchange import Exchange
from runtime import ports

shared = lanes.Shared(Path(__file__).parent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    shared.end_if_last(nextitem)


@pytest.fixture(scope="session")
def exchange(world_template: str, django_db_blocker: Any) -> Iterator[Exchange]:
    yield shared.enter_context(run_exchange(world_template, django_db_blocker))
    shared.close()


@contextmanager
def run_exchange(world_template: str, django_db_blocker: Any) -> Iterator[Exchange]:
    own = worlds.open_world("api", world_template)
    running = Exchange(own, ports.choose(), django_db_blocker)
    own.engine_process.start()
    for name in ("relay", "clearing", "publisher"):
        running.processes[name] = own.start(name)
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
