"""A firm's settings for payments, and the switch that closes them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenants import registry
from tenants.switches import Switch

REFERENCE_RATES = "payments.reference_rates"
GROUP = _("Deposits and withdrawals")
_RATE = re.compile(
    r"([A-Z0-9]{2,12})\s*=\s*(\d{1,12}(?:\.\d{1,12})?)\s+([A-Z0-9]{2,12})\Z", re.ASCII
)

PAYMENTS = Switch(
    "payments",
    _("Payments"),
    _("Deposits and withdrawals of money of states, and what staff do for them."),
    (
        "/deposit",
        "/withdraw",
        "/beneficiaries",
        "/backoffice/deposits/",
        "/backoffice/withdrawals/",
        "/backoffice/beneficiaries/",
        "/backoffice/bank-statements/",
        "/backoffice/bank-entries/",
        "/backoffice/bank-accounts/",
        "/backoffice/payment-files/",
        "/backoffice/payment-methods/",
    ),
)


def read_rates(text: str) -> dict[tuple[str, str], Decimal]:
    """``EUR = 1.08 USDT; USD = 1 USDT``: whole units of the second for one of the first.

    Raises ValidationError naming the part that cannot be read.
    """
    found: dict[tuple[str, str], Decimal] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        match = _RATE.match(part)
        price = Decimal(match.group(2)) if match else Decimal()
        if match is None or not price or match.group(1) == match.group(3):
            raise ValidationError(
                gettext("“%(part)s” is no rate: write for example EUR = 1.08 USDT.")
                % {"part": part}
            )
        found[match.group(1), match.group(3)] = price
    return found


class _RatesField(forms.CharField):
    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        read_rates(text)
        return text


@dataclass(frozen=True, kw_only=True)
class Rates(registry.Text):
    """Text of rates, refused where it cannot be read."""

    def form_field(self) -> forms.Field:
        return _RatesField(
            label=self.label, help_text=self.help, max_length=self.max_length, required=False
        )


def declare_settings() -> None:
    registry.declare(
        Rates(
            name=REFERENCE_RATES,
            label=_("Reference rates"),
            help=_(
                "For assets that are not traded here, so that limits counted in another one hold: "
                "EUR = 1.08 USDT; USD = 1 USDT. Your own trades of the last day come first."
            ),
            default="",
            max_length=1000,
            group=GROUP,
        )
    )
