"""What may be filled of an account's quotes at once: shown, set and reset by staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tenant import names
from trading.accounts.models import Account
from trading.commands import door
from trading.engine import events, queries
from trading.instruments.models import Instrument
from trading.instruments.rules import InstrumentInfo
from trading.instruments.selectors import catalogue
from trading.orders import protections


def rows_of(account: Account) -> list[dict[str, Any]] | None:
    """The account's protections as the engine has them now; None if it is away."""
    try:
        answer = door.send_command(queries.QueryProtections(account_id=account.pk))
    except (door.EngineUnavailable, door.EngineUnknown):
        return None
    known = catalogue().instruments
    found = []
    for row in answer.events:
        if isinstance(row, events.ProtectionRow):
            shown = protections.protection_json(row, known.get(row.instrument_id))
            limits = [
                text
                for name, text in (
                    ("quantity", _("%(quantity)s filled")),
                    ("notional", _("%(notional)s worth filled")),
                    (
                        "trades",
                        ngettext("%(trades)s trade", "%(trades)s trades", shown["trades"] or 0),
                    ),
                )
                if shown[name]
            ]
            found.append(
                {
                    "instrument": shown["instrument"] or _("All instruments"),
                    "limits": ", ".join(limits) % shown,
                    "window": _("%(window_ms)s ms") % shown,
                    "state": _("tripped: quotes are refused") if row.tripped else _("counting"),
                }
            )
    return found


class _InstrumentField(forms.ModelChoiceField):
    def __init__(self) -> None:
        super().__init__(
            Instrument.objects.none(),
            label=gettext_lazy("Instrument"),
            required=False,
            empty_label=gettext_lazy("All instruments"),
        )


class ResetForm(ReasonForm):
    """Which protection."""

    instrument = _InstrumentField()
    field_order = ["instrument", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["instrument"]
        choices.queryset = Instrument.objects.order_by("symbol")


class ProtectionForm(ResetForm):
    """Limits of an account's quotes."""

    window_ms = forms.IntegerField(
        label=gettext_lazy("Within, in milliseconds"), min_value=1, max_value=60_000
    )
    quantity = forms.CharField(
        label=gettext_lazy("Quantity filled, in the base asset"), required=False, max_length=60
    )
    notional = forms.CharField(
        label=gettext_lazy("Worth filled, in the quote asset"), required=False, max_length=60
    )
    trades = forms.IntegerField(
        label=gettext_lazy("Number of trades"), required=False, min_value=0, max_value=10**9
    )
    field_order = [
        "instrument",
        "window_ms",
        "quantity",
        "notional",
        "trades",
        "reason",
        "token",
    ]


def _info(instrument: Instrument | None) -> InstrumentInfo | None:
    return None if instrument is None else catalogue().instruments[instrument.pk]


class AccountProtection(ActionPage):
    """A change of one account's protections."""

    def target(self, account_id: int) -> Account:  # type: ignore[override]
        row: Account = names.found(Account.objects.select_related("user"), pk=account_id)
        return row

    def facts(self, target: Account) -> list[tuple[str, Any]]:
        return [(_("Account"), target)]

    def back(self, target: Account) -> str:
        return self.url("account", target.pk)

    def crumbs(self, target: Account) -> list[tuple[str, str]]:
        return [(target.name, self.back(target))]


class SetProtection(AccountProtection):
    """Limit what may be filled of an account's quotes at once, with a reason."""

    form_class = ProtectionForm

    def title(self, target: Account) -> str:
        return _("Protect the account's quotes")

    def explanation(self, target: Account) -> list[str]:
        return [
            _("When a limit is reached, all quotes in the instrument are pulled in the same step."),
            _("New quotes are refused until the customer or staff resets the protection."),
            _("Over all instruments only trades can be counted. No limit takes it away."),
        ]

    def perform(self, target: Account, values: dict[str, Any]) -> str:
        fields = {
            "window_ms": values["window_ms"],
            "quantity": values["quantity"] or None,
            "notional": values["notional"] or None,
            "trades": values["trades"] or None,
        }
        protections.set_protection(
            account=target,
            info=_info(values["instrument"]),
            fields=fields,
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The protection of %(account)s is on its way.") % {"account": target}


class ResetProtection(AccountProtection):
    """Have an account's quotes taken again, with a reason."""

    form_class = ResetForm
    danger = True

    def title(self, target: Account) -> str:
        return _("Take the account's quotes again")

    def explanation(self, target: Account) -> list[str]:
        return [_("Counting begins anew. The customer can do this as well.")]

    def perform(self, target: Account, values: dict[str, Any]) -> str:
        protections.reset_protection(
            account=target,
            info=_info(values["instrument"]),
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("Quotes of %(account)s will be taken again.") % {"account": target}


PAGES = (
    pages.Page(
        "accounts/<int:account_id>/protection/",
        "set_protection",
        SetProtection.as_view(),
        "accounts.change",
    ),
    pages.Page(
        "accounts/<int:account_id>/protection/reset/",
        "reset_protection",
        ResetProtection.as_view(),
        "accounts.change",
    ),
)
