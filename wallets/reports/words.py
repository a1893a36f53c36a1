"""Why money moved, in the words of statements. Customers read these."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wallets.ledger.models import EntryKind


def kind_words() -> dict[int, str]:
    """Kinds of journal entries; one that has no words of its own here has its label."""
    return {
        **{int(kind): str(kind.label) for kind in EntryKind},
        EntryKind.SPOT_FILL: pgettext("statement", "Trade"),
        EntryKind.DEPOSIT: _("Deposit"),
        EntryKind.WITHDRAWAL: _("Withdrawal"),
        EntryKind.ADJUSTMENT_CREDIT: _("Credit by staff"),
        EntryKind.ADJUSTMENT_DEBIT: _("Debit by staff"),
        EntryKind.TRANSFER_CREDIT: _("Transfer in"),
        EntryKind.TRANSFER_DEBIT: _("Transfer out"),
        EntryKind.WITHDRAWAL_RETURNED: _("Withdrawal returned"),
        EntryKind.DEPOSIT_REVERSED: _("Deposit reversed"),
        EntryKind.OWN_TRANSFER_OUT: _("To another account of yours"),
        EntryKind.OWN_TRANSFER_IN: _("From another account of yours"),
    }


def kind_word(kind: int) -> str:
    """One of them; a number of which nothing is known is shown as it is."""
    return kind_words().get(kind, str(kind))
