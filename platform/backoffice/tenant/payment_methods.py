"""Bank accounts and payment methods: limits, fees, texts, with every version."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm, units_of
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from backoffice.tenant.adjustments import person
from money.units import format_units
from trading.instruments.models import Asset
from wallets.ledger.models import CustodyAccount, Line
from wallets.payments import selectors
from wallets.payments.methods import actions
from wallets.payments.models import BankAccount, PaymentMethod

AMOUNTS = (
    ("deposit_min_units", gettext_lazy("Deposit: least")),
    ("deposit_max_units", gettext_lazy("Deposit: most")),
    ("deposit_fee_units", gettext_lazy("Deposit: fixed fee")),
    ("withdrawal_min_units", gettext_lazy("Withdrawal: least")),
    ("withdrawal_max_units", gettext_lazy("Withdrawal: most")),
    ("withdrawal_fee_units", gettext_lazy("Withdrawal: fixed fee")),
    ("withdrawal_day_units", gettext_lazy("Withdrawals in 24 hours")),
    ("withdrawal_month_units", gettext_lazy("Withdrawals in 30 days")),
    ("one_person_units", gettext_lazy("One person approves up to")),
)
LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"), ("ru", "Русский"))
# What the fields of a text in another language than English end in.
ENDINGS = {"zh-hans": "zh", "ru": "ru"}


def methods(request: HttpRequest) -> HttpResponse:
    """Methods, and the bank accounts behind them."""
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Method"), lambda m: cells.pair(m.text("en", "name"), m.code), "main"
            ),
            Column(gettext_lazy("Asset"), lambda m: m.asset.code),
            Column(gettext_lazy("Over"), lambda m: m.bank_account or m.gateway or cells.NOTHING),
            Column(gettext_lazy("Directions"), _directions),
            Column(gettext_lazy("Version"), lambda m: cells.number(m.version), "number"),
            Column(
                gettext_lazy("State"),
                lambda m: cells.badge("active" if m.is_active else "inactive"),
            ),
        ],
        empty_headline=gettext_lazy("No payment methods"),
        empty_sentence=gettext_lazy("Open a bank account first, then a method for it."),
        row_link=lambda row: pages.url(request, "payment_method", row.pk),
    )
    banks = Listing(
        columns=[
            Column(gettext_lazy("Bank account"), lambda b: cells.pair(b.name, b.holder), "main"),
            Column(gettext_lazy("IBAN"), lambda b: words.iban(b.iban)),
            Column(gettext_lazy("Bank"), lambda b: cells.pair(b.bank_name, b.bic)),
            Column(gettext_lazy("Asset"), lambda b: b.asset.code),
        ],
        empty_headline=gettext_lazy("No bank accounts"),
    )
    buttons = []
    if access.may(request.user, "payments.methods"):
        buttons = [
            (_("Card gateways"), pages.url(request, "card_gateways"), ""),
            (_("Open a bank account"), pages.url(request, "open_bank_account"), ""),
            (_("New method"), pages.url(request, "new_payment_method"), "bo-button-primary"),
        ]
    return pages.render(
        request,
        "payment_methods.html",
        {
            "methods": listing.show(selectors.methods().order_by("pk")),
            "banks": banks.show(selectors.bank_accounts().order_by("pk")),
            "buttons": buttons,
        },
        title=_("Payment methods"),
    )


def _directions(row: PaymentMethod) -> str:
    parts = [_("in")] if row.accepts_deposits else []
    return ", ".join(parts + ([_("out")] if row.accepts_withdrawals else [])) or "–"


def _found(method_id: int) -> PaymentMethod:
    row: PaymentMethod = names.found(selectors.methods(), pk=method_id)
    return row


def method(request: HttpRequest, method_id: int) -> HttpResponse:
    """One method with its versions."""
    row = _found(method_id)
    facts: list[tuple[Any, Any]] = [
        (_("State"), cells.badge("active" if row.is_active else "inactive")),
        (_("Asset"), row.asset.code),
        (_("Over"), row.bank_account or row.gateway or cells.NOTHING),
        (_("Directions"), _directions(row)),
        (_("Countries"), row.countries or _("all")),
        (_("From tier"), row.min_tier),
        (_("Cooling of beneficiaries"), _("%(hours)s hours") % {"hours": row.cooling_hours}),
        (_("Deposit: fee in percent"), cells.percent_of_ppm(row.deposit_fee_ppm)),
        (_("Withdrawal: fee in percent"), cells.percent_of_ppm(row.withdrawal_fee_ppm)),
    ]
    facts += [
        (label, words.amount(getattr(row, name), row) if getattr(row, name) else cells.NOTHING)
        for name, label in AMOUNTS
    ]
    listing = Listing(
        columns=[
            Column(gettext_lazy("Version"), lambda v: cells.mono(v.version), "main"),
            Column(
                gettext_lazy("Changed by"),
                lambda v: person(v.changed_by) if v.changed_by else _("the system"),
            ),
            Column(gettext_lazy("When"), lambda v: cells.when(v.changed_at)),
            Column(gettext_lazy("Reason"), lambda v: v.reason or cells.NOTHING),
        ]
    )
    buttons = []
    if access.may(request.user, "payments.methods"):
        address = pages.url(request, "change_payment_method", row.pk)
        buttons = [(_("Change"), address, "bo-button-primary")]
    return pages.render(
        request,
        "payment_method.html",
        {
            "facts": facts,
            "texts": [
                (
                    label,
                    row.texts.get(code, {}).get("name", ""),
                    row.texts.get(code, {}).get("note"),
                )
                for code, label in LANGUAGES
                if row.texts.get(code)
            ],
            "table": listing.show(row.versions.select_related("changed_by")),
            "buttons": buttons,
        },
        title=row.text("en", "name"),
        crumbs=[(_("Payment methods"), pages.url(request, "payment_methods"))],
    )


class BankForm(StaffForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    holder = forms.CharField(label=gettext_lazy("Holder"), max_length=70)
    iban = forms.CharField(label=gettext_lazy("IBAN"), max_length=42)
    bic = forms.CharField(label=gettext_lazy("BIC"), max_length=11, required=False)
    bank_name = forms.CharField(label=gettext_lazy("Bank"), max_length=80)
    asset = forms.ModelChoiceField(label=gettext_lazy("Asset"), queryset=Asset.objects.none())
    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, help_text=gettext_lazy("As the bank has it.")
    )
    part = forms.TypedChoiceField(label=gettext_lazy("In the books"), coerce=int)
    other_ids = forms.CharField(
        label=gettext_lazy("Other names in statements"), max_length=200, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"].queryset = Asset.objects.all()  # type: ignore[attr-defined]
        others = CustodyAccount.objects.filter(line=int(Line.BANK))
        choices = [(0, _("Main bank")), *((row.part, row.name) for row in others)]
        self.fields["part"].choices = choices  # type: ignore[attr-defined]


class OpenBank(ActionPage):
    """Name an account of the firm's."""

    form_class = BankForm

    def title(self, target: Any) -> str:
        return _("Open a bank account")

    def explanation(self, target: Any) -> list[str]:
        return [_("Customers see holder, IBAN, BIC and bank where a method uses it.")]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        values = {key: value for key, value in values.items() if key != "token"}
        row = actions.open_bank_account(**values, acting_user=self.request.user)
        return _("%(name)s is open.") % {"name": row.name}

    def back(self, target: Any) -> str:
        return self.url("payment_methods")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Payment methods"), self.back(target))]


class MethodForm(ReasonForm):
    """Limits and fees as decimal text; fees in percent have four places."""

    slug = forms.SlugField(label=pgettext_lazy("short name", "Code"), max_length=40)
    bank_account = forms.ModelChoiceField(
        label=gettext_lazy("Bank account"), queryset=BankAccount.objects.none(), empty_label=None
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=60)
    note_en = forms.CharField(label=gettext_lazy("Note (English)"), max_length=300, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name (Chinese)"), max_length=60, required=False)
    note_zh = forms.CharField(label=gettext_lazy("Note (Chinese)"), max_length=300, required=False)
    name_ru = forms.CharField(label=gettext_lazy("Name (Russian)"), max_length=60, required=False)
    note_ru = forms.CharField(label=gettext_lazy("Note (Russian)"), max_length=300, required=False)
    accepts_deposits = forms.BooleanField(label=gettext_lazy("Takes deposits"), required=False)
    accepts_withdrawals = forms.BooleanField(label=gettext_lazy("Pays out"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("Active"), required=False)
    countries = forms.CharField(
        label=gettext_lazy("Countries of banks"),
        max_length=600,
        required=False,
        help_text=gettext_lazy("Codes such as DE FR; empty: all."),
    )
    min_tier = forms.IntegerField(label=gettext_lazy("From tier"), min_value=0, max_value=9)
    cooling_hours = forms.IntegerField(
        label=gettext_lazy("Cooling of beneficiaries, hours"), min_value=0, max_value=720
    )
    deposit_fee_ppm = forms.CharField(label=gettext_lazy("Deposit: fee in percent"))
    withdrawal_fee_ppm = forms.CharField(label=gettext_lazy("Withdrawal: fee in percent"))

    def __init__(self, *args: Any, method: PaymentMethod | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        for name, label in AMOUNTS:
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=60,
                help_text=_("Empty: none."),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "bo-input"}),
            )
        if method is None:
            accounts = BankAccount.objects.filter(is_active=True)
            self.fields["bank_account"].queryset = accounts  # type: ignore[attr-defined]
        else:
            del self.fields["slug"], self.fields["bank_account"]
        self.order_fields([*(n for n in self.fields if n not in ("reason", "token")), "reason"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.method is not None:
            asset = self.method.asset
        elif values.get("bank_account") is not None:
            asset = values["bank_account"].asset
        else:
            return values
        scales = dict.fromkeys((name for name, _label in AMOUNTS), asset.scale)
        for name, scale in {**scales, "deposit_fee_ppm": 4, "withdrawal_fee_ppm": 4}.items():
            try:
                values[name] = units_of(values.get(name) or "0", scale)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return values


def _values(values: dict[str, Any]) -> dict[str, Any]:
    """A form's values as a method's."""
    texts = {"en": {"name": values["name_en"], "note": values["note_en"]}}
    for language, end in ENDINGS.items():
        if values[f"name_{end}"]:
            texts[language] = {"name": values[f"name_{end}"], "note": values[f"note_{end}"]}
    wanted = {name: values[name] for name in actions.FIELDS if name != "texts"}
    return {**wanted, "texts": texts}


class NewMethod(ActionPage):
    """A new way in and out."""

    form_class = MethodForm

    def title(self, target: Any) -> str:
        return _("New payment method")

    def initial(self, target: Any) -> dict[str, Any]:
        return {
            "accepts_deposits": True,
            "accepts_withdrawals": True,
            "is_active": True,
            "min_tier": 0,
            "cooling_hours": 24,
            "deposit_fee_ppm": "0",
            "withdrawal_fee_ppm": "0",
        }

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        bank = values["bank_account"]
        actions.create_method(
            slug=values["slug"],
            asset=bank.asset,
            bank_account=bank,
            acting_user=self.request.user,
            **_values(values),
        )
        return _("Customers see it from now on.")

    def back(self, target: Any) -> str:
        return self.url("payment_methods")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Payment methods"), self.url("payment_methods"))]


class ChangeMethod(NewMethod):
    """Change limits, fees, texts."""

    def target(self, method_id: int) -> PaymentMethod:  # type: ignore[override]
        return _found(method_id)

    def title(self, target: PaymentMethod) -> str:
        return _("Change %(name)s") % {"name": target.text("en", "name")}

    def confirm_label(self, target: PaymentMethod) -> str:
        return _("Change it")

    def form(self, target: PaymentMethod, data: Any = None, files: Any = None) -> Any:
        return MethodForm(data, initial=self.initial(target), method=target)

    def initial(self, target: PaymentMethod) -> dict[str, Any]:
        text = target.texts
        shown = {
            name: target.asset.text(int(getattr(target, name)))
            for name, _label in AMOUNTS
            if getattr(target, name)
        }
        plain = {
            name: getattr(target, name)
            for name in actions.FIELDS
            if name not in actions.UNITS_FIELDS
        }
        return {
            **plain,
            **shown,
            "version": target.version,
            **{
                f"{key}_{end}": text.get(language, {}).get(key, "")
                for language, end in {"en": "en", **ENDINGS}.items()
                for key in ("name", "note")
            },
            "deposit_fee_ppm": format_units(target.deposit_fee_ppm, 4, 2),
            "withdrawal_fee_ppm": format_units(target.withdrawal_fee_ppm, 4, 2),
        }

    def perform(self, target: PaymentMethod, values: dict[str, Any]) -> str:
        actions.change_method(
            method=target,
            version=values.get("version") or 0,
            reason=values["reason"],
            acting_user=self.request.user,
            **_values(values),
        )
        return _("Changed. It holds from now on.")

    def back(self, target: PaymentMethod) -> str:
        return self.url("payment_method", target.pk)


PAGES = (
    pages.Page("payment-methods/", "payment_methods", methods, "payments.view"),
    pages.Page(
        "payment-methods/new/", "new_payment_method", NewMethod.as_view(), "payments.methods"
    ),
    pages.Page("payment-methods/<int:method_id>/", "payment_method", method, "payments.view"),
    pages.Page(
        "payment-methods/<int:method_id>/change/",
        "change_payment_method",
        ChangeMethod.as_view(),
        "payments.methods",
    ),
    pages.Page("bank-accounts/new/", "open_bank_account", OpenBank.as_view(), "payments.methods"),
)
