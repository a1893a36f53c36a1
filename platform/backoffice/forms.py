"""Forms of the staff's web: plain Django forms that know how to look, and carry a send token."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.once import new_token
from money.units import MoneyError, parse_units
from money.words import words_of


class PlainForm(forms.Form):
    """One look for every field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def __getitem__(self, name: str) -> forms.BoundField:
        """The field as a page draws it, dressed here: some come only after the form began."""
        bound = super().__getitem__(name)
        dress(bound.field)
        return bound


def dress(field: forms.Field) -> None:
    """Give a field's widget the classes it is painted by; a second time changes nothing."""
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput):
        css = "bo-checkbox"
    elif isinstance(widget, forms.CheckboxSelectMultiple):
        css = ""
    elif isinstance(widget, forms.Select):
        css = "bo-input bo-select"
    elif isinstance(widget, forms.Textarea):
        css = "bo-input bo-textarea"
    else:
        css = "bo-input"
    worn = widget.attrs.get("class", "").split()
    widget.attrs["class"] = " ".join(dict.fromkeys([*worn, *css.split()]))


class StaffForm(PlainForm):
    """A form that changes something: it carries a token, so that it is done once."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = new_token

    def clean_token(self) -> str:
        text = str(self.cleaned_data.get("token") or "")
        try:
            return str(uuid.UUID(text))
        except ValueError:
            raise forms.ValidationError(_("Open the form again and resend it.")) from None


class ReasonForm(StaffForm):
    """A reason, which goes into the audit trail."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the audit trail with your name."),
    )


class UnitsField(forms.CharField):
    """Decimal text of an amount; cleaned to whole units of ``scale``."""

    def __init__(self, *, scale: int, signed: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)
        self.scale = scale
        self.signed = signed
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        return units_of(text, self.scale, signed=self.signed)


class MomentField(forms.CharField):
    """A moment in UTC, to the minute or second; cleaned to an aware datetime, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "datetime-local"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> datetime | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text.strip().replace(" ", "T")).replace(tzinfo=UTC)
        except ValueError:
            raise forms.ValidationError(_("Write a time such as 2026-11-28 16:30.")) from None


def units_of(text: str, scale: int, *, signed: bool = False) -> int:
    """Units of decimal text, as a form error when it is none; negative only if ``signed``."""
    try:
        units = parse_units(text, scale)
    except MoneyError as error:
        raise forms.ValidationError(words_of(error)) from error
    if units < 0 and not signed:
        raise forms.ValidationError(_("Enter a number that is not negative."))
    return units
