"""What the firm tells on top of the portal's pages: maintenance, faults, news."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import MomentField, StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from care import selectors
from care.actions import banners as actions
from care.models import Banner
from messaging.brand_source import current


def _headline(row: Banner) -> str:
    return str(next(iter(row.texts.values()))["headline"])


def state_badge(row: Banner) -> Any:
    now = timezone.now()
    if row.withdrawn_at is not None:
        return cells.badge(_("withdrawn"), "plain")
    if row.ends_at <= now:
        return cells.badge(_("over"), "plain")
    return cells.badge(_("shown"), "good") if row.starts_at <= now else cells.badge(_("to come"))


def banners(request: HttpRequest) -> HttpResponse:
    """All banners, newest first."""
    may = access.may(request.user, "messages.manage")
    listing = Listing(
        columns=[
            Column(gettext_lazy("What"), _headline, "main"),
            Column(gettext_lazy("Languages"), lambda b: ", ".join(b.texts)),
            Column(gettext_lazy("From (UTC)"), lambda b: cells.when(b.starts_at)),
            Column(gettext_lazy("Until (UTC)"), lambda b: cells.when(b.ends_at)),
            Column(gettext_lazy("State"), state_badge),
        ],
        empty_headline=gettext_lazy("No banners yet"),
        empty_sentence=gettext_lazy("They stand on top of each page of the portal, for a time."),
        row_link=(lambda row: pages.url(request, "withdraw_banner", row.pk)) if may else None,
    )
    buttons = []
    if may:
        buttons.append((_("Show a banner"), pages.url(request, "show_banner"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.banners()), "buttons": buttons},
        title=_("Banners"),
    )


class BannerForm(StaffForm):
    """A headline and a text in each language of the brand, and when they stand."""

    tone = forms.ChoiceField(label=gettext_lazy("Tone"), choices=Banner.Tone.choices)
    starts_at = MomentField(
        label=gettext_lazy("From (UTC)"), required=False, help_text=gettext_lazy("Empty: now.")
    )
    ends_at = MomentField(label=gettext_lazy("Until (UTC)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in current().languages:
            name = get_language_info(code)["name_local"].capitalize()
            headline = forms.CharField(
                label=_("Headline, %(language)s") % {"language": name},
                max_length=120,
                required=False,
            )
            text = forms.CharField(
                label=_("Text, %(language)s") % {"language": name},
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            for key, field in ((f"headline_{code}", headline), (f"text_{code}", text)):
                self.fields[key] = field


class ShowBanner(ActionPage):
    """Tell all who come to the portal."""

    form_class = BannerForm

    def title(self, target: Any) -> str:
        return _("Show a banner")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("It stands on top of each page of the portal, for visitors as well."),
            _("Who reads another language gets the brand's first language of those written."),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        actions.show(
            tone=values["tone"],
            texts={
                code: {"headline": values[f"headline_{code}"], "text": values[f"text_{code}"]}
                for code in current().languages
            },
            starts_at=values["starts_at"] or timezone.now(),
            ends_at=values["ends_at"],
            acting_user=self.request.user,
        )
        return _("It is shown in its time.")

    def back(self, target: Any) -> str:
        return self.url("banners")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Banners"), self.url("banners"))]


class WithdrawBanner(ActionPage):
    """Show it no more."""

    form_class = StaffForm

    def target(self, banner_id: int) -> Banner:  # type: ignore[override]
        row: Banner = names.found(selectors.banners(), pk=banner_id)
        return row

    def title(self, target: Banner) -> str:
        return _("Withdraw the banner")

    def facts(self, target: Banner) -> list[tuple[str, Any]]:
        return [
            (_("What"), _headline(target)),
            (_("State"), state_badge(target)),
            (pgettext("who", "By"), target.made_by),
            (_("Until (UTC)"), cells.when(target.ends_at)),
        ]

    def obstacle(self, target: Banner) -> str:
        is_over = target.withdrawn_at is not None or target.ends_at <= timezone.now()
        return _("This banner is over already.") if is_over else ""

    def perform(self, target: Banner, values: dict[str, Any]) -> str:
        actions.withdraw(banner_id=target.pk, acting_user=self.request.user)
        return _("It is withdrawn.")

    def back(self, target: Banner) -> str:
        return self.url("banners")

    def crumbs(self, target: Banner) -> list[tuple[str, str]]:
        return [(_("Banners"), self.url("banners"))]


PAGES = (
    pages.Page("banners/", "banners", banners, "messages.view"),
    pages.Page("banners/new/", "show_banner", ShowBanner.as_view(), "messages.manage"),
    pages.Page(
        "banners/<int:banner_id>/withdraw/",
        "withdraw_banner",
        WithdrawBanner.as_view(),
        "messages.manage",
    ),
)
