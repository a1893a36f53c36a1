"""The form of an entry, made from the template of its kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice.forms import ReasonForm, units_of
from backoffice.tenant import postings
from trading.accounts.models import Account, AccountRole
from trading.instruments.models import Asset
from wallets.bookkeeping import plans
from wallets.ledger import chart, entries
from wallets.ledger.models import Line

HOUSE_LABELS = {
    "debited": gettext_lazy("Debit"),
    "credited": gettext_lazy("Credit"),
    "against": gettext_lazy("Against"),
}


class EntryForm(ReasonForm):
    """What the template of a kind asks for."""

    account = forms.IntegerField(
        label=gettext_lazy("Account id"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("It stands on the customer's page."),
    )
    asset = forms.ModelChoiceField(label=gettext_lazy("Asset"), queryset=Asset.objects.none())
    amount = forms.CharField(
        label=pgettext_lazy("money", "Amount"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    debited = forms.TypedChoiceField(coerce=int, empty_value=0)
    credited = forms.TypedChoiceField(coerce=int, empty_value=0)
    against = forms.TypedChoiceField(coerce=int, empty_value=0)
    value_time = forms.DateTimeField(
        label=gettext_lazy("Belongs to (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("When it happened, if that was before now; not in a closed month."),
    )
    field_order = [
        "account", "asset", "amount", "debited", "credited", "against", "value_time", "reason",
        "token",
    ]  # fmt: skip

    def __init__(self, template: entries.EntryTemplate, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        self.fields["asset"].queryset = Asset.objects.all()  # type: ignore[attr-defined]
        if template.kind in plans.OF_HOUSE_ACCOUNTS:
            self.fields["account"] = forms.TypedChoiceField(
                label=_("House account"),
                coerce=int,
                choices=[
                    (row.pk, str(row))
                    for row in Account.objects.exclude(role=AccountRole.CUSTOMER).order_by("pk")
                ],
                widget=forms.Select(attrs={"class": "bo-input bo-select"}),
            )
            self.order_fields(self.field_order)
        wanted = {leg.house: leg for leg in template.legs if leg.house}
        for name, label in HOUSE_LABELS.items():
            leg = wanted.get(name)
            if leg is None:
                del self.fields[name]
                continue
            field = self.fields[name]
            field.label, field.required = label, False
            choices: list[tuple[Any, Any]] = list(postings.house_choices(leg.lines))
            if leg.line in (Line.CUSTODY, *chart.CUSTODY_LINES):
                choices = [("", _("The main one of the asset")), *choices]
            field.choices = choices  # type: ignore[attr-defined]
        if template.is_recorded:
            del self.fields["account"]
        else:
            del self.fields["value_time"]

    def clean_account(self) -> Account:
        row = Account.objects.select_related("user").filter(pk=self.cleaned_data["account"]).first()
        if row is None:
            raise forms.ValidationError(_("There is no such account."))
        return row

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("asset") and values.get("amount"):
            try:
                values["amount_units"] = units_of(values["amount"], values["asset"].scale)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return values
