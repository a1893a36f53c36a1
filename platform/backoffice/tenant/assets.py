"""Assets: the list, and making a new one."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from money.units import MAX_SCALE
from trading.instruments import actions
from trading.instruments.models import Asset


def assets(request: HttpRequest) -> HttpResponse:
    """What balances are held in."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Asset"), lambda a: cells.pair(a.code, a.name), "main"),
            Column(gettext_lazy("Decimal places"), lambda a: a.scale, "number"),
            Column(gettext_lazy("Shown at least"), lambda a: a.display_places, "number"),
            Column(gettext_lazy("Since (UTC)"), lambda a: cells.when(a.created_at)),
        ],
        order=("code",),
        empty_headline=gettext_lazy("No assets yet"),
    )
    buttons = []
    if access.may(request.user, "instruments.change"):
        buttons.append((_("New asset"), pages.url(request, "create_asset"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, Asset.objects.all()), "buttons": buttons},
        title=_("Assets"),
    )


class AssetForm(StaffForm):
    """A new asset."""

    code = forms.CharField(label=pgettext_lazy("short name", "Code"), max_length=16)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    scale = forms.IntegerField(
        label=gettext_lazy("Decimal places"),
        min_value=0,
        max_value=MAX_SCALE,
        help_text=gettext_lazy("Permanent: how finely balances of this asset can be divided."),
    )
    field_order = ["code", "name", "scale", "token"]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()


class CreateAsset(ActionPage):
    """A new asset."""

    form_class = AssetForm

    def title(self, target: Any) -> str:
        return _("New asset")

    def confirm_label(self, target: Any) -> str:
        return _("Create the asset")

    def initial(self, target: Any) -> dict[str, Any]:
        return {"scale": 8}

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        row = actions.create_asset(
            code=values["code"],
            name=values["name"],
            scale=values["scale"],
            acting_user=self.request.user,
        )
        return _("%(code)s is created.") % {"code": row.code}

    def back(self, target: Any) -> str:
        return self.url("assets")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Assets"), self.url("assets"))]


PAGES = (
    pages.Page("assets/", "assets", assets, "instruments.view"),
    pages.Page("assets/new/", "create_asset", CreateAsset.as_view(), "instruments.change"),
)
