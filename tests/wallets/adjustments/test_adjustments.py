"""Four eyes: one asks, another decides, the engine applies; nobody else, and never twice."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from trading.accounts.models import Account, AccountRole
from trading.accounts.selectors import access_account
from trading.commands.models import QueuedCommand
from trading.engine.results import Result
from trading.instruments.models import Asset
from wallets.adjustments import actions, selectors
from wallets.adjustments.errors import AdjustmentError
from wallets.adjustments.models import Adjustment, Kind, State
from wallets.ledger.models import EntryKind, JournalEntry
from wallets.ledger.selectors import booked_units


@pytest.fixture
def usdt(tenant):
    return Asset.objects.get(code="USDT")


@pytest.fixture
def request_credit(alice, staff_of, usdt):
    """finance asks for a credit of Alice's account."""

    def request(amount="10", *, by=None, **fields):
        values = {
            "account": access_account(alice),
            "asset": usdt,
            "amount_units": usdt.units_of(amount),
            "reason": "Wire of 3 May, ref 99",
            "acting_user": by or staff_of("finance"),
        } | fields
        return actions.request_adjustment(**values)

    return request


def test_a_credit_is_applied_once_and_booked(books, request_credit, staff_of, alice, usdt):
    owner = staff_of("owner")
    adjustment = request_credit("10.5", kind=Kind.TRANSFER)
    assert adjustment.state == State.REQUESTED
    approved = actions.approve_adjustment(adjustment=adjustment, acting_user=owner)
    again = actions.approve_adjustment(adjustment=adjustment, acting_user=owner)
    assert approved.command_id == again.command_id
    books.prove()
    adjustment.refresh_from_db()
    assert adjustment.state == State.APPLIED
    assert selectors.result_text(adjustment) == "Accepted"
    assert booked_units(access_account(alice), usdt.pk) == usdt.units_of("10.5")
    entry = JournalEntry.objects.get(kind=EntryKind.TRANSFER_CREDIT)
    assert entry.reference_id == adjustment.pk
    assert entry.seq == adjustment.result_seq
    with pytest.raises(AdjustmentError, match="decided already"):
        actions.approve_adjustment(adjustment=adjustment, acting_user=staff_of("finance"))


def test_a_debit_beyond_the_balance_is_rejected_by_the_engine(
    books, request_credit, staff_of, alice, usdt
):
    adjustment = request_credit("-1")
    actions.approve_adjustment(adjustment=adjustment, acting_user=staff_of("owner"))
    books.prove()
    adjustment.refresh_from_db()
    assert adjustment.state == State.REJECTED
    assert adjustment.result == Result.INSUFFICIENT_FUNDS
    assert booked_units(access_account(alice), usdt.pk) == 0


def test_a_debit_takes_back(books, request_credit, staff_of, alice, usdt):
    for amount in ("10", "-4"):
        actions.approve_adjustment(adjustment=request_credit(amount), acting_user=staff_of("owner"))
    books.prove()
    assert booked_units(access_account(alice), usdt.pk) == usdt.units_of("6")
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert {EntryKind.ADJUSTMENT_CREDIT, EntryKind.ADJUSTMENT_DEBIT} <= kinds


def test_nobody_decides_what_he_asked_for(books, request_credit, staff_of):
    finance = staff_of("finance")
    adjustment = request_credit(by=finance)
    before = QueuedCommand.objects.count()
    with pytest.raises(PermissionDenied, match="second person"):
        actions.approve_adjustment(adjustment=adjustment, acting_user=finance)
    with pytest.raises(PermissionDenied, match="second person"):
        actions.refuse_adjustment(adjustment=adjustment, acting_user=finance, reason="changed mind")
    adjustment.refresh_from_db()
    assert adjustment.state == State.REQUESTED
    assert QueuedCommand.objects.count() == before
    # Even a row written past the actions is stopped by the database.
    with pytest.raises(IntegrityError, match="adjustment_four_eyes"), transaction.atomic():
        Adjustment.objects.filter(pk=adjustment.pk).update(approved_by=finance)


@pytest.mark.parametrize("role", ["admin", "compliance", "support", "auditor"])
def test_roles_without_the_right(books, request_credit, staff_of, role):
    person = staff_of(role)
    with pytest.raises(PermissionDenied):
        request_credit(by=person)
    adjustment = request_credit()
    with pytest.raises(PermissionDenied):
        actions.approve_adjustment(adjustment=adjustment, acting_user=person)
    adjustment.refresh_from_db()
    assert adjustment.state == State.REQUESTED


def test_customers_strangers_and_the_platform_may_not(
    books, request_credit, staff_of, alice, bob, other_tenant, platform_tenant
):
    adjustment = request_credit()
    strangers = [
        alice,
        bob,
        staff_of("owner", other_tenant),
        staff_of("owner", platform_tenant),
        None,
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            actions.approve_adjustment(adjustment=adjustment, acting_user=stranger)
    adjustment.refresh_from_db()
    assert adjustment.state == State.REQUESTED
    with tenant_context(other_tenant):
        assert not Adjustment.objects.exists()
    books.prove()


def test_a_refusal_moves_nothing(books, request_credit, staff_of, alice, usdt):
    owner = staff_of("owner")
    adjustment = request_credit()
    with pytest.raises(AdjustmentError, match="why"):
        actions.refuse_adjustment(adjustment=adjustment, acting_user=owner, reason="  ")
    actions.refuse_adjustment(adjustment=adjustment, acting_user=owner, reason="Wrong customer")
    with pytest.raises(AdjustmentError, match="refused"):
        actions.approve_adjustment(adjustment=adjustment, acting_user=staff_of("finance"))
    books.prove()
    adjustment.refresh_from_db()
    assert (adjustment.state, adjustment.command_id) == (State.REFUSED, None)
    assert booked_units(access_account(alice), usdt.pk) == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount_units": 0}, "zero"),
        ({"amount_units": 10**38}, "too large"),
        ({"reason": "no"}, "Say why"),
        ({"kind": "gift"}, "correction or a transfer"),
    ],
)
def test_bad_requests_say_what_is_wrong(books, request_credit, changes, message):
    with pytest.raises(AdjustmentError, match=message):
        request_credit(**changes)
    assert not Adjustment.objects.exists()


def test_house_accounts_are_not_adjusted(books, request_credit):
    house = Account.objects.get(role=AccountRole.HOUSE_FEES)
    with pytest.raises(AdjustmentError, match="customers"):
        request_credit(account=house)


def test_every_step_is_audited_with_its_reason(books, request_credit, staff_of):
    adjustment = request_credit()
    actions.approve_adjustment(adjustment=adjustment, acting_user=staff_of("owner"))
    records = AuditRecord.objects.filter(
        object_type="adjustments.adjustment", object_id=str(adjustment.pk)
    ).order_by("id")
    assert [record.action for record in records] == ["adjustments.request", "adjustments.approve"]
    assert records[0].reason == adjustment.reason
