"""Card payments: every one with its life, the gateway's events, refunds and what was taken back."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, export, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, units_of
from backoffice.tables import Column, Days, Listing, by_state, state_tabs
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from backoffice.tenant.adjustments import person
from wallets.payments.cards import asking, claims, refunds, selectors
from wallets.payments.models import (
    CardPayment,
    CardState,
    CardStep,
    Claim,
    ClaimState,
    RefundState,
)

_EXPORT: export.Columns = (
    ("card_payment", lambda c: c.pk),
    ("created_at", lambda c: c.created_at),
    ("state", lambda c: c.state),
    ("customer", lambda c: c.user.email),
    ("account", lambda c: c.account_id),
    ("asset", lambda c: c.asset.code),
    ("amount", lambda c: c.asset.text(int(c.amount_units))),
    ("paid", lambda c: c.asset.text(int(c.paid_units))),
    ("gateway_fee", lambda c: c.asset.text(int(c.gateway_fee_units))),
    ("gateway", lambda c: c.gateway.name),
    ("order_id", lambda c: c.order_id),
    ("gateway_reference", lambda c: c.gateway_ref),
    ("deposit", lambda c: c.deposit_id or ""),
    ("ended_at", lambda c: c.ended_at),
)


def _listing(request: HttpRequest) -> Listing:
    return Listing(
        columns=[
            Column(gettext_lazy("Payment"), lambda c: cells.mono(c.pk), "main"),
            Column(gettext_lazy("Customer"), lambda c: words.customer(request, c.user)),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda c: words.amount(c.amount_units, c),
                "number",
            ),
            Column(
                gettext_lazy("At the gateway"),
                lambda c: cells.pair(c.gateway.name, c.gateway_ref or c.order_id),
            ),
            Column(
                gettext_lazy("Deposit"),
                lambda c: words.state_badge(c.deposit) if c.deposit else cells.NOTHING,
            ),
            Column(gettext_lazy("Begun"), lambda c: cells.when(c.created_at)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        filters=[
            by_state(CardState.choices),
            Days("day", gettext_lazy("Begun"), "created_at"),
        ],
        search=lambda rows, term: rows.filter(
            Q(user__email__icontains=term) | Q(gateway_ref__icontains=term) | _by_order(term)
        ),
        search_hint=gettext_lazy("E-mail, order or the gateway's id"),
        empty_headline=gettext_lazy("No card payments"),
        empty_sentence=gettext_lazy("What customers pay on the gateway's page stands here."),
        row_link=lambda row: pages.url(request, "card_payment", row.pk),
    )


def _by_order(term: str) -> Q:
    digits = term.upper().removeprefix("C")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
    return Q(pk=int(digits)) if is_number else Q(pk=None)


def card_payments(request: HttpRequest) -> HttpResponse:
    """Every card payment; as a CSV file too."""
    listing, rows = _listing(request), selectors.payments()
    if export.wanted(request):
        return export.csv_file(request, listing, rows, "card-payments", _EXPORT)
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "buttons": [
                (_("CSV"), export.query(request), ""),
                (_("Taken back"), pages.url(request, "card_claims"), ""),
                (_("Gateways"), pages.url(request, "card_gateways"), ""),
            ],
            "tabs": state_tabs(
                request,
                pages.url(request, "card_payments"),
                {
                    "open": pgettext("card payment", "Open"),
                    "paid": _("Paid"),
                    "unknown": _("Not known"),
                },
            ),
        },
        title=_("Card payments"),
    )


def _found(card_payment_id: int) -> CardPayment:
    row: CardPayment = names.found(selectors.payments(), pk=card_payment_id)
    return row


def card_payment(request: HttpRequest, card_payment_id: int) -> HttpResponse:
    """One payment: its facts and steps, events, refunds, what the gateway took back."""
    row = _found(card_payment_id)
    context: dict[str, Any] = {
        "facts": _facts(request, row),
        "payment": row,
        "story": _story(row),
        "events": _events().show(row.events.order_by("pk")[:100]),
        "refunds": _refunds().show(row.refunds.select_related("payment__asset", "asked_by")),
        "claims": _claims(request).show(selectors.claims().filter(payment=row)),
        "may_refund": refunds.refundable_units(row) > 0,
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "card_payment.html",
        context,
        title=_("Card payment %(id)s") % {"id": row.pk},
        crumbs=[(_("Card payments"), pages.url(request, "card_payments"))],
    )


def _facts(request: HttpRequest, row: CardPayment) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_("State"), words.state_badge(row)),
        (_("Asked for"), words.amount(row.amount_units, row)),
        (_("Paid"), words.amount(row.paid_units, row) if row.paid_units else cells.NOTHING),
        (_("Fee of the gateway"), words.amount(row.gateway_fee_units, row)),
        (_("Customer"), words.customer(request, row.user)),
        (_("Gateway"), row.gateway.name),
        (_("Order"), cells.mono(row.order_id)),
        (
            _("The gateway's id"),
            cells.mono(row.gateway_ref) if row.gateway_ref else cells.NOTHING,
        ),
        (_("Begun (UTC)"), cells.when(row.created_at)),
        (_("Asked last (UTC)"), cells.when(row.asked_at)),
        (_("Asked next (UTC)"), cells.when(row.ask_at)),
    ]
    if row.note:
        facts.append((_("Note"), row.note))
    if row.deposit is not None:
        address = pages.url(request, "deposit", row.deposit.pk)
        facts += [
            (_("Deposit"), cells.link(address, _("Deposit %(id)s") % {"id": row.deposit.pk})),
            (_("Deposit's state"), words.state_badge(row.deposit)),
            (_("Journal entries"), words.booked_entries(request, row.deposit)),
        ]
    return facts


def _story(row: CardPayment) -> list[dict[str, Any]]:
    """Steps of the payment, its refunds and claims, oldest first."""
    return [
        {
            "label": _step_words(step),
            "tone": words.TONES.get(step.state, "plain"),
            "by": person(step.by) if step.by else _("the system"),
            "at": step.at,
            "note": step.note,
        }
        for step in row.steps.select_related("by")
    ]


def _step_words(step: CardStep) -> str:
    """A step in the reader's language. What it is about is kept in English, as in "Refund 3"."""
    what, _space, number = step.about.rpartition(" ")
    if not what:
        return _state_of(CardState, step)
    if what == "Refund":
        return f"{_('Refund')} {number}: {_state_of(RefundState, step)}"
    kind = _("Chargeback") if what == "Chargeback" else _("Given back at the gateway")
    return f"{kind} {number}: {_state_of(ClaimState, step)}"


def _state_of(states: Any, step: CardStep) -> str:
    """The state in words; as it was written where the code is none of today's."""
    return str(states(step.state).label) if step.state in states.values else step.label


def _events() -> Listing:
    return Listing(
        columns=[
            Column(gettext_lazy("Event"), lambda e: cells.pair(e.type, e.event_id), "main"),
            Column(gettext_lazy("Signed"), lambda e: cells.when(e.signed_at)),
            Column(gettext_lazy("Received"), lambda e: cells.when(e.received_at)),
            Column(gettext_lazy("Came again"), lambda e: cells.number(e.repeats), "number"),
            Column(gettext_lazy("Note"), lambda e: e.note or cells.NOTHING),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        empty_headline=gettext_lazy("The gateway told nothing by itself"),
    )


def _refunds() -> Listing:
    return Listing(
        columns=[
            Column(gettext_lazy("Refund"), lambda r: cells.pair(r.pk, r.key), "main"),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda r: words.amount(r.amount_units, r.payment),
                "number",
            ),
            Column(gettext_lazy("Asked for by"), lambda r: person(r.asked_by)),
            Column(gettext_lazy("Why"), lambda r: cells.pair(r.reason, r.note)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        empty_headline=gettext_lazy("Nothing was given back"),
    )


def _claims(request: HttpRequest) -> Listing:
    return Listing(
        columns=[
            Column(
                gettext_lazy("What"),
                lambda c: cells.pair(c.get_kind_display(), c.gateway_ref),
                "main",
            ),
            Column(gettext_lazy("Customer"), lambda c: words.customer(request, c.payment.user)),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda c: words.amount(c.amount_units, c.payment),
                "number",
            ),
            Column(
                gettext_lazy("Taken"), lambda c: words.amount(c.taken_units, c.payment), "number"
            ),
            Column(gettext_lazy("Owed"), lambda c: words.amount(c.debt_units, c.payment), "number"),
            Column(gettext_lazy("Told"), lambda c: cells.when(c.told_at)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        empty_headline=gettext_lazy("The gateway took nothing back"),
        row_link=lambda row: pages.url(request, "card_claim", row.pk),
    )


def card_claims(request: HttpRequest) -> HttpResponse:
    """What gateways took back, and what customers owe of it."""
    listing = _claims(request)
    address = pages.url(request, "card_claims")
    rows, owed = selectors.claims(), request.GET.get("owed", "")
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, selectors.debts() if owed else rows),
            "tabs": [
                (_("All"), address, not owed),
                (_("Owed"), f"{address}?owed=1", bool(owed)),
            ],
        },
        title=_("Taken back by gateways"),
        crumbs=[(_("Card payments"), pages.url(request, "card_payments"))],
    )


def card_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One chargeback: what was taken of it, what is owed."""
    row: Claim = names.found(selectors.claims(), pk=claim_id)
    payment = row.payment
    address = pages.url(request, "card_payment", payment.pk)
    facts: list[tuple[Any, Any]] = [
        (_("State"), words.state_badge(row)),
        (_("Payment"), cells.link(address, _("Card payment %(id)s") % {"id": payment.pk})),
        (_("Customer"), words.customer(request, payment.user)),
        (_("Account"), names.account_link(request, payment.account)),
        (pgettext("money", "Amount"), words.amount(row.amount_units, payment)),
        (_("Fee of the gateway"), words.amount(row.fee_units, payment)),
        (_("Taken from the customer"), words.amount(row.taken_units, payment)),
        (_("Owed by the customer"), words.amount(row.debt_units, payment)),
        (_("Told (UTC)"), cells.when(row.told_at)),
    ]
    if row.note:
        facts.append((_("Note"), row.note))
    if row.write_off_by is not None:
        facts.append((_("Writing off asked for by"), person(row.write_off_by)))
        facts.append((_("Reason"), row.write_off_reason))
    may = row.state == ClaimState.OWED and row.write_off_by is None and not row.is_won
    return pages.render(
        request,
        "card_claim.html",
        {"facts": facts, "claim": row, "may_write_off": may and row.debt_units > 0},
        title=f"{row.get_kind_display()} {row.pk}",
        crumbs=[
            (_("Card payments"), pages.url(request, "card_payments")),
            (_("Taken back by gateways"), pages.url(request, "card_claims")),
        ],
    )


class RefundForm(ReasonForm):
    """How much, as decimal text."""

    amount = forms.CharField(
        label=pgettext_lazy("money", "Amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    field_order = ["amount", "reason", "token"]

    def __init__(self, *args: Any, scale: int = 2, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale = scale

    def clean_amount(self) -> int:
        return units_of(self.cleaned_data["amount"], self.scale)


class AskRefund(ActionPage):
    """Ask a second person to give money back to the card."""

    form_class = RefundForm
    icon = "undo"

    def target(self, card_payment_id: int) -> CardPayment:  # type: ignore[override]
        return _found(card_payment_id)

    def title(self, target: CardPayment) -> str:
        return _("Give card payment %(id)s back") % {"id": target.pk}

    def confirm_label(self, target: CardPayment) -> str:
        return _("Ask a second person")

    def explanation(self, target: CardPayment) -> list[str]:
        return [
            _("Once a second person agrees, it is taken from the customer's account, then sent."),
            _("What he has not available is not taken, and nothing is sent then."),
        ]

    def facts(self, target: CardPayment) -> list[tuple[str, Any]]:
        return [
            (_("Customer"), target.user.email),
            (_("Paid"), words.amount(target.paid_units, target)),
            (_("At most"), words.amount(refunds.refundable_units(target), target)),
        ]

    def form(self, target: CardPayment, data: Any = None, files: Any = None) -> Any:
        return RefundForm(data, initial=self.initial(target), scale=target.asset.scale)

    def initial(self, target: CardPayment) -> dict[str, Any]:
        return {"amount": target.asset.text(refunds.refundable_units(target))}

    def obstacle(self, target: CardPayment) -> str:
        if refunds.refundable_units(target) > 0:
            return ""
        return _("Nothing of this payment can be given back from here.")

    def perform(self, target: CardPayment, values: dict[str, Any]) -> str:
        refunds.ask_refund(
            payment=target,
            amount_units=values["amount"],
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("It waits for a second person.")

    def back(self, target: CardPayment) -> str:
        return self.url("card_payment", target.pk)

    def crumbs(self, target: CardPayment) -> list[tuple[str, str]]:
        return [
            (_("Card payments"), self.url("card_payments")),
            (str(target.pk), self.back(target)),
        ]


class AskGateway(ActionPage):
    """Ask the gateway now how a payment stands."""

    icon = "sync"

    def target(self, card_payment_id: int) -> CardPayment:  # type: ignore[override]
        return _found(card_payment_id)

    def title(self, target: CardPayment) -> str:
        return _("Ask the gateway about card payment %(id)s") % {"id": target.pk}

    def confirm_label(self, target: CardPayment) -> str:
        return _("Ask now")

    def perform(self, target: CardPayment, values: dict[str, Any]) -> str:
        asking.ask_by_hand(payment=target, reason=values["reason"], acting_user=self.request.user)
        return _("The gateway was asked; what it said stands here.")

    def back(self, target: CardPayment) -> str:
        return self.url("card_payment", target.pk)


class AskWriteOff(ActionPage):
    """Ask a second person that the firm bears a debt."""

    icon = "money_off"
    danger = True

    def target(self, claim_id: int) -> Claim:  # type: ignore[override]
        row: Claim = names.found(selectors.claims(), pk=claim_id)
        return row

    def title(self, target: Claim) -> str:
        return _("Write off what is owed")

    def confirm_label(self, target: Claim) -> str:
        return _("Ask a second person")

    def facts(self, target: Claim) -> list[tuple[str, Any]]:
        return [
            (_("Customer"), target.payment.user.email),
            (_("Owed"), words.amount(target.debt_units, target.payment)),
        ]

    def obstacle(self, target: Claim) -> str:
        return "" if target.debt_units > 0 else _("Nothing is owed here.")

    def perform(self, target: Claim, values: dict[str, Any]) -> str:
        claims.ask_write_off(claim=target, reason=values["reason"], acting_user=self.request.user)
        return _("It waits for a second person.")

    def back(self, target: Claim) -> str:
        return self.url("card_claim", target.pk)


PAGES = (
    pages.Page("card-payments/", "card_payments", card_payments, "payments.view"),
    pages.Page("card-payments/taken-back/", "card_claims", card_claims, "payments.view"),
    pages.Page(
        "card-payments/taken-back/<int:claim_id>/", "card_claim", card_claim, "payments.view"
    ),
    pages.Page(
        "card-payments/taken-back/<int:claim_id>/write-off/",
        "ask_write_off",
        AskWriteOff.as_view(),
        "deposits.handle",
    ),
    pages.Page(
        "card-payments/<int:card_payment_id>/", "card_payment", card_payment, "payments.view"
    ),
    pages.Page(
        "card-payments/<int:card_payment_id>/refund/",
        "ask_refund",
        AskRefund.as_view(),
        "deposits.handle",
    ),
    pages.Page(
        "card-payments/<int:card_payment_id>/ask/",
        "ask_gateway",
        AskGateway.as_view(),
        "deposits.handle",
    ),
)
