"""Accounts: opened on verification, seen by their owner alone, changed by staff with the right."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from trading.accounts import actions, selectors
from trading.accounts.errors import AccountError, NoAccount
from trading.accounts.models import Account, AccountRole, AccountState
from trading.commands import door
from trading.engine import queries
from trading.engine.results import Result


def test_a_verified_customer_has_an_account_in_the_engine(books, alice):
    account = selectors.access_account(alice)
    assert account.group.is_default
    books.settle()
    answer = door.send_command(queries.QueryBalances(account_id=account.pk))
    assert answer.result == Result.ACCEPTED
    books.prove()


def test_everybody_sees_his_own_accounts_only(books, alice, bob, charlie, other_tenant):
    own = selectors.access_account(alice)
    for stranger in (bob, charlie):
        with pytest.raises(NoAccount):
            selectors.access_account(stranger, own.pk)
    with tenant_context(other_tenant):
        # Charlie's user id may be Alice's, and her account id one of his firm's.
        with pytest.raises(NoAccount):
            selectors.access_account(alice)
        assert selectors.access_account(charlie).user_id == charlie.pk


def test_a_customer_opens_further_accounts_of_his_own(books, alice, bob):
    made = actions.open_account(user=alice, acting_user=alice, name="Second")
    assert selectors.access_account(alice, made.pk).name == "Second"
    with pytest.raises(PermissionDenied):
        actions.open_account(user=alice, acting_user=bob)
    assert selectors.accounts_of(alice).count() == 2
    books.prove()


def test_states_and_groups_are_versioned_audited_and_sent(books, alice, staff_of):
    admin = staff_of("admin")
    account = selectors.access_account(alice)
    house = selectors.groups().get(name="House")
    account = actions.set_account_state(
        account=account, state=AccountState.SUSPENDED, acting_user=admin, reason="asked by phone"
    )
    account = actions.set_account_group(account=account, group=house, acting_user=admin)
    books.prove()
    versions = list(account.versions.order_by("id"))
    assert [v.version for v in versions] == [1, 2, 3]
    assert versions[1].old["state"] == AccountState.ACTIVE
    assert versions[1].new["state"] == AccountState.SUSPENDED
    actions_recorded = AuditRecord.objects.filter(
        object_type="accounts.account", object_id=str(account.pk)
    ).values_list("action", flat=True)
    assert set(actions_recorded) == {"accounts.open", "accounts.set_state", "accounts.set_group"}


@pytest.mark.parametrize("role", ["finance", "support", "auditor"])
def test_staff_without_the_right_change_nothing(books, alice, staff_of, role):
    account = selectors.access_account(alice)
    with pytest.raises(PermissionDenied):
        actions.set_account_state(
            account=account, state=AccountState.SUSPENDED, acting_user=staff_of(role)
        )
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE
    assert account.versions.count() == 1


def test_owners_of_another_tenant_change_nothing(books, alice, staff_of, other_tenant):
    account = selectors.access_account(alice)
    with pytest.raises(PermissionDenied):
        actions.set_account_state(
            account=account,
            state=AccountState.SUSPENDED,
            acting_user=staff_of("owner", other_tenant),
        )
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE


def test_what_cannot_be_is_refused(books, alice, staff_of):
    owner = staff_of("owner")
    with pytest.raises(AccountError, match="active, cancel-only or suspended"):
        actions.set_account_state(
            account=selectors.access_account(alice), state=9, acting_user=owner
        )
    with pytest.raises(AccountError, match="Staff"):
        actions.open_account(user=owner, acting_user=owner)
    with pytest.raises(AccountError, match="already a group"):
        actions.create_group(name="House", acting_user=owner)
    # One fee account, whoever writes.
    with pytest.raises(IntegrityError, match="account_one_for_fees"), transaction.atomic():
        Account.objects.create(
            role=AccountRole.HOUSE_FEES, name="Second", group=actions.default_group()
        )
