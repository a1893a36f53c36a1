"""Forms of the identity room. They check what was typed; the actions decide."""

import re
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from identity import roles
from identity.actions.api_keys import parse_networks
from identity.errors import IdentityError
from identity.models import ApiKey


def _email() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


def _password(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class NewPasswordForm(forms.Form):
    """What can be judged without knowing whose password it is; the action knows."""

    password = _password(_("New password"), "new-password")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password"):
            try:
                password_validation.validate_password(values["password"])
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class SignUpForm(forms.Form):
    email = _email()
    accept = forms.BooleanField(label=_("I have read and accept the terms and the risk notice."))


class SignInForm(forms.Form):
    email = _email()
    password = _password(_("Password"), "current-password")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )
    trust = forms.BooleanField(label=_("Trust this browser"), required=False)


class EmailForm(forms.Form):
    email = _email()


class ChangePasswordForm(NewPasswordForm):
    current = _password(_("Present password"), "current-password")
    field_order = ["current", "password"]


class ApiKeyForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=60)
    permissions = forms.MultipleChoiceField(
        label=_("The key may"),
        choices=ApiKey.Permission.choices,
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        help_text=_("One address or network per line. Empty: from anywhere."),
        required=False,
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_networks(self) -> list[str]:
        texts = [text for text in re.split(r"[\s,]+", self.cleaned_data["networks"]) if text]
        try:
            return parse_networks(texts)
        except IdentityError as error:
            raise forms.ValidationError(error.message) from error


class InviteStaffForm(forms.Form):
    email = _email()
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=roles.CHOICES)
