"""Tables of payments. Rows change only through the actions of the sub-rooms."""

from wallets.payments.models.bookings import Booking, Step
from wallets.payments.models.cards import (
    CardPayment,
    CardRefund,
    CardState,
    CardStep,
    Claim,
    ClaimKind,
    ClaimState,
    EventState,
    GatewayEvent,
    RefundState,
)
from wallets.payments.models.deposits import (
    Announcement,
    Deposit,
    DepositState,
    Match,
    Proposal,
)
from wallets.payments.models.gateways import CardGateway, GatewayHealth
from wallets.payments.models.manual import ManualPayment, ManualState
from wallets.payments.models.methods import (
    BankAccount,
    CustomerReference,
    MethodVersion,
    PaymentMethod,
    Rail,
)
from wallets.payments.models.sources import Came, SourceFile, SourceKind, StatementSource
from wallets.payments.models.statements import (
    BankStatement,
    StatementLine,
    StatementState,
    Verdict,
)
from wallets.payments.models.withdrawals import (
    Beneficiary,
    BeneficiaryState,
    FileState,
    PaymentFile,
    Withdrawal,
    WithdrawalState,
)

__all__ = [
    "Announcement",
    "BankAccount",
    "BankStatement",
    "Beneficiary",
    "BeneficiaryState",
    "Booking",
    "Came",
    "CardGateway",
    "CardPayment",
    "CardRefund",
    "CardState",
    "CardStep",
    "Claim",
    "ClaimKind",
    "ClaimState",
    "CustomerReference",
    "Deposit",
    "DepositState",
    "EventState",
    "FileState",
    "GatewayEvent",
    "GatewayHealth",
    "ManualPayment",
    "ManualState",
    "Match",
    "MethodVersion",
    "PaymentFile",
    "PaymentMethod",
    "Proposal",
    "Rail",
    "RefundState",
    "SourceFile",
    "SourceKind",
    "StatementLine",
    "StatementSource",
    "StatementState",
    "Step",
    "Verdict",
    "Withdrawal",
    "WithdrawalState",
]
