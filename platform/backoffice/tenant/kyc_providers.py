"""Providers of identity checks: which ones the firm uses, and what it shares with them."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from kyc import actions, selectors
from kyc.actions.providers import SECRETS
from kyc.errors import KycError
from kyc.models import CheckProvider
from kyc.providers import ADAPTERS
from tenants.links import site_address
from tenants.selectors import current_tenant


def providers(request: HttpRequest) -> HttpResponse:
    """The providers, whether they are used, and whether somebody plays them."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Provider"), lambda p: cells.pair(p.title, p.code), "main"),
            Column(
                gettext_lazy("Used"),
                lambda p: (
                    cells.badge(_("yes"), "good") if p.is_active else cells.badge(_("no"), "plain")
                ),
            ),
            Column(gettext_lazy("From tier"), lambda p: cells.mono(p.from_tier)),
            Column(gettext_lazy("Address"), lambda p: cells.mono(p.address), on_phone=False),
            Column(gettext_lazy("Messages not believed"), _forged),
            Column(gettext_lazy("Changed (UTC)"), lambda p: cells.when(p.changed_at)),
        ],
        empty_headline=gettext_lazy("No provider yet"),
        empty_sentence=gettext_lazy("Staff check identities by themselves until there is one."),
        row_link=lambda p: pages.url(request, "kyc_edit_provider", p.pk),
    )
    new_address = pages.url(request, "kyc_new_provider")
    buttons = [(_("New provider"), new_address, "bo-button-primary")]
    return pages.render(
        request,
        "list.html",
        {"table": listing.show(selectors.providers()), "buttons": buttons},
        title=_("Identity checks"),
        crumbs=[(_("Verification"), pages.url(request, "kyc_queue"))],
    )


def _forged(provider: CheckProvider) -> Any:
    if not provider.forged_count:
        return cells.NOTHING
    return cells.pair(
        cells.badge(str(provider.forged_count), "bad"), cells.when(provider.forged_at)
    )


def _secret(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=help_text,
    )


class ProviderForm(ReasonForm):
    """A provider; its secrets are written and never read again."""

    title = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Customers read it before they send their documents."),
    )
    adapter = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(name, name) for name in ADAPTERS]
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        help_text=gettext_lazy("Where its service is, https only."),
    )
    from_tier = forms.IntegerField(
        label=gettext_lazy("From tier"), min_value=1, max_value=9, initial=1,
        help_text=gettext_lazy("Persons who ask for this tier or a higher one are checked."),
    )  # fmt: skip
    is_active = forms.BooleanField(
        label=gettext_lazy("Used for cases that are sent from now on"), required=False, initial=True
    )
    api_key = _secret(gettext_lazy("API key"), gettext_lazy("Empty: stays as it is."))
    request_secret = _secret(
        gettext_lazy("Secret of our requests"), gettext_lazy("Empty: stays as it is.")
    )
    webhook_secret = _secret(
        gettext_lazy("Secret of its messages"), gettext_lazy("Empty: stays as it is.")
    )
    field_order = [
        "code", "title", "adapter", "address", "from_tier", "is_active", *SECRETS, "reason",
        "token",
    ]  # fmt: skip


class NewProviderForm(ProviderForm):
    code = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=24,
        help_text=gettext_lazy("Part of the address that its messages come to; it stays."),
    )


class EditProvider(ActionPage):
    """Change a provider."""

    form_class = ProviderForm

    def target(self, provider_id: int) -> CheckProvider:  # type: ignore[override]
        row: CheckProvider = names.found(selectors.providers(), pk=provider_id)
        return row

    def title(self, target: CheckProvider) -> str:
        return target.title

    def confirm_label(self, target: CheckProvider) -> str:
        return _("Put it in force")

    def explanation(self, target: CheckProvider) -> list[str]:
        return [
            _("Persons' names, birth dates and documents go to it. What it finds goes into the "
              "case; it decides nothing, unless the setting says so for low risk."),
        ]  # fmt: skip

    def facts(self, target: CheckProvider) -> list[tuple[str, Any]]:
        address = f"{site_address(current_tenant())}/hooks/verification/{target.code}"
        return [
            (_("Short name"), cells.mono(target.code)),
            (_("Its messages come to"), cells.mono(address)),
            (_("Messages not believed"), _forged(target)),
        ]

    def initial(self, target: CheckProvider) -> dict[str, Any]:
        return {
            "title": target.title,
            "adapter": target.adapter,
            "address": target.address,
            "from_tier": target.from_tier,
            "is_active": target.is_active,
        }

    def code_of(self, target: CheckProvider, values: dict[str, Any]) -> str:
        return target.code

    def perform(self, target: CheckProvider, values: dict[str, Any]) -> str:
        actions.set_provider(
            code=self.code_of(target, values),
            title=values["title"],
            adapter=values["adapter"],
            address=values["address"],
            from_tier=values["from_tier"],
            is_active=values["is_active"],
            secrets={name: values[name] for name in SECRETS},
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("It is in force for cases that are sent from now on.")

    def back(self, target: Any) -> str:
        return self.url("kyc_providers")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [
            (_("Verification"), self.url("kyc_queue")),
            (_("Identity checks"), self.url("kyc_providers")),
        ]


class NewProvider(EditProvider):
    """Make one known."""

    form_class = NewProviderForm

    def target(self) -> None:  # type: ignore[override]
        return None

    def title(self, target: Any) -> str:
        return _("New provider")

    def facts(self, target: Any) -> list[tuple[str, Any]]:
        return []

    def initial(self, target: Any) -> dict[str, Any]:
        return {}

    def code_of(self, target: Any, values: dict[str, Any]) -> str:
        code = str(values["code"])
        if selectors.providers().filter(code=code).exists():
            raise KycError(_("There is a provider of this name already."), field="code")
        return code


PAGES = (
    pages.Page("verification/providers/", "kyc_providers", providers, "kyc.configure"),
    pages.Page(
        "verification/providers/new/", "kyc_new_provider", NewProvider.as_view(), "kyc.configure"
    ),
    pages.Page(
        "verification/providers/<int:provider_id>/",
        "kyc_edit_provider",
        EditProvider.as_view(),
        "kyc.configure",
    ),
)
