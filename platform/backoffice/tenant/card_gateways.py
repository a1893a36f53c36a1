"""The firm's accounts at gateways: keys that nobody reads again, and how talking to them goes."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm, units_of
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from trading.instruments.models import Asset
from wallets.ledger.models import CustodyAccount, Line
from wallets.payments.cards import selectors, setup
from wallets.payments.methods import actions as methods
from wallets.payments.models import CardGateway


def card_gateways(request: HttpRequest) -> HttpResponse:
    """The firm's accounts at gateways."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Gateway"), lambda g: cells.pair(g.name, g.provider), "main"),
            Column(
                gettext_lazy("Methods"),
                lambda g: ", ".join(m.code for m in g.methods.all()) or cells.NOTHING,
            ),
            Column(gettext_lazy("Answered last"), lambda g: cells.when(g.health.answered_at)),
            Column(gettext_lazy("Last event"), lambda g: cells.when(g.health.event_at)),
            Column(gettext_lazy("Error"), lambda g: g.health.error or cells.NOTHING),
            Column(
                gettext_lazy("State"),
                lambda g: cells.badge("active" if g.is_active else "inactive"),
            ),
        ],
        empty_headline=gettext_lazy("No gateways"),
        empty_sentence=gettext_lazy(
            "Open a custody account of the line Bank for the gateway, then name it here."
        ),
        row_link=lambda row: pages.url(request, "card_gateway", row.pk),
    )
    buttons = []
    if access.may(request.user, "payments.methods"):
        address = pages.url(request, "open_card_gateway")
        buttons = [(_("Name a gateway"), address, "bo-button-primary")]
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.gateways()), "buttons": buttons},
        title=_("Card gateways"),
        crumbs=[(_("Payment methods"), pages.url(request, "payment_methods"))],
    )


def _found(gateway_id: int) -> CardGateway:
    row: CardGateway = names.found(selectors.gateways(), pk=gateway_id)
    return row


def card_gateway(request: HttpRequest, gateway_id: int) -> HttpResponse:
    """One gateway: where its events go, how asking it goes, what came last."""
    row = _found(gateway_id)
    health = row.health
    custody = CustodyAccount.objects.filter(line=int(Line.BANK), part=row.part).first()
    may_change = access.may(request.user, "payments.methods")
    facts: list[tuple[Any, Any]] = [
        (_("State"), cells.badge("active" if row.is_active else "inactive")),
        (_("Provider"), row.provider),
        (_("In the books"), custody.name if custody else row.part),
        (_("Asked last (UTC)"), cells.when(health.asked_at)),
        (_("Answered last (UTC)"), cells.when(health.answered_at)),
        (_("Error"), health.error or cells.NOTHING),
        (_("Last event (UTC)"), cells.when(health.event_at)),
        (_("Refused events"), cells.number(health.forged_count)),
        (_("Last refused (UTC)"), cells.when(health.forged_at)),
        (_("Keys"), _("kept encrypted; nobody can read them here")),
    ]
    if may_change:
        facts.append((_("Address for events (secret)"), cells.mono(setup.hook_address(row))))
    events = Listing(
        columns=[
            Column(gettext_lazy("Event"), lambda e: cells.pair(e.type, e.event_id), "main"),
            Column(gettext_lazy("Order"), lambda e: cells.mono(e.order_id)),
            Column(gettext_lazy("Received"), lambda e: cells.when(e.received_at)),
            Column(gettext_lazy("Came again"), lambda e: cells.number(e.repeats), "number"),
            Column(gettext_lazy("Note"), lambda e: e.note or cells.NOTHING),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        empty_headline=gettext_lazy("No events yet"),
        row_link=lambda e: pages.url(request, "card_payment", e.payment_id) if e.payment_id else "",
    )
    return pages.render(
        request,
        "card_gateway.html",
        {
            "facts": facts,
            "gateway": row,
            "may_change": may_change,
            "events": events.show(selectors.events().filter(gateway=row)[:50]),
        },
        title=row.name,
        crumbs=[(_("Card gateways"), pages.url(request, "card_gateways"))],
    )


def _secret(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=200,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("As the gateway shows it. It is kept encrypted."),
    )


class OpenForm(StaffForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    part = forms.TypedChoiceField(label=gettext_lazy("In the books"), coerce=int)
    api_key = _secret(gettext_lazy("API key"), required=True)
    event_secret = _secret(gettext_lazy("Secret of events"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = CustodyAccount.objects.filter(line=int(Line.BANK))
        choices = [(row.part, row.name) for row in rows]
        self.fields["part"].choices = choices  # type: ignore[attr-defined]


class Open(ActionPage):
    """Name the firm's account at a gateway."""

    form_class = OpenForm
    icon = "add_card"

    def title(self, target: Any) -> str:
        return _("Name a gateway")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("What the gateway owes the firm stands in a custody account of the line Bank."),
            _("The address that its events go to is shown once it is named."),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        values = {key: value for key, value in values.items() if key != "token"}
        self.opened = setup.open_gateway(**values, acting_user=self.request.user)
        return _("It is named. Give customers a method for it.")

    def back(self, target: Any) -> str:
        return self.url("card_gateways")

    def after(self, target: Any) -> str:
        return self.url("card_gateway", self.opened.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Card gateways"), self.back(target))]


class ChangeForm(ReasonForm):
    is_active = forms.BooleanField(label=gettext_lazy("Active"), required=False)
    api_key = _secret(gettext_lazy("New API key"), required=False)
    event_secret = _secret(gettext_lazy("New secret of events"), required=False)
    field_order = ["is_active", "api_key", "event_secret", "reason", "token"]


class Change(ActionPage):
    """Put new keys in place of old ones, or stop new payments."""

    form_class = ChangeForm
    icon = "key"

    def target(self, gateway_id: int) -> CardGateway:  # type: ignore[override]
        return _found(gateway_id)

    def title(self, target: CardGateway) -> str:
        return _("Change %(name)s") % {"name": target.name}

    def confirm_label(self, target: CardGateway) -> str:
        return _("Change it")

    def explanation(self, target: CardGateway) -> list[str]:
        return [
            _("What is left empty stays. Events signed with the secret before still count."),
            _("Where it is not active nobody can begin a payment, and no events are taken."),
        ]

    def initial(self, target: CardGateway) -> dict[str, Any]:
        return {"is_active": target.is_active}

    def perform(self, target: CardGateway, values: dict[str, Any]) -> str:
        values = {key: value for key, value in values.items() if key != "token"}
        setup.change_gateway(gateway=target, **values, acting_user=self.request.user)
        return _("Changed. It holds from now on.")

    def back(self, target: CardGateway) -> str:
        return self.url("card_gateway", target.pk)


class MethodForm(StaffForm):
    slug = forms.SlugField(label=pgettext_lazy("short name", "Code"), max_length=40)
    asset = forms.ModelChoiceField(label=gettext_lazy("Asset"), queryset=Asset.objects.none())
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=60)
    deposit_min_units = forms.CharField(label=gettext_lazy("Deposit: least"), required=False)
    deposit_max_units = forms.CharField(label=gettext_lazy("Deposit: most"), required=False)
    deposit_fee_ppm = forms.CharField(label=gettext_lazy("Deposit: fee in percent"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"].queryset = Asset.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asset = values.get("asset")
        if asset is None:
            return values
        scales = {"deposit_min_units": asset.scale, "deposit_max_units": asset.scale}
        for name, scale in {**scales, "deposit_fee_ppm": 4}.items():
            try:
                values[name] = units_of(values.get(name) or "0", scale)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return values


class NewMethod(ActionPage):
    """A way to pay in over a gateway; limits and texts are changed like those of any method."""

    form_class = MethodForm
    icon = "payments"

    def target(self, gateway_id: int) -> CardGateway:  # type: ignore[override]
        return _found(gateway_id)

    def title(self, target: CardGateway) -> str:
        return _("New method over %(name)s") % {"name": target.name}

    def perform(self, target: CardGateway, values: dict[str, Any]) -> str:
        methods.create_method(
            slug=values["slug"],
            asset=values["asset"],
            gateway=target,
            texts={"en": {"name": values["name_en"], "note": ""}},
            accepts_withdrawals=False,
            deposit_min_units=values["deposit_min_units"],
            deposit_max_units=values["deposit_max_units"],
            deposit_fee_ppm=values["deposit_fee_ppm"],
            acting_user=self.request.user,
        )
        return _("Customers see it from now on.")

    def back(self, target: CardGateway) -> str:
        return self.url("card_gateway", target.pk)


PAGES = (
    pages.Page("card-gateways/", "card_gateways", card_gateways, "payments.view"),
    pages.Page("card-gateways/new/", "open_card_gateway", Open.as_view(), "payments.methods"),
    pages.Page("card-gateways/<int:gateway_id>/", "card_gateway", card_gateway, "payments.view"),
    pages.Page(
        "card-gateways/<int:gateway_id>/change/",
        "change_card_gateway",
        Change.as_view(),
        "payments.methods",
    ),
    pages.Page(
        "card-gateways/<int:gateway_id>/method/",
        "new_card_method",
        NewMethod.as_view(),
        "payments.methods",
    ),
)
