"""A statement runs in its firm's schema or not at all."""

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django_tenants.utils import schema_context

from identity.models import User
from trading.accounts.models import AccountGroup


def refusing(execute: Any, sql: str, *rest: Any) -> Any:
    """What the database may answer at any moment: a time-out, a cancel."""
    if sql.startswith("SET search_path"):
        raise OperationalError("canceling statement due to statement timeout")
    return execute(sql, *rest)


def test_where_the_schema_cannot_be_chosen_nothing_is_read(tenant, other_tenant, alice) -> None:
    with schema_context("public"):
        assert not User.objects.filter(email=alice.email).exists()  # the path leads elsewhere now
    connection.set_tenant(other_tenant)
    connection.cursor().close()
    connection.set_tenant(tenant)
    with connection.execute_wrapper(refusing), pytest.raises(OperationalError, match="chosen"):
        User.objects.filter(email=alice.email).exists()
    assert User.objects.filter(email=alice.email).exists()


def test_nor_written(tenant, other_tenant) -> None:
    connection.set_tenant(other_tenant)
    before = AccountGroup.objects.count()
    with (
        pytest.raises(OperationalError, match="chosen"),
        transaction.atomic(),
        connection.execute_wrapper(refusing),
    ):
        connection.set_tenant(tenant)
        AccountGroup.objects.create(name="Astray")
    for one in (tenant, other_tenant):
        connection.set_tenant(one)
        assert not AccountGroup.objects.filter(name="Astray").exists()
    assert AccountGroup.objects.count() == before


def test_a_failed_transaction_is_rolled_back_as_ever(tenant) -> None:
    group = AccountGroup.objects.create(name="Kept")
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountGroup.objects.create(pk=group.pk, name="Twice")
    assert list(AccountGroup.objects.filter(name__in=["Kept", "Twice"])) == [group]
