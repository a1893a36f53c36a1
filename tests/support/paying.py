"""A firm that takes euros: its bank account and method, customers with names, second factors."""

import itertools
import time
import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

import people
from bank_files import Entry, camt053
from books import Books
from identity import actions as identity
from identity import sessions
from identity.models import User
from kyc.actions import rights as kyc
from kyc.models import Tier
from tenants.models import Tenant
from trading.accounts.models import Account
from trading.accounts.selectors import access_account
from trading.instruments import actions as instruments
from trading.instruments.models import Asset
from visits import visit
from wallets.ledger.models import Balance, LedgerAccount, Line
from wallets.ledger.selectors import booked_units
from wallets.payments import steps
from wallets.payments.beneficiaries import actions as beneficiaries
from wallets.payments.methods import actions as methods
from wallets.payments.models import BankStatement, Beneficiary, PaymentFile, Withdrawal
from wallets.payments.statements import actions as statements
from wallets.payments.withdrawals import actions as withdrawals
from wallets.payments.withdrawals import files

IBAN = "DE89370400440532013000"
ALICES_IBAN = "NL91ABNA0417164300"
REASON = "As the papers say"


def line_units(line: Line, paying: "Paying") -> int:
    """The balance of a house line in euros; debits positive."""
    account = LedgerAccount.objects.filter(line=int(line), asset=paying.euro, part=0).first()
    balance = Balance.objects.filter(pk=account.pk).first() if account else None
    return int(balance.units) if balance else 0


class Paying:
    """Tenant north with a bank. What it does goes through the product's own actions."""

    def __init__(self, tenant: Tenant, books: Books, staff_of: Any) -> None:
        self.tenant, self.books = tenant, books
        self.finance, self.finance_2 = staff_of("finance"), staff_of("finance")
        self.compliance, self.owner = staff_of("compliance"), staff_of("owner")
        self.euro: Asset = instruments.create_asset(
            code="EUR", name="Euro", scale=2, acting_user=None
        )
        self.bank = methods.open_bank_account(
            name="Main EUR account",
            holder="North Exchange Ltd",
            iban=IBAN,
            bic="COBADEFFXXX",
            bank_name="Example Bank",
            asset=self.euro,
            currency="EUR",
            acting_user=self.owner,
        )
        self.method = methods.create_method(
            slug="bank-eur",
            asset=self.euro,
            bank_account=self.bank,
            texts={"en": {"name": "Bank transfer (EUR)", "note": "One or two days."}},
            deposit_min_units=10_00,
            deposit_max_units=50_000_00,
            withdrawal_min_units=20_00,
            withdrawal_max_units=20_000_00,
            withdrawal_fee_units=1_50,
            withdrawal_day_units=30_000_00,
            withdrawal_month_units=100_000_00,
            one_person_units=500_00,
            cooling_hours=24,
            acting_user=self.owner,
        )
        self._numbers = itertools.count(1)
        # Limits are the method's here: tiers count theirs in USDT.
        Tier.objects.filter(number=2).update(withdraw_day_units=None, withdraw_month_units=None)

    def customer(self, name: str, full_name: str) -> User:
        user = people.make_customer(self.tenant, name, second_factor=True)
        identity.set_name(user=user, name=full_name, acting_user=None)
        profile = kyc.ensure_profile(user)
        profile.tier = Tier.objects.get(number=2)
        profile.save(update_fields=["tier"])
        return user

    def request_of(self, user: User, *, recent: bool = True) -> HttpRequest:
        request = visit(user=user)
        if recent:
            request.session[sessions.SECOND_FACTOR_AT] = int(time.time())
        return request

    def account(self, user: User) -> Account:
        return access_account(user)

    def has(self, user: User) -> int:
        """What the books say a customer has, in cents."""
        return booked_units(self.account(user), self.euro.pk)

    def settle(self) -> None:
        """Engine, clearing and payments, until nothing moves any more."""
        self.books.settle()
        while steps.advance():
            self.books.settle()

    def statement(self, entries: list[Entry], **options: Any) -> BankStatement:
        """A statement uploaded by one and taken in by another."""
        row = self.upload(entries, **options)
        return statements.accept_statement(statement=row, reason="", acting_user=self.finance_2)

    def upload(self, entries: list[Entry], **options: Any) -> BankStatement:
        options.setdefault("number", next(self._numbers))
        data = camt053(entries, **options)
        return statements.upload_statement(
            data=data, file_name="statement.xml", acting_user=self.finance
        )

    def paid_in(self, user: User, amount: str = "1000.00") -> None:
        """A customer's transfer with his reference, credited."""
        reference = methods.reference_of(user)
        self.statement([Entry(amount, name=user.name, text=f"Deposit {reference}")])
        self.settle()

    def beneficiary(self, user: User, *, is_usable: bool = True, **fields: Any) -> Beneficiary:
        values = {"label": "Home", "holder": user.name, "iban": ALICES_IBAN} | fields
        row = beneficiaries.add_beneficiary(
            request=self.request_of(user), method=self.method, **values
        )
        if is_usable:
            row.usable_from = timezone.now() - timedelta(hours=1)
            row.save(update_fields=["usable_from"])
        return row

    def ask(self, user: User, units: int = 100_00, **fields: Any) -> Withdrawal:
        values = {
            "request": self.request_of(user),
            "account": self.account(user),
            "amount_units": units,
            "request_key": uuid.uuid4(),
        } | fields
        if "beneficiary" not in values:
            values["beneficiary"] = Beneficiary.objects.filter(
                user=user
            ).first() or self.beneficiary(user)
        return withdrawals.request_withdrawal(**values)

    def approve(self, row: Withdrawal) -> Withdrawal:
        for person in (self.finance, self.compliance)[: row.approvals_needed]:
            row = withdrawals.approve_withdrawal(withdrawal=row, reason=REASON, acting_user=person)
        return row

    def file(self) -> PaymentFile:
        """All that is approved in a file, released by a second person and handed over."""
        row = files.prepare_file(
            bank_account=self.bank,
            execution_on=timezone.now().date(),
            acting_user=self.finance,
        )
        files.release_file(file=row, reason=REASON, acting_user=self.finance_2)
        return files.hand_over(file=row, acting_user=self.finance)

    def sent(self, user: User, units: int = 100_00) -> Withdrawal:
        """A withdrawal that is with the bank."""
        row = self.ask(user, units)
        self.settle()
        row.refresh_from_db()
        self.approve(row)
        self.file()
        row.refresh_from_db()
        return row

    def entry_of(self, row: Withdrawal, **changes: Any) -> Entry:
        """The bank's entry that shows a withdrawal paid."""
        values: dict[str, Any] = {
            "amount": self.euro.text(row.net_units),
            "side": "DBIT",
            "name": row.holder,
            "iban": row.iban,
            "end_to_end_id": row.end_to_end_id,
        }
        return Entry(**(values | changes))
