"""Forms of what a customer wants to be told, and of his number for SMS."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.kinds import CHOSEN_CHANNELS, KINDS


class MessagePreferencesForm(forms.Form):
    """By kind the channels that are on, and quiet hours."""

    is_quiet = forms.BooleanField(label=_("Leave me alone at night"), required=False)
    quiet_from = forms.TimeField(
        label=_("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(channel.value, channel.value) for channel in CHOSEN_CHANNELS]
        for name in KINDS:
            self.fields[f"kind_{name}"] = forms.MultipleChoiceField(choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("is_quiet"):
            for name in ("quiet_from", "quiet_until"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Enter a time."))
        return values


class PhoneForm(forms.Form):
    number = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "placeholder": "+46 70 123 45 67"}
        ),
    )


class PhoneCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the SMS"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
