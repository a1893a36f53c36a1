"""The portal's own forms: confirming who one is, filters of the lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.forms import ApiKeyForm as IdentityApiKeyForm
from trading.accounts.models import Account
from trading.instruments import selectors as instruments
from wallets.reports.periods import zone_names


class PasswordConfirmForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
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
