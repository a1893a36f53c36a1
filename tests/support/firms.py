"""A firm at work: customers with money, an open order, a trade, a key, something to approve."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_tenants.utils import schema_context

import paperwork
from a_payment import payment_arguments
from audit.models import AuditRecord
from backoffice.once import new_token
from books import Books, books
from clearing.models import Rebuild, RebuildState
from firm_rows import a_campaign, a_claim, care_arguments, kyc_arguments, rule_arguments
from identity import actions as identity
from identity.models import AccessReview, ApiKey, User
from tenants import actions as tenant_actions
from tenants.models import Announcement, Domain, Tenant
from trading.accounts.models import Account
from trading.accounts.selectors import access_account
from trading.calendars import actions as calendars
from trading.calendars.hours import Hours
from trading.calendars.models import Calendar
from trading.commands.models import QueuedCommand
from trading.fees.models import Ladder
from trading.instruments import actions as instruments
from trading.instruments.actions import FeeLine
from trading.instruments.models import (
    Asset,
    FeeProposal,
    FeeSchedule,
    Instrument,
    ScheduledChange,
)
from trading.orders import actions as orders
from trading.orders.models import Order, Trade
from wallets.adjustments import actions as adjustments
from wallets.adjustments.models import Adjustment
from wallets.bookkeeping import actions as bookkeeping
from wallets.bookkeeping.models import EntryRequest, Period, PeriodState
from wallets.ledger.models import EntryKind, JournalEntry, LedgerAccount
from wallets.reconciliation.models import BooksBreak

__all__ = ["books"]

REASON = "Asked for by the customer"


@dataclass
class Firm:
    """What the pages of the tenant north have to show."""

    tenant: Tenant
    books: Books
    alice: User
    bob: User
    finance: User
    owner: User
    account: Account
    order: Order
    trade: Trade
    key: ApiKey
    waiting: Adjustment

    def arguments(self) -> dict[str, Any]:
        """A value for every argument a route of the backoffice takes.

        It makes the rows that are not there yet, so call it before the marks are taken.
        """
        return {
            "user_id": self.alice.pk,
            "account_id": self.account.pk,
            "key_id": self.key.pk,
            "order_id": self.order.pk,
            "trade_id": self.trade.pk,
            "instrument_id": Instrument.objects.get(symbol="BTC-USDT").pk,
            "calendar_id": a_calendar().pk,
            "ladder_id": Ladder.objects.first().pk,
            "schedule_id": FeeSchedule.objects.first().pk,
            "ledger_account_id": LedgerAccount.objects.first().pk,
            "entry_id": JournalEntry.objects.first().pk,
            "seq": self.trade.seq,
            "adjustment_id": self.waiting.pk,
            "role": "support",
            **a_review(self.owner),
            "approval_kind": "adjustment",
            "approval_id": self.waiting.pk,
            "change_id": a_scheduled_change(self.owner).pk,
            "version": 1,
            "preview_page": "front",
            "campaign_id": a_campaign(self.owner).pk,
            "referral_code": "ABCDEFGH",
            "domain_claim_id": a_claim(self.tenant).pk,
            "proposal_id": a_fee_proposal(self.owner).pk,
            "request_id": an_entry_request(self.finance).pk,
            "kind": int(EntryKind.BANK_FEE),
            "month": str(a_month_to_reopen(self.finance)),
            "year": a_month_to_reopen(self.finance).month.year,
            "break_id": a_break().pk,
            "rebuild_id": a_rebuild(self.finance).pk,
            "command_id": QueuedCommand.objects.first().pk,
            "name": "identity.sign_up_open",
            "trace": "0123456789abcdef",
            "record_id": AuditRecord.objects.first().pk,
            "token": "no-such-token",
            "rest": "nothing/here",
            **care_arguments(self.alice),
            **kyc_arguments(self.alice),
            **paperwork.office_arguments(self.tenant, self.owner, self.alice),
            **payment_arguments(self.alice, self.account, self.finance, self.owner),
            **rule_arguments(self.owner, self.alice),
        }


def an_entry_request(finance: User) -> EntryRequest:
    """A bank fee that waits for a second person."""
    usdt = Asset.objects.get(code="USDT")
    return EntryRequest.objects.first() or bookkeeping.request_entry(
        kind=EntryKind.BANK_FEE,
        asset=usdt,
        amount_units=usdt.units_of("3"),
        reason=REASON,
        acting_user=finance,
    )


def a_review(owner: User) -> dict[str, int]:
    """An open review of access, and the line of somebody in it."""
    review = AccessReview.objects.first() or identity.open_review(acting_user=owner)
    line = review.people.exclude(user=owner).first()
    return {"review_id": review.pk, "reviewed_id": line.pk}


def a_fee_proposal(owner: User) -> FeeProposal:
    """Fees of one instrument that wait for a second person."""
    instrument = Instrument.objects.get(symbol="BTC-USDT")
    return FeeProposal.objects.first() or instruments.propose_fees(
        lines=[FeeLine(None, instrument, 900, 1900, {})], reason=REASON, acting_user=owner
    )


def a_scheduled_change(owner: User) -> ScheduledChange:
    """Another largest quantity, tomorrow."""
    instrument = Instrument.objects.get(symbol="BTC-USDT")
    return ScheduledChange.objects.first() or instruments.schedule_change(
        instrument=instrument,
        changes={"max_quantity": "5"},
        at=timezone.now() + timedelta(days=1),
        reason=REASON,
        acting_user=owner,
    )


def a_month_to_reopen(finance: User) -> Period:
    """A closed December whose reopening waits for a second person: its year has a page as well.

    It lies before all of the firm's entries, so that none of them belongs to it.
    """
    now = timezone.now()
    return Period.objects.first() or Period.objects.create(
        month=date(2025, 12, 1),
        starts_at=datetime(2025, 12, 1, tzinfo=UTC),
        ends_at=datetime(2026, 1, 1, tzinfo=UTC),
        state=PeriodState.REOPENING,
        closed_by=finance,
        closed_at=now,
        closed_seq=1,
        reopen_asked_by=finance,
        reopen_asked_at=now,
        reopen_reason=REASON,
    )


def a_calendar() -> Calendar:
    """Some calendar, made by the system."""
    return Calendar.objects.first() or calendars.set_calendar(
        calendar=None,
        name="Office hours",
        time_zone="UTC",
        week=[Hours(0, time(9), time(17))],
        holidays={},
        acting_user=None,
    )


def a_break() -> BooksBreak:
    """Some break of the books that nobody has looked at."""
    now = timezone.now()
    return BooksBreak.objects.first() or BooksBreak.objects.create(
        key="balance_unlike_postings/0//made up",
        cause="balance_unlike_postings",
        message="The balance is not the sum of its postings.",
        asset=Asset.objects.get(code="BTC"),
        expected="1",
        found="2",
        units=10**8,
        seq=1,
        event_seq=1,
        in_background=True,
        first_found_at=now,
        last_found_at=now,
    )


def a_rebuild(finance: User) -> Rebuild:
    """Some rebuild that found the tables to differ."""
    return Rebuild.objects.first() or Rebuild.objects.create(
        state=RebuildState.COMPARED,
        reason="A break in the books",
        asked_by=finance,
        seq=1,
        target_seq=1,
        compared_at=timezone.now(),
        tables=[{"table": "orders_trade", "rows": 1, "missing": 0, "extra": 1, "different": 0}],
    )


def fund(account: Account, code: str, amount: str, finance: User, owner: User) -> None:
    asset = Asset.objects.get(code=code)
    row = adjustments.request_adjustment(
        account=account,
        asset=asset,
        amount_units=asset.units_of(amount),
        reason="Opening balance",
        acting_user=finance,
    )
    adjustments.approve_adjustment(adjustment=row, acting_user=owner)


@pytest.fixture
def firm(
    books: Books, tenant: Tenant, alice: User, bob: User, staff_of: Callable[..., User]
) -> Firm:
    finance, owner = staff_of("finance"), staff_of("owner")
    for customer in (alice, bob):
        for code, amount in (("USDT", "10000"), ("BTC", "1")):
            fund(access_account(customer), code, amount, finance, owner)
    books.settle()
    account = access_account(alice)
    resting = orders.submit_order(
        account=account, instrument="BTC-USDT", acting_user=alice,
        side="sell", price="100", quantity="0.5",
    )  # fmt: skip
    orders.submit_order(
        account=access_account(bob), instrument="BTC-USDT", acting_user=bob,
        side="buy", price="100", quantity="0.2",
    )  # fmt: skip
    books.settle()
    key = identity.create_api_key(
        request=None, user=alice, label="Robot", permissions=["read", "trade"], acting_user=alice
    ).key
    waiting = adjustments.request_adjustment(
        account=account,
        asset=Asset.objects.get(code="USDT"),
        amount_units=5 * 10**8,
        reason="Bonus for a complaint",
        acting_user=finance,
    )
    a_calendar()
    return Firm(
        tenant=tenant,
        books=books,
        alice=alice,
        bob=bob,
        finance=finance,
        owner=owner,
        account=account,
        order=Order.objects.get(pk=resting.order_id),
        trade=Trade.objects.get(),
        key=key,
        waiting=waiting,
    )


@dataclass(frozen=True)
class Marks:
    """What any write of the product leaves: an audit record, a queued command, or a row."""

    records: int
    commands: int
    adjustments: int
    users: int
    engine_seq: int


def marks() -> Marks:
    """Compare before and after: equal means that nothing changed."""
    from trading.commands import door
    from trading.engine.queries import QueryStatus

    status = door.send_command(QueryStatus()).events[0]
    return Marks(
        records=AuditRecord.objects.count(),
        commands=QueuedCommand.objects.count(),
        adjustments=Adjustment.objects.count(),
        users=User.objects.count(),
        engine_seq=status.seq,
    )


_INPUT = re.compile(r'<input[^>]* name="([^"]+)"[^>]*>')
_VALUE = re.compile(r' value="([^"]*)"')


def fields_of(page: str) -> dict[str, str]:
    """The inputs of the page's form as a browser would send them; areas and choices are not."""
    found = {}
    for tag in _INPUT.finditer(page[page.index("data-once") :]):
        value = _VALUE.search(tag[0])
        found[tag[1]] = unescape(value[1]) if value else ""
    return found


def opened(browser: Any, address: str) -> dict[str, str]:
    """A form as it was opened, with a reason."""
    return fields_of(browser.get(address).content.decode()) | {"reason": REASON}


def an_announcement() -> Announcement:
    """Something that the platform tells all firms for an hour."""
    now = timezone.now()
    return Announcement.objects.first() or tenant_actions.announce(
        headline="Maintenance tonight",
        text="The reports are away for a minute.",
        tone="info",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        tenant=None,
        acting_user=None,
    )


@pytest.fixture
def operator_arguments(platform_tenant: Tenant, tenant: Tenant) -> Callable[[User], dict[str, Any]]:
    def make(colleague: User) -> dict[str, Any]:
        with schema_context(settings.PUBLIC_SCHEMA_NAME):
            return {
                "tenant_id": tenant.pk,
                "domain_id": Domain.objects.filter(tenant=tenant).first().pk,
                "name": "identity.sign_up_open",
                "announcement_id": an_announcement().pk,
                "user_id": colleague.pk,
                "record_id": AuditRecord.objects.first().pk,
                "plan_name": paperwork.a_plan().name,
                "invoice_id": paperwork.a_draft(tenant).pk,
                "link": "no-such-link",
            }

    return make


@pytest.fixture
def send() -> Iterator[Callable[..., Any]]:
    """Post a form as the page would: with its token."""

    def post(browser: Any, address: str, **fields: Any) -> Any:
        return browser.post(address, {"token": new_token(), **fields})

    yield post
