"""The portal's own forms: confirming who one is, filters of the lists."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from identity.forms import ApiKeyForm as IdentityApiKeyForm
from money.units import MoneyError, parse_units
from portal import display
from trading.accounts.models import Account
from trading.instruments import selectors as instruments
from wallets.payments.models import Beneficiary, PaymentMethod
from wallets.reports.periods import zone_names


class PasswordConfirmForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class ReferralForm(forms.Form):
    """By whose code a customer came."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ApiKeyForm(IdentityApiKeyForm):
    """The key form in the words of the portal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]
            ("read", _("Read: balances, orders, fills, statement")),
            ("trade", _("Trade: place and cancel orders")),
            ("withdraw", _("Withdraw: send funds out")),
        ]


class FilterForm(forms.Form):
    """Filters of orders, fills and statement; what does not fit is ignored, never an error."""

    instrument = forms.ChoiceField(label=_("Instrument"), required=False)
    side = forms.ChoiceField(
        label=_("Side"),
        required=False,
        choices=[("", _("Both")), ("buy", _("Buy")), ("sell", _("Sell"))],
    )
    begin = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        symbols = instruments.catalogue().by_symbol
        choices = [("", _("All")), *((symbol, symbol) for symbol in symbols)]
        self.fields["instrument"].choices = choices  # type: ignore[attr-defined]


class OrderFilterForm(FilterForm):
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", _("Open")),
            ("waiting", _("Waiting")),
            ("filled", _("Filled")),
            ("canceled", _("Cancelled")),
            ("expired", _("Expired")),
            ("rejected", _("Rejected")),
        ],
    )
    field_order = ["instrument", "side", "status", "begin", "end"]


class StatementFilterForm(forms.Form):
    """Filters of the statement; `zone` says what a day is."""

    account = forms.ChoiceField(label=_("Account"), required=False)
    asset = forms.ChoiceField(label=_("Asset"), required=False)
    begin = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, accounts: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = instruments.catalogue().by_code
        for name, choices in (
            ("account", [(str(account.pk), account.name) for account in accounts]),
            ("asset", [("", _("All")), *((code, code) for code in codes)]),
            ("zone", [(name, name.replace("_", " ")) for name in zone_names()]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if len(accounts) < 2:
            del self.fields["account"]


class TimeZoneForm(forms.Form):
    zone = forms.CharField(max_length=64)


class SettingsForm(forms.Form):
    """How pages are shown to this user."""

    language = forms.ChoiceField(label=_("Language"))
    zone = forms.ChoiceField(label=_("Time zone"), required=False)
    numbers = forms.ChoiceField(label=_("Numbers"))
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in zone_names()]
        for name, choices in (
            ("language", languages),
            ("zone", [("", _("As the browser")), *zones]),
            ("numbers", [(style, display.sample(style)) for style in display.MARKS]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def amount_field() -> forms.CharField:
    return forms.CharField(
        label=_("Amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def units_typed(text: str, scale: int) -> int:
    """Units of what was typed; a form error where it is no amount above zero."""
    try:
        units = parse_units(text.strip().replace(" ", ""), scale)
    except MoneyError as error:
        raise forms.ValidationError(_("This is no amount, or it has too many places.")) from error
    if units <= 0:
        raise forms.ValidationError(_("Enter an amount above zero."))
    return units


class AnnounceForm(forms.Form):
    """What a customer is about to send."""

    amount = amount_field()

    def __init__(self, *args: Any, asset: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asset = asset

    def clean_amount(self) -> int:
        if self.asset is None:
            raise forms.ValidationError(_("This is no amount, or it has too many places."))
        return units_typed(self.cleaned_data["amount"], self.asset.scale)


class WithdrawForm(forms.Form):
    """To whom, and how much leaves the account."""

    beneficiary = forms.ChoiceField(label=_("To"))
    amount = amount_field()

    def __init__(self, *args: Any, beneficiaries: list[Beneficiary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.pk): row for row in beneficiaries}
        self.fields["beneficiary"].choices = [  # type: ignore[attr-defined]
            (key, f"{row.label} · {row.method.asset.code} · …{row.iban[-4:]}")
            for key, row in self.rows.items()
        ]

    def clean_beneficiary(self) -> Beneficiary:
        return self.rows[self.cleaned_data["beneficiary"]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        row = values.get("beneficiary")
        if row is not None and values.get("amount"):
            try:
                values["amount"] = units_typed(values["amount"], row.method.asset.scale)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return values


class BeneficiaryForm(forms.Form):
    """An account of the customer's own at a bank."""

    method = forms.ChoiceField(label=_("Way"))
    label = forms.CharField(label=_("Name in your book"), max_length=60, required=False)
    holder = forms.CharField(
        label=_("Account holder"),
        max_length=70,
        help_text=_("As the bank has it. It must be you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    iban = forms.CharField(
        label=_("IBAN"), max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)

    def __init__(self, *args: Any, methods: list[PaymentMethod], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {row.code: row for row in methods}
        language = get_language() or "en"
        choices = [(code, row.text(language, "name")) for code, row in self.rows.items()]
        self.fields["method"].choices = choices  # type: ignore[attr-defined]

    def clean_method(self) -> PaymentMethod:
        return self.rows[self.cleaned_data["method"]]
