"""Writers of one trail wait for each other: no gap, no fork, no deadlock."""

import threading

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from audit import actions, selectors
from world import World


@pytest.mark.slow
def test_many_writers_make_one_chain(world: World) -> None:
    errors: list[Exception] = []

    def write(number: int) -> None:
        try:
            with schema_context("aurora"):
                for n in range(10):
                    actions.record("test.race", ("test.thing", number), {"n": n}, acting_user=None)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    with world.connected():
        with schema_context("aurora"):
            before = selectors.verify_chain()
        threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        with schema_context("aurora"):
            after = selectors.verify_chain()
    assert not errors
    assert before.is_whole and after.is_whole
    assert after.count == before.count + 60
