"""The firm's limit of open accounts holds however many ask at once."""

import threading
import uuid

from django.db import connection
from django_tenants.utils import schema_context

from identity.models import User
from trading.accounts import actions
from trading.accounts.errors import AccountError
from trading.accounts.models import Account
from trading.accounts.selectors import open_accounts_of

ASKING, MOST = 8, 5


def test_many_at_once_open_no_more_than_the_firm_allows(world):
    shared = str(uuid.uuid4())
    refused, errors, started = [], [], threading.Barrier(ASKING, timeout=60)

    def ask(number: int) -> None:
        try:
            with schema_context("aurora"):
                user = User.objects.get(email="alice@aurora.example")
                started.wait()
                # Half of them are one and the same click.
                key = shared if number % 2 else str(uuid.uuid4())
                name = "Shared" if number % 2 else f"Own {number}"
                actions.open_account(user=user, acting_user=user, name=name, key=key)
        except AccountError as error:
            refused.append(str(error))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    with world.connected():
        with schema_context("aurora"):
            user = User.objects.get(email="alice@aurora.example")
            for number in range(2):
                actions.open_account(user=user, acting_user=user, name=f"Before {number}")
            assert open_accounts_of(user).count() == 3
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(ASKING)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        with schema_context("aurora"):
            assert open_accounts_of(user).count() == MOST
            assert Account.objects.filter(user=user, opening_key=shared).count() <= 1
    assert not errors
    assert refused and all("There may be 5 open accounts" in each for each in refused)
