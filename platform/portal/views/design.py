"""The design language on one page: every token and component in each state, light and dark."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity import selectors as identity
from portal import charts
from trading.engine.enums import OrderStatus
from trading.instruments.rules import AssetInfo

COLOURS = (
    "accent", "on-accent", "second", "canvas", "surface", "raised", "overlay", "text", "muted",
    "faint", "line", "line-strong", "control-line", "up", "down", "warn", "info",
)  # fmt: skip
TYPE = ("2xs", "xs", "sm", "md", "lg", "xl", "2xl")
SPACE = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
WAVE = (610, 612, 607, 615, 623, 618, 630, 642, 638, 655, 649, 661)


class _Form(forms.Form):
    """One field of each kind; given what makes the second one wrong."""

    plain = forms.CharField(label="Plain", required=False, help_text="A hint stands below.")
    wrong = forms.EmailField(label="Wrong", error_messages={"invalid": "Say an e-mail address."})
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    choice = forms.ChoiceField(label="Choice", choices=[("a", "First"), ("b", "Second")])
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label="Long text", widget=forms.Textarea(attrs={"rows": 2}))
    tick = forms.BooleanField(label="Tick me", required=False)
    off = forms.CharField(label="Not now", required=False, disabled=True, initial="disabled")


@dataclass(frozen=True)
class _Side:
    """One of the two columns; ids on the page carry its name."""

    scheme: str
    form: forms.Form


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """For developers, and for staff who look after the brand; nobody else finds it."""
    user: Any = request.user
    is_staff = user.is_authenticated and user.is_staff and identity.is_fully_signed_in(request)
    if not settings.DEVELOPMENT and not is_staff:
        raise Http404
    asset = AssetInfo(id=0, code="USDT", name="Tether", scale=8, display_places=2)
    drawn = charts.chart(
        [charts.Point(v, f"2026-03-{i + 1:02}", f"{v * 100:,}.00 USDT") for i, v in enumerate(WAVE)]
    )
    values = {
        "sides": [_Side(scheme, _form(scheme)) for scheme in ("light", "dark")],
        "colours": COLOURS,
        "type_sizes": TYPE,
        "spaces": SPACE,
        "asset": asset,
        "units": 123_456_789_012_345,
        "statuses": [status.name.lower() for status in OrderStatus],
        "toasts": ("good", "warn", "bad", "info"),
        "spark": charts.spark(WAVE),
        "chart": drawn,
        "shares": [("BTC", 520), ("ETH", 260), ("USDT", 150), ("SOL", 50), ("XRP", 20)],
        "tabs": [
            ("?tab=one", "One", True),
            ("?tab=two", "Two", False),
            ("?tab=three", "Three", False),
        ],
    }
    response = render(request, "portal/design.html", values)
    response["Cache-Control"] = "no-store"
    return response


def _form(scheme: str) -> forms.Form:
    form = _Form(
        {"plain": "Typed", "wrong": "nobody", "secret": "x", "choice": "a", "day": "2026-03-14",
         "text": "Two lines"},
        auto_id=f"{scheme}-%s",
    )  # fmt: skip
    form.is_valid()
    return form
