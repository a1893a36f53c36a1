"""Declared settings: defaults, versions, audit, who may change them."""

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django_tenants.utils import tenant_context

from audit import selectors as audit
from identity.models import User
from tenants import actions, directory, registry
from tenants.errors import TenantError
from tenants.models import SettingValue, Tenant

NAME = "identity.attempts_per_account"
Staff = Callable[..., User]


def change(tenant: Tenant, value: Any, acting_user: Any = None, **options: Any) -> SettingValue:
    return actions.change_setting(
        tenant=tenant, name=NAME, value=value, acting_user=acting_user, **options
    )


def test_without_a_value_the_default_holds(tenant: Tenant) -> None:
    assert registry.get(NAME) == registry.setting(NAME).default == 10
    assert registry.values_of(tenant)[NAME] == 10


def test_a_change_is_a_version_with_its_author(
    tenant: Tenant, staff_of: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    admin = staff_of("admin")
    with django_capture_on_commit_callbacks(execute=True):
        first = change(tenant, "20", admin, reason="too strict")
        second = change(tenant, 30, admin)
    assert registry.get(NAME) == registry.get(NAME, tenant) == 30
    assert (first.version, first.value, second.version) == (1, 20, 2)
    assert first.changed_by == f"north:admin:{admin.pk}"
    record = audit.records_of(("tenants.setting", f"north:{NAME}"))[1]
    assert (record.old, record.new, record.reason) == (
        {"value": 10},
        {"value": 20},
        "too strict",
    )
    assert record.actor_id == admin.pk


def test_it_holds_for_its_tenant_only(
    tenant: Tenant, other_tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change(tenant, 20)
    assert registry.get(NAME, other_tenant) == 10
    with tenant_context(other_tenant):
        assert registry.get(NAME) == 10


def test_nothing_holds_before_the_commit(tenant: Tenant) -> None:
    directory.current()
    change(tenant, 20)
    assert registry.get(NAME) == 10


@pytest.mark.parametrize("value", ["", "many", 0, 101, None, 3.5, True])
def test_a_bad_value_is_refused_in_words(tenant: Tenant, value: Any) -> None:
    with pytest.raises(ValidationError):
        change(tenant, value)
    assert not SettingValue.objects.filter(name=NAME).exists()


def test_customers_other_roles_and_other_firms_cannot_change_it(
    tenant: Tenant, other_tenant: Tenant, alice: User, charlie: User, staff_of: Staff
) -> None:
    people = [alice, charlie, staff_of("support"), staff_of("auditor"), staff_of("finance")]
    for someone in [*people, staff_of("owner", other_tenant)]:
        with pytest.raises(PermissionDenied):
            change(tenant, 20, someone)
    assert not SettingValue.objects.filter(name=NAME).exists()


def test_an_operators_change_is_audited_at_the_platform(
    tenant: Tenant, platform_tenant: Tenant, staff_of: Staff
) -> None:
    operator = staff_of("owner", platform_tenant)
    before = audit.records().count()
    change(tenant, 20, operator)
    assert audit.records().count() == before
    with tenant_context(platform_tenant):
        record = audit.records_of(("tenants.setting", f"north:{NAME}")).get()
    assert (record.actor_kind, record.actor_id) == ("operator", operator.pk)


def test_two_people_editing_get_no_lost_update(tenant: Tenant) -> None:
    change(tenant, 20, expected_version=0)
    with pytest.raises(TenantError) as refusal:
        change(tenant, 30, expected_version=0)
    assert refusal.value.code == "changed_meanwhile"
    assert SettingValue.objects.get(name=NAME).value == 20


def test_what_only_the_platform_changes(
    tenant: Tenant, staff_of: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_declared", dict(registry._declared))
    registry.declare(
        registry.Integer(name="test.quota", label="Quota", default=1, operator_only=True)
    )
    with pytest.raises(PermissionDenied):
        actions.change_setting(
            tenant=tenant, name="test.quota", value=2, acting_user=staff_of("owner")
        )
    assert not SettingValue.objects.filter(name="test.quota").exists()


def test_an_undeclared_name_is_an_error(tenant: Tenant) -> None:
    with pytest.raises(KeyError):
        registry.get("no.such.setting")
    with pytest.raises(KeyError):
        actions.change_setting(tenant=tenant, name="no.such", value=1, acting_user=None)


def test_a_bad_declaration_fails_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_declared", dict(registry._declared))
    with pytest.raises(ValueError, match="bad default"):
        registry.declare(registry.Integer(name="test.bad", label="Bad", default=5, minimum=6))
    registry.declare(registry.Boolean(name="test.twice", label="Twice", default=True))
    with pytest.raises(ValueError, match="twice"):
        registry.declare(registry.Boolean(name="test.twice", label="Twice", default=False))


def test_every_setting_has_a_form_field(tenant: Tenant) -> None:
    for setting in registry.declared():
        field = setting.form_field()
        assert isinstance(field, forms.Field)
        assert str(field.label)
        assert setting.clean(setting.default) == setting.default


def test_the_platform_row_has_settings_too(platform_tenant: Tenant) -> None:
    connection.set_schema_to_public()
    assert registry.get(NAME) == 10
