"""Forms of a customer's accounts: naming one, and moving money between two of them."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import amount_field, units_typed
from trading.accounts.models import Account
from trading.instruments.models import Asset


class _OnceForm(forms.Form):
    """A form that is done once, however often it is sent."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "request_key" in self.errors:  # nobody sees what is wrong with a hidden field
            self.add_error(None, _("Open the form again and resend it."))
        return values


class AccountNameForm(forms.Form):
    """What an account is to be called; whether it may is for the room of accounts to say."""

    name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class OpenAccountForm(AccountNameForm, _OnceForm):
    """A further account."""


class TransferForm(_OnceForm):
    """From where to where, and how much."""

    source = forms.ChoiceField(label=_("From"))
    target = forms.ChoiceField(label=_("To"))
    asset = forms.ChoiceField(label=_("Asset"))
    amount = amount_field()

    def __init__(
        self, *args: Any, accounts: list[Account], assets: list[Asset], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {str(row.pk): row for row in accounts}
        self.assets = {row.code: row for row in assets}
        names = [(key, row.name) for key, row in self.accounts.items()]
        for name, choices in (
            ("source", names),
            ("target", names),
            ("asset", [(code, code) for code in self.assets]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_source(self) -> Account:
        return self.accounts[self.cleaned_data["source"]]

    def clean_target(self) -> Account:
        return self.accounts[self.cleaned_data["target"]]

    def clean_asset(self) -> Asset:
        return self.assets[self.cleaned_data["asset"]]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        asset = values.get("asset")
        if asset is not None and values.get("amount"):
            try:
                values["amount"] = units_typed(values["amount"], asset.scale)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return values
