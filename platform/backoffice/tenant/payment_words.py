"""What pages of payments share: tones of states, stories, links, figures of a customer."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from backoffice import access, cells, pages
from backoffice.tenant import names
from backoffice.tenant.adjustments import person
from trading.accounts.models import Account
from wallets.ledger import selectors as ledger
from wallets.payments import numbers
from wallets.payments.models import BankStatement, Deposit, Withdrawal

TONES = {
    "credited": "good", "paid": "good", "accepted": "good", "sent": "good", "active": "good",
    "approved": "good", "released": "good", "done": "good", "settled": "good", "won": "good",
    "applied": "good",
    "waiting": "warn", "held": "warn", "proposed": "warn", "suspense": "warn", "previewed": "warn",
    "prepared": "warn", "review": "warn", "returning": "warn", "unknown": "bad",
    "refused": "bad", "failed": "bad", "declined": "bad", "odd": "bad", "owed": "bad",
    "reversed": "bad", "written_off": "bad", "asked": "warn", "told": "warn", "pending": "warn",
    "open": "warn",
}  # fmt: skip


# The steps of payments that have an entry of their own; see RECORD, HOLD, … of the actions.
STEPS = {
    "record": pgettext_lazy("step of a payment", "Recorded"),
    "credit": pgettext_lazy("step of a payment", "Credited"),
    "fee": pgettext_lazy("step of a payment", "Fee"),
    "send_back": pgettext_lazy("step of a payment", "Sent back"),
    "hold": pgettext_lazy("step of a payment", "Reserved"),
    "paid": pgettext_lazy("step of a payment", "Paid"),
    "bounced": pgettext_lazy("step of a payment", "Came back"),
    "give_back": pgettext_lazy("step of a payment", "Given back"),
}


def state_badge(row: Any) -> Any:
    """The state in words, in its tone."""
    return cells.badge(row.get_state_display(), TONES.get(row.state, "plain"))


def amount(units: Any, row: Any) -> Any:
    return names.amount(int(units), row.asset)


def customer(request: HttpRequest, user: Any) -> Any:
    return names.user_link(request, user) if user is not None else cells.NOTHING


def iban(text: str) -> Any:
    """An IBAN in groups of four; it breaks between them only."""
    return cells.mono(numbers.shown_reference(text)) if text else cells.NOTHING


def story(row: Deposit | Withdrawal) -> list[dict[str, Any]]:
    """The steps of a payment, oldest first."""
    labels = dict(type(row)._meta.get_field("state").choices or ())
    return [
        {
            "label": labels.get(step.state, step.state),
            "tone": TONES.get(step.state, "plain"),
            "by": person(step.by) if step.by else _("the system"),
            "at": step.at,
            "note": step.note,
        }
        for step in row.steps.select_related("by")
    ]


def booked_entries(request: HttpRequest, row: Deposit | Withdrawal) -> Any:
    """The journal entries of a payment's steps, as links for those who may see the ledger."""
    parts = []
    for booking in row.bookings.all():
        step = STEPS.get(booking.step, booking.step)
        if booking.is_rejected:
            text: Any = _("%(step)s: refused (%(result)s)") % {
                "step": step,
                "result": booking.result,
            }
        elif not booking.result_seq:
            text = _("%(step)s: on its way") % {"step": step}
        else:
            entry = names.entries_of_seq(booking.result_seq).first()
            text = entry.get_kind_display() if entry else step
            if entry and access.may(request.user, "ledger.view"):
                text = cells.link(pages.url(request, "entry", entry.pk), text)
        parts.append(text)
    return cells.lines(parts)


def source_of(row: BankStatement) -> Any:
    """Who or what brought a statement."""
    return person(row.uploaded_by) if row.uploaded_by is not None else str(row.source)


def balances_of(account: Account) -> Any:
    """What an account has, asset by asset."""
    rows = [
        format_html(
            "{} {}",
            cells.money(row.booked_units, row.asset.scale),
            row.asset.code,
        )
        for row in ledger.balances(account)
        if row.booked_units
    ]
    return cells.lines(rows)
