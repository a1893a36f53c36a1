"""The audit trail: chained, append-only, per tenant, one writer at a time."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django_tenants.utils import tenant_context

from audit import actions, selectors
from audit.chain import GENESIS, record_hash
from audit.models import AuditRecord
from identity.models import User
from tenants.models import Tenant


def write(count: int = 3, user: User | None = None) -> list[AuditRecord]:
    return [
        actions.record(
            "test.change", ("test.thing", n), {"n": n}, {"n": n + 1}, acting_user=user, reason="why"
        )
        for n in range(count)
    ]


def tamper(sql: str) -> None:
    """What someone with the database owner's rights could do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrecord DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE audit_auditrecord ENABLE TRIGGER USER")


def test_records_follow_each_other(tenant: Tenant) -> None:
    before = selectors.verify_chain()
    first, second, third = write()
    assert [first.id, second.id, third.id] == [before.count + n for n in (1, 2, 3)]
    assert first.previous_hash == before.head_hash
    assert second.previous_hash == first.record_hash == record_hash(first)
    check = selectors.verify_chain()
    assert check.is_whole and check.head_hash == third.record_hash


def test_each_tenant_has_a_chain_of_its_own(
    tenant: Tenant, other_tenant: Tenant, platform_tenant: Tenant
) -> None:
    with tenant_context(other_tenant):
        before = selectors.verify_chain()
    write()
    with tenant_context(other_tenant):
        assert selectors.verify_chain() == before
        assert not selectors.records_of(("test.thing", 1)).exists()


def test_who_acted_is_kept_by_id(alice: User, staff_of: Callable[..., User]) -> None:
    owner = staff_of("owner")
    kinds = [write(1, user)[0] for user in (None, alice, owner)]
    assert [(r.actor_kind, r.actor_id, r.actor_role) for r in kinds] == [
        ("system", None, ""),
        ("customer", alice.pk, ""),
        ("staff", owner.pk, "owner"),
    ]
    assert alice.email not in str(list(AuditRecord.objects.values()))


def test_an_operator_in_a_tenants_schema_is_an_operator(
    tenant: Tenant, platform_tenant: Tenant, staff_of: Callable[..., User]
) -> None:
    assert write(1, staff_of("owner", platform_tenant))[0].actor_kind == "operator"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditrecord SET reason = 'because'",
        "DELETE FROM audit_auditrecord",
        "TRUNCATE audit_auditrecord",
    ],
)
def test_the_database_refuses_changes(tenant: Tenant, sql: str) -> None:
    write()
    before = list(AuditRecord.objects.values())
    refusal = pytest.raises(DatabaseError, match="never changed")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(AuditRecord.objects.values()) == before


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE audit_auditrecord SET reason = 'x' WHERE id = {id}", "content was changed"),
        (
            "UPDATE audit_auditrecord SET new = '{{\"n\": 9}}' WHERE id = {id}",
            "content was changed",
        ),
        ("UPDATE audit_auditrecord SET actor_id = 1 WHERE id = {id}", "content was changed"),
        (
            "UPDATE audit_auditrecord SET recorded_at = now() - interval '1 day' WHERE id = {id}",
            "content was changed",
        ),
        ("DELETE FROM audit_auditrecord WHERE id = {id}", "is missing"),
        (
            "UPDATE audit_auditrecord SET previous_hash = repeat('0', 64) WHERE id = {id}",
            "does not follow",
        ),
    ],
)
def test_tampering_shows(tenant: Tenant, sql: str, problem: str) -> None:
    middle = write()[1]
    tamper(sql.format(id=middle.id))
    check = selectors.verify_chain()
    assert check.chain_break is not None
    assert problem in check.chain_break.problem
    assert check.chain_break.record_id in (middle.id, middle.id + 1)


def test_a_record_lives_and_dies_with_its_transaction(tenant: Tenant) -> None:
    before = selectors.verify_chain()
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert selectors.verify_chain() == before


@pytest.mark.parametrize("new", [{"password": "x"}, {"a": [{"Secret": 1}]}, {"b": {"token": 1}}])
def test_secrets_do_not_get_in(tenant: Tenant, new: dict[str, object]) -> None:
    before = selectors.verify_chain()
    with pytest.raises(ValueError, match="does not belong"):
        actions.record("test.change", ("test.thing", 1), new=new, acting_user=None)
    assert selectors.verify_chain() == before


def test_the_command_says_which_trail_is_broken(tenant: Tenant) -> None:
    record = write()[0]
    connection.set_schema_to_public()
    out = StringIO()
    call_command("verify_audit", stdout=out, skip_checks=True)
    assert "north:" in out.getvalue() and "south:" in out.getvalue()
    connection.set_tenant(tenant)
    tamper(f"UPDATE audit_auditrecord SET reason = 'x' WHERE id = {record.id}")
    connection.set_schema_to_public()
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=out, skip_checks=True)
    assert f"north: BROKEN at record {record.id}" in out.getvalue()


def test_an_empty_chain_begins_with_nothing(tenant: Tenant) -> None:
    tamper("DELETE FROM audit_auditrecord")
    assert selectors.verify_chain().head_hash == GENESIS
    assert write(1)[0].id == 1
