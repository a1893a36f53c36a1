"""Plans, what firms used, and their invoices."""

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm, UnitsField, units_of
from backoffice.invoice_pages import SELLER, invoice_columns, show_invoice
from backoffice.operator.tenants import TenantAction
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant.names import found
from billing import actions, documents, metering, selectors
from billing.models import SCALE, Invoice, InvoiceKind, InvoiceState, Plan, Share
from money.units import MoneyError, format_units, parse_units
from money.words import words_of
from tenants.models import Tenant
from wallets.reports.files import downloads

VIEW, MANAGE = "billing.view", actions.MANAGE
PPM_SCALE = 4  # a percentage with four places is parts per million


def plans(request: HttpRequest) -> HttpResponse:
    """The plans in force."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Plan"), lambda p: cells.pair(p.title, p.name), "main"),
            Column(gettext_lazy("A month"), lambda p: _money(p.monthly_units, p), "number"),
            Column(gettext_lazy("Active customer"), _per_customer, "number"),
            Column(gettext_lazy("Share"), _share),
            Column(gettext_lazy("Firms"), _firms, "number"),
            Column(gettext_lazy("Version"), lambda p: p.version, "number"),
        ],
        row_link=(lambda p: pages.url(request, "edit_plan", p.name))
        if access.may(request.user, MANAGE)
        else None,
        empty_headline=gettext_lazy("No plans yet"),
        empty_sentence=gettext_lazy("It says what a firm pays. Make one called standard first."),
    )
    buttons = []
    if access.may(request.user, MANAGE):
        buttons.append((_("New plan"), pages.url(request, "new_plan"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.show(selectors.plans()), "buttons": buttons},
        title=_("Plans"),
    )


def _money(units: int, plan: Plan) -> Any:
    return cells.money(units, SCALE, plan.currency)


def _per_customer(plan: Plan) -> Any:
    if not plan.customer_units:
        return "–"
    free = _("%(count)s included") % {"count": plan.customers_included}
    return cells.pair(_money(plan.customer_units, plan), free)


def _share(plan: Plan) -> Any:
    if plan.share_of == Share.NONE:
        return "–"
    rates = ", ".join(f"{format_units(ppm, PPM_SCALE, 2)} %" for _begin, ppm in plan.steps)
    return cells.pair(plan.get_share_of_display(), rates)


def _firms(plan: Plan) -> int:
    return Tenant.objects.exclude(schema_name="public").filter(plan=plan.name).count()


class PlanForm(ReasonForm):
    """What a plan charges."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    currency = forms.RegexField(
        label=gettext_lazy("Currency"),
        regex=r"\A[A-Za-z0-9]{2,12}\Z",
        help_text=gettext_lazy("The code of an asset, in which shares are valued, such as USDT."),
    )
    monthly_units = UnitsField(label=gettext_lazy("Fee a month"), scale=SCALE)
    customer_units = UnitsField(label=gettext_lazy("Fee for an active customer"), scale=SCALE)
    customers_included = forms.IntegerField(
        label=gettext_lazy("Active customers included"), min_value=0, max_value=10**9
    )
    share_of = forms.ChoiceField(label=gettext_lazy("Share of"), choices=Share.choices)
    steps = forms.CharField(
        label=gettext_lazy("Steps of the share"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A line each: where it begins, its percentage; such as “0 10” "
                               "and “50000 7.5”. Each part of the value goes by its own step."),
    )  # fmt: skip
    field_order = ["title", "currency", "monthly_units", "customer_units", "customers_included",
                   "share_of", "steps", "reason", "token"]  # fmt: skip

    def clean_steps(self) -> list[list[int]]:
        made = []
        for line in self.cleaned_data["steps"].splitlines():
            if not line.strip():
                continue
            parts = line.replace("%", " ").split()
            if len(parts) != 2:
                raise forms.ValidationError(_("Write two numbers on each line."))
            try:
                ppm = parse_units(parts[1], PPM_SCALE)
            except MoneyError as error:
                raise forms.ValidationError(words_of(error)) from error
            made.append([units_of(parts[0], SCALE), ppm])
        return made


class NewPlanForm(PlanForm):
    name = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=32,
        help_text=gettext_lazy("Permanent; new firms are on the plan called standard."),
    )
    field_order = ["name", *PlanForm.field_order]


class SetPlan(ActionPage):
    """A new plan."""

    form_class = NewPlanForm

    def title(self, target: Plan | None) -> str:
        return _("New plan") if target is None else _("Change %(plan)s") % {"plan": target.title}

    def confirm_label(self, target: Plan | None) -> str:
        return _("Put it in force")

    def explanation(self, target: Plan | None) -> list[str]:
        return [_("Invoices that are drafted from now on go by it. What was issued stays.")]

    def initial(self, target: Plan | None) -> dict[str, Any]:
        if target is None:
            return {"customers_included": 0, "monthly_units": "0", "customer_units": "0"}
        return {
            "title": target.title,
            "currency": target.currency,
            "monthly_units": format_units(target.monthly_units, SCALE, SCALE),
            "customer_units": format_units(target.customer_units, SCALE, SCALE),
            "customers_included": target.customers_included,
            "share_of": target.share_of,
            "steps": "\n".join(
                f"{format_units(begin, SCALE)} {format_units(ppm, PPM_SCALE)}"
                for begin, ppm in target.steps
            ),
        }

    def perform(self, target: Plan | None, values: dict[str, Any]) -> str:
        names = ("title", "currency", "monthly_units", "customer_units", "customers_included",
                 "share_of", "steps", "reason")  # fmt: skip
        plan = actions.set_plan(
            name=values["name"] if target is None else target.name,
            acting_user=self.request.user,
            **{name: values[name] for name in names},
        )
        return _("%(plan)s is in force as version %(version)s.") % {
            "plan": plan.title,
            "version": plan.version,
        }

    def back(self, target: Plan | None) -> str:
        return self.url("plans")

    def crumbs(self, target: Plan | None) -> list[tuple[str, str]]:
        return [(_("Plans"), self.url("plans"))]


class EditPlan(SetPlan):
    """A new version of a plan."""

    form_class = PlanForm

    def target(self, plan_name: str) -> Plan:  # type: ignore[override]
        plan = selectors.plan_in_force(plan_name)
        if plan is None:
            raise Http404
        return plan


class ChoosePlanForm(ReasonForm):
    plan = forms.ChoiceField(label=gettext_lazy("Plan"))
    field_order = ["plan", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            (plan.name, plan.title) for plan in selectors.plans()
        ]


class ChoosePlan(TenantAction):
    """Put a firm on another plan."""

    form_class = ChoosePlanForm

    def title(self, target: Tenant) -> str:
        return _("Plan of %(name)s") % {"name": target.name}

    def confirm_label(self, target: Tenant) -> str:
        return _("Choose this plan")

    def initial(self, target: Tenant) -> dict[str, Any]:
        return {"plan": target.plan}

    def obstacle(self, target: Tenant) -> str:
        return "" if selectors.plans() else _("There is no plan yet: make one first.")

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        actions.choose_plan(
            tenant=target,
            name=values["plan"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("%(name)s is on it.") % {"name": target.name}


class MonthForm(StaffForm):
    month = forms.RegexField(
        label=gettext_lazy("Month"),
        regex=r"\A20[0-9]{2}-(0[1-9]|1[0-2])\Z",
        help_text=gettext_lazy("Such as 2026-10; it must be over."),
    )
    field_order = ["month", "token"]


class DraftInvoice(TenantAction):
    """Measure a month and draft its invoice."""

    form_class = MonthForm

    def title(self, target: Tenant) -> str:
        return _("Draft an invoice for %(name)s") % {"name": target.name}

    def confirm_label(self, target: Tenant) -> str:
        return _("Measure and draft")

    def explanation(self, target: Tenant) -> list[str]:
        return [
            _("What was used is measured from the firm's own tables, exactly, and priced by its "
              "plan. Last month's is drafted by itself on the second of each month."),
            _("A draft that is there is worked out anew. The firm sees it when it is issued."),
        ]  # fmt: skip

    def initial(self, target: Tenant) -> dict[str, Any]:
        return {"month": f"{metering.month_before(timezone.now().date()):%Y-%m}"}

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        year, month = values["month"].split("-")
        self.made = actions.draft(
            tenant=target, month=date(int(year), int(month), 1), acting_user=self.request.user
        )
        return _("It is drafted.")

    def after(self, target: Tenant) -> str:
        return self.url("invoice", self.made.pk)


def invoices(request: HttpRequest) -> HttpResponse:
    """All invoices and credit notes, newest first."""
    listing = Listing(
        columns=invoice_columns(with_tenant=True),
        filters=[by_state(InvoiceState.choices)],
        search=lambda rows, term: (
            rows.filter(number__icontains=term) | rows.filter(tenant__name__icontains=term)
        ),
        search_hint=gettext_lazy("Number or firm"),
        row_link=lambda row: pages.url(request, "invoice", row.pk),
        empty_headline=gettext_lazy("No invoices yet"),
        empty_sentence=gettext_lazy("Last month's are drafted on the second of each month."),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.invoices())},
        title=_("Invoices"),
    )


def invoice(request: HttpRequest, invoice_id: int) -> HttpResponseBase:
    """One invoice with what was measured; as a file where one is asked for."""
    row: Invoice = found(selectors.invoices(), pk=invoice_id)
    kind = request.GET.get("file", "")
    if kind in downloads.KINDS:
        return downloads.response(documents.report(row, SELLER), kind)
    buttons = []
    if access.may(request.user, MANAGE) and row.kind == InvoiceKind.INVOICE:
        buttons = [
            (title, pages.url(request, name, row.pk), css)
            for states, title, name, css in _STEPS
            if row.state in states
        ]
    return show_invoice(request, row, buttons=buttons, again=_measured_again(row))


def _measured_again(row: Invoice) -> str:
    return "measure_again" if row.usage else ""


def measure_again(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The month measured once more beside what the invoice has: they must be the same."""
    row: Invoice = found(selectors.invoices(), pk=invoice_id)
    if not row.usage:
        raise Http404
    again = metering.measure(row.tenant, row.month, row.currency)
    return show_invoice(request, row, buttons=[], again="", compared=again)


class _InvoiceAction(ActionPage):
    def target(self, invoice_id: int) -> Invoice:  # type: ignore[override]
        row: Invoice = found(selectors.invoices(), pk=invoice_id)
        return row

    def facts(self, target: Invoice) -> list[tuple[str, Any]]:
        return [
            (_("Firm"), target.tenant.name),
            (_("Number"), str(target)),
            (_("Total"), cells.money(target.total_units, SCALE, target.currency)),
        ]

    def back(self, target: Invoice) -> str:
        return self.url("invoice", target.pk)

    def crumbs(self, target: Invoice) -> list[tuple[str, str]]:
        return [(_("Invoices"), self.url("invoices")), (str(target), self.back(target))]


class Issue(_InvoiceAction):
    """Give it a number and send it."""

    form_class = StaffForm

    def title(self, target: Invoice) -> str:
        return _("Issue the invoice")

    def explanation(self, target: Invoice) -> list[str]:
        return [_("It gets the next number, the firm sees it, and its owners are mailed.")]

    def perform(self, target: Invoice, values: dict[str, Any]) -> str:
        row = actions.issue(invoice=target, acting_user=self.request.user)
        return _("%(number)s is issued.") % {"number": row.number}


class MarkPaid(_InvoiceAction):
    """The firm has paid."""

    def title(self, target: Invoice) -> str:
        return _("Mark as paid")

    def perform(self, target: Invoice, values: dict[str, Any]) -> str:
        actions.mark_paid(invoice=target, acting_user=self.request.user, reason=values["reason"])
        return _("It is paid.")


class MakeVoid(_InvoiceAction):
    """It is not owed."""

    danger = True

    def title(self, target: Invoice) -> str:
        return _("Make void")

    def explanation(self, target: Invoice) -> list[str]:
        return [_("Its number stays used. The month can be drafted anew.")]

    def perform(self, target: Invoice, values: dict[str, Any]) -> str:
        actions.make_void(invoice=target, acting_user=self.request.user, reason=values["reason"])
        return _("It is void.")


class CreditForm(ReasonForm):
    units = UnitsField(label=pgettext_lazy("money", "Amount"), scale=SCALE)
    field_order = ["units", "reason", "token"]


class Credit(_InvoiceAction):
    """Correct it by a credit note."""

    form_class = CreditForm

    def title(self, target: Invoice) -> str:
        return _("Credit note")

    def facts(self, target: Invoice) -> list[tuple[str, Any]]:
        left = selectors.left_to_credit(target)
        return [
            *super().facts(target),
            (_("Not credited yet"), cells.money(left, SCALE, target.currency)),
        ]

    def perform(self, target: Invoice, values: dict[str, Any]) -> str:
        note = actions.credit(
            invoice=target,
            units=values["units"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("%(number)s is issued.") % {"number": note.number}


_STEPS = (
    ((InvoiceState.DRAFT,), gettext_lazy("Issue"), "issue_invoice", "bo-button-primary"),
    ((InvoiceState.ISSUED,), gettext_lazy("Mark as paid"), "pay_invoice", "bo-button-primary"),
    ((InvoiceState.ISSUED, InvoiceState.PAID), gettext_lazy("Credit note"), "credit_invoice", ""),
    ((InvoiceState.ISSUED,), gettext_lazy("Make void"), "void_invoice", "bo-button-warn"),
)

PAGES = (
    pages.Page("plans/", "plans", plans, VIEW),
    pages.Page("plans/new/", "new_plan", SetPlan.as_view(), MANAGE),
    pages.Page("plans/<slug:plan_name>/", "edit_plan", EditPlan.as_view(), MANAGE),
    pages.Page("tenants/<int:tenant_id>/plan/", "choose_plan", ChoosePlan.as_view(), MANAGE),
    pages.Page("tenants/<int:tenant_id>/invoice/", "draft_invoice", DraftInvoice.as_view(), MANAGE),
    pages.Page("invoices/", "invoices", invoices, VIEW),
    pages.Page("invoices/<int:invoice_id>/", "invoice", invoice, VIEW),
    pages.Page("invoices/<int:invoice_id>/again/", "measure_again", measure_again, VIEW),
    pages.Page("invoices/<int:invoice_id>/issue/", "issue_invoice", Issue.as_view(), MANAGE),
    pages.Page("invoices/<int:invoice_id>/paid/", "pay_invoice", MarkPaid.as_view(), MANAGE),
    pages.Page("invoices/<int:invoice_id>/void/", "void_invoice", MakeVoid.as_view(), MANAGE),
    pages.Page("invoices/<int:invoice_id>/credit/", "credit_invoice", Credit.as_view(), MANAGE),
)
