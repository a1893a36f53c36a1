"""What the terminal reads first, while the relay has not brought the firm to the engine yet."""

from collections.abc import Callable

import pytest

import people
from engines import EngineProcess
from identity.models import User

READS = ("orders?status=open", "order-lists?client_list_id=none", "orders?client_order_id=none")


@pytest.mark.parametrize("read", READS)
def test_a_new_firm_has_nothing(
    engine: EngineProcess, client_for: Callable[..., people.Browser], alice: User, read: str
) -> None:
    answer = client_for(alice).get(f"/api/v1/{read}")
    assert (answer.status_code, answer.json()) == (200, {"results": [], "next": None})


def test_a_new_firm_has_no_money(
    engine: EngineProcess, client_for: Callable[..., people.Browser], alice: User
) -> None:
    answer = client_for(alice).get("/api/v1/balances")
    assert answer.status_code == 200
    assert {row["available"] for row in answer.json()["results"]} == {"0"}


def test_an_engine_that_is_away_is_said(
    engine: EngineProcess, client_for: Callable[..., people.Browser], alice: User
) -> None:
    engine.kill()
    answer = client_for(alice).get("/api/v1/orders?status=open")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "ENGINE_UNAVAILABLE"
