"""One of each thing that pages of payments show, as rows of tenant north; nothing moves."""

import uuid
from typing import Any

from django.utils import timezone

from identity import crypto
from identity.models import User
from trading.accounts.models import Account
from trading.instruments.models import Asset
from wallets.payments.models import (
    BankAccount,
    BankStatement,
    Beneficiary,
    CardGateway,
    CardPayment,
    CardRefund,
    Claim,
    Deposit,
    GatewayEvent,
    GatewayHealth,
    ManualPayment,
    PaymentFile,
    PaymentMethod,
    SourceFile,
    StatementLine,
    StatementSource,
    Withdrawal,
)

REASON = "Bonus for a complaint"


def payment_arguments(
    customer: User, account: Account, finance: User, owner: User
) -> dict[str, int]:
    """The ids that addresses of payments take; all is of one customer."""
    usdt = Asset.objects.get(code="USDT")
    bank = BankAccount.objects.first() or BankAccount.objects.create(
        name="Main account",
        holder="North Exchange",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        bank_name="Example Bank",
        asset=usdt,
        currency="USD",
    )
    method = PaymentMethod.objects.first() or PaymentMethod.objects.create(
        code="bank", asset=usdt, bank_account=bank, texts={"en": {"name": "Bank transfer"}}
    )
    statement = BankStatement.objects.first() or BankStatement.objects.create(
        bank_account=bank, format="MT940", file_name="a.sta", sha256="0" * 64, uploaded_by=finance
    )
    line = StatementLine.objects.first() or StatementLine.objects.create(
        statement=statement,
        bank_account=bank,
        number=1,
        entry_key="a",
        is_credit=False,
        amount_units=5,
        currency="USD",
        verdict="new",
        is_booked=True,
        remittance="A fee",
    )
    deposit = Deposit.objects.first() or Deposit.objects.create(
        bank_account=bank,
        method=method,
        asset=usdt,
        amount_units=7 * 10**8,
        user=customer,
        account=account,
        state="proposed",
        proposal="return",
        proposed_by=finance,
        proposed_at=timezone.now(),
        proposal_reason=REASON,
        before_proposal="held",
        sender_name="Somebody",
    )
    beneficiary = Beneficiary.objects.first() or Beneficiary.objects.create(
        user=customer,
        method=method,
        label=REASON,
        holder="Somebody",
        iban="NL91ABNA0417164300",
        is_own_name=False,
    )
    file = PaymentFile.objects.first() or PaymentFile.objects.create(
        bank_account=bank,
        message_id="M1",
        execution_on=timezone.now().date(),
        state="sent",
        xml="<a/>",
        sha256="e4f8c0ee69e6b1e4e5c1e65f7d1f0a3f2f4e8c0ee69e6b1e4e5c1e65f7d1f0a3",
        count=1,
        total_units=5,
        prepared_by=finance,
        released_by=owner,
    )
    withdrawal = Withdrawal.objects.first() or Withdrawal.objects.create(
        request_key=uuid.uuid4(),
        user=customer,
        account=account,
        asset=usdt,
        method=method,
        beneficiary=beneficiary,
        holder="Somebody",
        iban=beneficiary.iban,
        amount_units=5 * 10**8,
        state="waiting",
    )
    gateway = CardGateway.objects.first()
    if gateway is None:
        gateway = CardGateway.objects.create(
            name="Gateway",
            part=900,
            hook_hash=crypto.hash_token("a-hook"),
            sealed=crypto.encrypt(
                b'{"api_key": "a-key-of-nobody-at-all", "event_secrets": ["x"], "hook": "a-hook"}'
            ),
        )
        GatewayHealth.objects.create(gateway=gateway)
    card = CardPayment.objects.first() or CardPayment.objects.create(
        request_key=uuid.uuid4(),
        gateway=gateway,
        method=method,
        user=customer,
        account=account,
        asset=usdt,
        amount_units=7 * 10**8,
        deposit=deposit,
        state="paid",
    )
    claim = Claim.objects.first() or Claim.objects.create(
        payment=card, kind="chargeback", gateway_ref="cb_1", amount_units=5, state="owed"
    )
    refund = CardRefund.objects.first() or CardRefund.objects.create(
        payment=card, amount_units=5, reason=REASON, asked_by=finance
    )
    source = StatementSource.objects.first() or StatementSource.objects.create(
        name="Connector", kind="api", key_hash="0" * 64
    )
    return {
        "gateway_id": gateway.pk,
        "card_payment_id": card.pk,
        "claim_id": claim.pk,
        "refund_id": refund.pk,
        "source_id": source.pk,
        "hook_token": "a-hook",
        "method_id": method.pk,
        "statement_id": statement.pk,
        "line_id": line.pk,
        "deposit_id": deposit.pk,
        "beneficiary_id": beneficiary.pk,
        "file_id": file.pk,
        "withdrawal_id": withdrawal.pk,
    }


def payment_state() -> dict[str, Any]:
    """What nobody else may change of them."""
    return {
        "deposits": list(Deposit.objects.values_list("pk", "state")),
        "withdrawals": list(Withdrawal.objects.values_list("pk", "state", "first_by")),
        "beneficiaries": list(Beneficiary.objects.values_list("pk", "state")),
        "statements": list(BankStatement.objects.values_list("pk", "state")),
        "files": list(PaymentFile.objects.values_list("pk", "state")),
        "methods": list(PaymentMethod.objects.values_list("pk", "version")),
        "gateways": list(CardGateway.objects.values_list("pk", "sealed", "is_active")),
        "cards": list(CardPayment.objects.values_list("pk", "state")),
        "refunds": list(CardRefund.objects.values_list("pk", "state")),
        "claims": list(Claim.objects.values_list("pk", "state", "write_off_by")),
        "by_hand": list(ManualPayment.objects.values_list("pk", "state")),
        "events": GatewayEvent.objects.count(),
        "sources": list(StatementSource.objects.values_list("pk", "is_active", "takes_in")),
        "files_of_sources": SourceFile.objects.count(),
        "lines": list(StatementLine.objects.values_list("pk", "explanation")),
    }
