"""Statements run in the schema that the connection stands in, though it is not said each time."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from tenants.models import Tenant


def schema_of_statements() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def test_a_rollback_leaves_nobody_in_the_schema_before(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    """The database takes the search path back with the savepoint; it is set anew."""
    assert schema_of_statements() == tenant.schema_name
    with pytest.raises(LookupError), transaction.atomic():
        connection.set_tenant(other_tenant)
        assert schema_of_statements() == other_tenant.schema_name
        raise LookupError
    assert schema_of_statements() == other_tenant.schema_name
    connection.set_tenant(tenant)
    with pytest.raises(ProgrammingError), transaction.atomic():
        assert schema_of_statements() == tenant.schema_name
        connection.cursor().execute("SELECT nothing")
    assert schema_of_statements() == tenant.schema_name


def test_each_change_of_the_schema_is_followed(tenant: Tenant, other_tenant: Tenant) -> None:
    for _ in range(2):
        with tenant_context(other_tenant):
            assert schema_of_statements() == other_tenant.schema_name
        assert schema_of_statements() == tenant.schema_name


def test_the_search_path_is_set_once_for_many_statements(tenant: Tenant) -> None:
    connection.set_tenant(tenant)
    with CaptureQueriesContext(connection) as captured:
        schema_of_statements()
        schema_of_statements()
    texts = [query["sql"] for query in captured]
    assert [text.startswith("SET search_path") for text in texts] == [True, False, False]
