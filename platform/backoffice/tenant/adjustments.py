"""Credits and debits by staff: one person asks with a reason, another one approves."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages, words
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, units_of
from backoffice.tables import Column, Listing, by_state, state_tabs
from backoffice.tenant import names
from identity.models import User
from trading.accounts.models import Account
from trading.instruments.models import Asset
from wallets.adjustments import actions
from wallets.adjustments.models import Adjustment, Kind, State
from wallets.ledger.models import EntryKind

_ENTRY_KINDS = (
    EntryKind.ADJUSTMENT_CREDIT,
    EntryKind.ADJUSTMENT_DEBIT,
    EntryKind.TRANSFER_CREDIT,
    EntryKind.TRANSFER_DEBIT,
)


def _rows() -> Any:
    return Adjustment.objects.select_related(
        "account", "account__user", "asset", "requested_by", "approved_by"
    )


def amount(row: Adjustment) -> Any:
    """The signed amount with its asset."""
    return names.amount(row.amount_units, row.asset)


def state_badge(row: Adjustment) -> Any:
    """The state in words; its tone follows from the code."""
    return cells.badge(row.get_state_display(), cells.tone_of(row.state))


def person(user: User | None) -> Any:
    return (user.name or user.email) if user else cells.NOTHING


def adjustments(request: HttpRequest) -> HttpResponse:
    """The inbox of what waits for a second person, and everything before."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Adjustment"), lambda a: cells.mono(a.pk), "main"),
            Column(gettext_lazy("Account"), lambda a: names.account_link(request, a.account)),
            Column(pgettext_lazy("money", "Amount"), amount, "number"),
            Column(gettext_lazy("Reason"), lambda a: a.reason[:80]),
            Column(
                gettext_lazy("Asked by"),
                lambda a: cells.pair(person(a.requested_by), cells.when(a.requested_at)),
            ),
            Column(
                gettext_lazy("Second person"),
                lambda a: (
                    cells.pair(person(a.approved_by), cells.when(a.decided_at))
                    if a.approved_by
                    else cells.NOTHING
                ),
            ),
            Column(gettext_lazy("State"), state_badge),
        ],
        filters=[
            by_state(State.choices),
        ],
        search=lambda rows, term: rows.filter(
            Q(reason__icontains=term)
            | Q(account__user__email__icontains=term)
            | Q(account__name__icontains=term)
        ),
        search_hint=gettext_lazy("Reason, e-mail or account"),
        empty_headline=gettext_lazy("No adjustments"),
        empty_sentence=gettext_lazy(
            "Corrections and manual transfers stand here with both their persons."
        ),
        row_link=lambda row: pages.url(request, "adjustment", row.pk),
    )
    buttons = []
    if access.may(request.user, "adjustments.request"):
        buttons.append(
            (_("Credit or debit"), pages.url(request, "request_adjustment"), "bo-button-primary")
        )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, _rows()),
            "buttons": buttons,
            "tabs": state_tabs(
                request,
                pages.url(request, "adjustments"),
                {
                    "requested": _("Waiting for a second person"),
                    "rejected": _("Rejected by the engine"),
                },
            ),
        },
        title=_("Adjustments"),
    )


def adjustment(request: HttpRequest, adjustment_id: int) -> HttpResponse:
    """One adjustment: who asked, who decided, what the engine and the books made of it."""
    row: Adjustment = names.found(_rows(), pk=adjustment_id)
    facts = [
        (_("State"), state_badge(row)),
        (_("Account"), names.account_link(request, row.account)),
        (_("Customer"), names.user_link(request, row.account.user)),
        (pgettext("money", "Amount"), amount(row)),
        (_("Kind"), row.get_kind_display()),
        (_("Reason"), row.reason),
        (_("Asked by"), person(row.requested_by)),
        (_("Asked (UTC)"), cells.when(row.requested_at)),
        (_("Second person"), person(row.approved_by)),
        (_("Decided (UTC)"), cells.when(row.decided_at)),
    ]
    if row.decision_reason:
        facts.append((_("Reason of the decision"), row.decision_reason))
    if row.result is not None:
        facts.append((_("Engine's result"), words.result_text(row.result)))
    if row.result_seq and access.may(request.user, "ledger.view"):
        address = pages.url(request, "engine_record", row.result_seq)
        facts.append(
            (_("Engine event"), cells.link(address, _("seq %(seq)s") % {"seq": row.result_seq}))
        )
        entry = (
            names.entries_of_seq(row.result_seq)
            .filter(kind__in=_ENTRY_KINDS, reference_id=row.pk)
            .first()
        )
        if entry:
            address = pages.url(request, "entry", entry.pk)
            facts.append((_("Journal entry"), cells.link(address, entry.pk)))
    context: dict[str, Any] = {
        "facts": facts,
        "adjustment": row,
        "is_waiting": row.state == State.REQUESTED,
        "is_own": row.requested_by_id == request.user.pk,
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "adjustment.html",
        context,
        title=_("Adjustment %(id)s") % {"id": row.pk},
        crumbs=[(_("Adjustments"), pages.url(request, "adjustments"))],
    )


class AdjustmentForm(ReasonForm):
    """Whose balance, which way, how much, and why."""

    account = forms.IntegerField(
        label=gettext_lazy("Account id"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("It stands on the customer's page."),
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[
            ("credit", gettext_lazy("Credit: give to the account")),
            ("debit", gettext_lazy("Debit: take from the account")),
        ],
    )
    asset = forms.ModelChoiceField(label=gettext_lazy("Asset"), queryset=Asset.objects.none())
    amount = forms.CharField(
        label=pgettext_lazy("money", "Amount"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    field_order = ["account", "direction", "asset", "amount", "kind", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"].queryset = Asset.objects.all()  # type: ignore[attr-defined]

    def clean_account(self) -> Account:
        row = Account.objects.select_related("user").filter(pk=self.cleaned_data["account"]).first()
        if row is None:
            raise forms.ValidationError(_("There is no such account."))
        return row

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("asset") and values.get("amount"):
            try:
                units = units_of(values["amount"], values["asset"].scale)
            except forms.ValidationError as error:
                self.add_error("amount", error)
                return values
            if units == 0:
                self.add_error("amount", _("Enter an amount above zero."))
            values["amount_units"] = units if values.get("direction") == "credit" else -units
        return values


class RequestAdjustment(ActionPage):
    """Ask for a credit or debit."""

    form_class = AdjustmentForm

    def title(self, target: Any) -> str:
        return _("Credit or debit an account")

    def confirm_label(self, target: Any) -> str:
        return _("Ask a second person")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("Nothing moves yet: a second person must approve it."),
            _("Then the engine applies it, and the books show an entry against the kind chosen."),
        ]

    def initial(self, target: Any) -> dict[str, Any]:
        return {"account": self.request.GET.get("account", "")}

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        self.made = actions.request_adjustment(
            account=values["account"],
            asset=values["asset"],
            amount_units=values["amount_units"],
            kind=values["kind"],
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("Adjustment %(id)s waits for a second person.") % {"id": self.made.pk}

    def back(self, target: Any) -> str:
        return self.url("adjustments")

    def after(self, target: Any) -> str:
        return self.url("adjustment", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Adjustments"), self.url("adjustments"))]


class Decision(ActionPage):
    """The second person's word on an adjustment."""

    def target(self, adjustment_id: int) -> Adjustment:  # type: ignore[override]
        row: Adjustment = names.found(_rows(), pk=adjustment_id)
        return row

    def facts(self, target: Adjustment) -> list[tuple[str, Any]]:
        return [
            (_("Account"), target.account),
            (_("Customer"), target.account.user.email if target.account.user else "–"),
            (pgettext("money", "Amount"), amount(target)),
            (_("Kind"), target.get_kind_display()),
            (_("Asked by"), person(target.requested_by)),
            (_("Reason"), target.reason),
        ]

    def obstacle(self, target: Adjustment) -> str:
        if target.state != State.REQUESTED:
            return _("This adjustment is decided already.")
        if target.requested_by_id == self.request.user.pk:
            return _("You asked for this yourself. A second person has to decide.")
        return ""

    def back(self, target: Adjustment) -> str:
        return self.url("adjustment", target.pk)

    def crumbs(self, target: Adjustment) -> list[tuple[str, str]]:
        return [
            (_("Adjustments"), self.url("adjustments")),
            (str(target.pk), self.back(target)),
        ]


class Approve(Decision):
    """Approve it: the engine gets the command."""

    form_class = ReasonForm

    def title(self, target: Adjustment) -> str:
        return _("Approve adjustment %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Adjustment) -> str:
        return _("Approve")

    def explanation(self, target: Adjustment) -> list[str]:
        return [_("The engine applies it at once. It can only be undone by another adjustment.")]

    def form(self, target: Adjustment, data: Any = None, files: Any = None) -> Any:
        form = ReasonForm(data)
        form.fields["reason"].required = False
        form.fields["reason"].label = _("Note")
        return form

    def perform(self, target: Adjustment, values: dict[str, Any]) -> str:
        actions.approve_adjustment(
            adjustment=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("Approved. The engine applies it within about a second.")


class Refuse(Decision):
    """Refuse it: nothing moves."""

    danger = True

    def title(self, target: Adjustment) -> str:
        return _("Refuse adjustment %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Adjustment) -> str:
        return _("Refuse")

    def perform(self, target: Adjustment, values: dict[str, Any]) -> str:
        actions.refuse_adjustment(
            adjustment=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("Refused. Nothing has moved.")


PAGES = (
    pages.Page("adjustments/", "adjustments", adjustments, "adjustments.view"),
    pages.Page(
        "adjustments/new/",
        "request_adjustment",
        RequestAdjustment.as_view(),
        "adjustments.request",
    ),
    pages.Page("adjustments/<int:adjustment_id>/", "adjustment", adjustment, "adjustments.view"),
    pages.Page(
        "adjustments/<int:adjustment_id>/approve/",
        "approve_adjustment",
        Approve.as_view(),
        "adjustments.approve",
    ),
    pages.Page(
        "adjustments/<int:adjustment_id>/refuse/",
        "refuse_adjustment",
        Refuse.as_view(),
        "adjustments.approve",
    ),
)
