"""Withdrawals: a screen to review each on, two persons' word, and what the bank made of it."""

from typing import Any

from django import forms
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, export, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Column, Days, Listing, by_asset, by_state, state_tabs
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from backoffice.tenant.adjustments import person
from riskrules import selectors as risk_rules
from trading.instruments.models import Asset
from wallets.payments import limits, selectors
from wallets.payments.models import Withdrawal, WithdrawalState
from wallets.payments.withdrawals import actions

_EXPORT: export.Columns = (
    ("withdrawal", lambda w: w.pk),
    ("requested_at", lambda w: w.requested_at),
    ("state", lambda w: w.state),
    ("customer", lambda w: w.user.email),
    ("account", lambda w: w.account_id),
    ("asset", lambda w: w.asset.code),
    ("amount", lambda w: w.asset.text(int(w.amount_units))),
    ("fee", lambda w: w.asset.text(int(w.fee_units))),
    ("holder", lambda w: w.holder),
    ("iban", lambda w: w.iban),
    ("first_approver", lambda w: w.first_by.email if w.first_by else ""),
    ("second_approver", lambda w: w.second_by.email if w.second_by else ""),
    ("file", lambda w: w.file or ""),
    ("end_to_end_id", lambda w: w.end_to_end_id),
    ("ended_at", lambda w: w.ended_at),
)


def _listing(request: HttpRequest) -> Listing:
    return Listing(
        columns=[
            Column(gettext_lazy("Withdrawal"), lambda w: cells.mono(w.pk), "main"),
            Column(gettext_lazy("Customer"), lambda w: words.customer(request, w.user)),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda w: words.amount(w.amount_units, w),
                "number",
            ),
            Column(pgettext_lazy("recipient", "To"), lambda w: cells.pair(w.holder, w.iban)),
            Column(
                gettext_lazy("Approvals"),
                lambda w: f"{bool(w.first_by_id) + bool(w.second_by_id)} / {w.approvals_needed}",
            ),
            Column(gettext_lazy("Requested"), lambda w: cells.when(w.requested_at)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        filters=[
            by_state(WithdrawalState.choices),
            by_asset(Asset.objects.values_list("code", flat=True)),
            Days("day", gettext_lazy("Requested"), "requested_at"),
        ],
        search=lambda rows, term: rows.filter(
            Q(user__email__icontains=term)
            | Q(holder__icontains=term)
            | Q(iban__icontains=term.replace(" ", ""))
        ),
        search_hint=gettext_lazy("E-mail, holder or IBAN"),
        empty_headline=gettext_lazy("No withdrawals"),
        empty_sentence=gettext_lazy("What customers ask to be paid stands here."),
        row_link=lambda row: pages.url(request, "withdrawal", row.pk),
    )


def withdrawals(request: HttpRequest) -> HttpResponse:
    """Every withdrawal; as a CSV file too."""
    listing, rows = _listing(request), selectors.withdrawals()
    if export.wanted(request):
        return export.csv_file(request, listing, rows, "withdrawals", _EXPORT)
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "buttons": [(_("CSV"), export.query(request), "")],
            "tabs": state_tabs(
                request,
                pages.url(request, "withdrawals"),
                {
                    "waiting": _("Wait for approval"),
                    "approved": _("Approved"),
                    "sent": _("With the bank"),
                    "unknown": _("Not known"),
                },
            ),
        },
        title=_("Withdrawals"),
    )


def _found(withdrawal_id: int) -> Withdrawal:
    row: Withdrawal = names.found(selectors.withdrawals(), pk=withdrawal_id)
    return row


def withdrawal(request: HttpRequest, withdrawal_id: int) -> HttpResponse:
    """One withdrawal, with what helps to decide: who asks, how he came to it, his other ones."""
    row = _found(withdrawal_id)
    facts = [
        (_("State"), words.state_badge(row)),
        (_("Leaves the account"), words.amount(row.amount_units, row)),
        (_("Fee"), words.amount(row.fee_units, row)),
        (_("Arrives"), words.amount(row.net_units, row)),
        (_("Holder"), row.holder),
        (_("IBAN"), words.iban(row.iban)),
        (_("Requested (UTC)"), cells.when(row.requested_at)),
        (_("First person"), person(row.first_by)),
        (_("Second person"), person(row.second_by)),
        (_("Payment"), cells.mono(row.end_to_end_id)),
        (_("Journal entries"), words.booked_entries(request, row)),
    ]
    if row.file is not None:
        address = pages.url(request, "payment_file", row.file_id)
        facts.append((_("File"), cells.link(address, row.file)))
    if row.note:
        facts.append((_("Note"), row.note))
    if row.told_state:
        facts.append(
            (
                _("Said to have failed"),
                cells.pair(row.told_reason, person(row.told_by)),
            )
        )
    context: dict[str, Any] = {
        "facts": facts,
        "about": _about(request, row),
        "payment": row,
        "story": words.story(row),
        "others": _listing(request).show(
            selectors.withdrawals().filter(user=row.user).exclude(pk=row.pk)[:8]
        ),
        "waits": row.state == WithdrawalState.WAITING,
        "may_refuse": row.state in (WithdrawalState.WAITING, WithdrawalState.APPROVED),
        "is_sent": row.state in (WithdrawalState.SENT, WithdrawalState.UNKNOWN),
        "has_own_yes": row.first_by_id == request.user.pk,
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "withdrawal.html",
        context,
        title=_("Withdrawal %(id)s") % {"id": row.pk},
        crumbs=[(_("Withdrawals"), pages.url(request, "withdrawals"))],
    )


def _about(request: HttpRequest, row: Withdrawal) -> list[tuple[str, Any]]:
    """The customer in facts that speak for or against."""
    now = timezone.now()
    sentences = risk_rules.sentences("withdrawals", row.fired)
    fired = [sentences[name] for name in row.fired]
    credited = selectors.deposits().filter(user=row.user, state="credited", asset=row.asset)
    paid = selectors.withdrawals().filter(user=row.user, state="paid", asset=row.asset)
    room = limits.withdrawal_room(row.method, row.user, now)

    def total(rows: Any) -> Any:
        return words.amount(rows.aggregate(units=Sum("amount_units"))["units"] or 0, row)

    left = room.left_units
    return [
        (_("Customer"), words.customer(request, row.user)),
        (_("Name"), row.user.name or cells.NOTHING),
        (_("Since"), cells.when(row.user.created_at)),
        (_("Password changed"), cells.when(row.user.password_changed_at)),
        (_("Beneficiary added"), cells.when(row.beneficiary.added_at)),
        (
            _("Holder is the customer"),
            cells.badge(_("yes"), "good")
            if row.beneficiary.is_own_name
            else cells.badge(_("another name"), "warn"),
        ),
        (_("Rules"), cells.lines(fired)),
        (_("Paid in so far"), total(credited)),
        (_("Paid out so far"), total(paid)),
        (_("Left of the limits"), _left(room, left, row)),
        (_("Counts for"), _counts_for(row)),
        (_("Balances"), words.balances_of(row.account)),
    ]


def _left(room: limits.Room, left: int | None, row: Withdrawal) -> Any:
    if room.unvalued:
        return _("not known: no rate of %(asset)s in %(currency)s") % {
            "asset": room.unvalued,
            "currency": room.currency,
        }
    return words.amount(left, row) if left is not None else _("no limit")


def _counts_for(row: Withdrawal) -> Any:
    """What it counts for in the tier's asset, and by which rate."""
    if row.tier_asset is None or row.tier_units is None:
        return cells.NOTHING
    asset = row.tier_asset
    return cells.pair(cells.money(int(row.tier_units), asset.scale, asset.code), row.tier_rate)


class Approve(ActionPage):
    """One person's yes."""

    def target(self, withdrawal_id: int) -> Withdrawal:  # type: ignore[override]
        return _found(withdrawal_id)

    def title(self, target: Withdrawal) -> str:
        return _("Approve withdrawal %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Withdrawal) -> str:
        return _("Approve")

    def explanation(self, target: Withdrawal) -> list[str]:
        if target.approvals_needed == 1:
            return [_("One person is enough: it goes into the next payment file.")]
        if target.first_by_id is None:
            return [_("Another person has to approve it as well.")]
        return [_("You are the second person: it goes into the next payment file.")]

    def facts(self, target: Withdrawal) -> list[tuple[str, Any]]:
        return [
            (_("Customer"), target.user.email),
            (_("Arrives"), words.amount(target.net_units, target)),
            (_("Holder"), target.holder),
            (_("IBAN"), words.iban(target.iban)),
            (_("First person"), person(target.first_by)),
        ]

    def form(self, target: Withdrawal, data: Any = None, files: Any = None) -> Any:
        form = ReasonForm(data)
        form.fields["reason"].required = False
        form.fields["reason"].label = _("Note")
        return form

    def obstacle(self, target: Withdrawal) -> str:
        if target.state != WithdrawalState.WAITING:
            return _("It does not wait for approval: %(state)s.") % {
                "state": target.get_state_display()
            }
        if target.first_by_id == self.request.user.pk:
            return _("You approved this already: another person has to as well.")
        return ""

    def perform(self, target: Withdrawal, values: dict[str, Any]) -> str:
        row = actions.approve_withdrawal(
            withdrawal=target, reason=values["reason"], acting_user=self.request.user
        )
        if row.state == WithdrawalState.APPROVED:
            return _("Approved. It goes into the next payment file.")
        return _("Your yes is kept. A second person has to approve it too.")

    def back(self, target: Withdrawal) -> str:
        return self.url("withdrawal", target.pk)

    def crumbs(self, target: Withdrawal) -> list[tuple[str, str]]:
        return [(_("Withdrawals"), self.url("withdrawals")), (str(target.pk), self.back(target))]


class Refuse(Approve):
    """One person's no."""

    danger = True

    def title(self, target: Withdrawal) -> str:
        return _("Refuse withdrawal %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Withdrawal) -> str:
        return _("Refuse")

    def explanation(self, target: Withdrawal) -> list[str]:
        return [_("The customer has the whole amount back at once, and reads your reason.")]

    def form(self, target: Withdrawal, data: Any = None, files: Any = None) -> Any:
        return ReasonForm(data)

    def obstacle(self, target: Withdrawal) -> str:
        if target.state not in (WithdrawalState.WAITING, WithdrawalState.APPROVED):
            return _("It is too late to refuse it: %(state)s.") % {
                "state": target.get_state_display()
            }
        return ""

    def perform(self, target: Withdrawal, values: dict[str, Any]) -> str:
        actions.refuse_withdrawal(
            withdrawal=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("Refused. The money goes back to the customer's account.")


class OutcomeForm(ReasonForm):
    """What the bank said."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What the bank says"),
        choices=[
            (WithdrawalState.UNKNOWN.value, gettext_lazy("It does not know yet")),
            (WithdrawalState.FAILED.value, gettext_lazy("It was not paid and will not be")),
        ],
    )
    field_order = ["outcome", "reason", "token"]


class TellOutcome(Refuse):
    """Say what the bank said of a payment that was sent."""

    form_class = OutcomeForm
    danger = False

    def title(self, target: Withdrawal) -> str:
        return _("What the bank says of withdrawal %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Withdrawal) -> str:
        return _("Keep this")

    def explanation(self, target: Withdrawal) -> list[str]:
        return [
            _("Paid is what a statement shows, and nobody's word."),
            _("That it was not paid counts when a second person confirms it."),
        ]

    def form(self, target: Withdrawal, data: Any = None, files: Any = None) -> Any:
        return OutcomeForm(data)

    def obstacle(self, target: Withdrawal) -> str:
        if target.state not in (WithdrawalState.SENT, WithdrawalState.UNKNOWN):
            return _("Only of a payment that was sent the bank can say something.")
        return ""

    def perform(self, target: Withdrawal, values: dict[str, Any]) -> str:
        actions.tell_outcome(
            withdrawal=target,
            outcome=values["outcome"],
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("Kept.")


class ConfirmOutcome(Refuse):
    """The second person agrees that it was not paid."""

    agrees = True

    def title(self, target: Withdrawal) -> str:
        return _("Confirm that withdrawal %(id)s was not paid") % {"id": target.pk}

    def confirm_label(self, target: Withdrawal) -> str:
        return _("Confirm: give the money back")

    def explanation(self, target: Withdrawal) -> list[str]:
        return [
            _("The customer has the money back at once. If the bank pays after all, it is lost."),
        ]

    def facts(self, target: Withdrawal) -> list[tuple[str, Any]]:
        return [
            *super().facts(target),
            (_("Said by"), person(target.told_by)),
            (_("Reason"), target.told_reason or "–"),
        ]

    def basis(self, target: Withdrawal) -> Any:
        return (target.told_state, target.told_by_id, target.told_reason)

    def obstacle(self, target: Withdrawal) -> str:
        if not target.told_state:
            return _("Nobody has said that this payment failed.")
        if target.told_by_id == self.request.user.pk:
            return _("You said this yourself. A second person has to confirm it.")
        return ""

    def perform(self, target: Withdrawal, values: dict[str, Any]) -> str:
        actions.confirm_outcome(
            withdrawal=target,
            agrees=self.agrees,
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("The money goes back to the customer's account.")


PAGES = (
    pages.Page("withdrawals/", "withdrawals", withdrawals, "payments.view"),
    pages.Page("withdrawals/<int:withdrawal_id>/", "withdrawal", withdrawal, "payments.view"),
    pages.Page(
        "withdrawals/<int:withdrawal_id>/approve/",
        "approve_withdrawal",
        Approve.as_view(),
        "withdrawals.decide",
    ),
    pages.Page(
        "withdrawals/<int:withdrawal_id>/refuse/",
        "refuse_withdrawal",
        Refuse.as_view(),
        "withdrawals.decide",
    ),
    pages.Page(
        "withdrawals/<int:withdrawal_id>/outcome/",
        "tell_outcome",
        TellOutcome.as_view(),
        "bank.prepare",
    ),
    pages.Page(
        "withdrawals/<int:withdrawal_id>/confirm/",
        "confirm_outcome",
        ConfirmOutcome.as_view(),
        "bank.release",
    ),
)
