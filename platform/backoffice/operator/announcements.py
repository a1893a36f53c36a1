"""What the platform tells the staff of firms, on each of their pages, for a time."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import MomentField, StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant.names import found
from tenants import actions, selectors
from tenants.models import Announcement, Tenant


def _state(row: Announcement) -> Any:
    now = timezone.now()
    if row.withdrawn_at:
        return cells.badge(_("withdrawn"), "plain")
    if row.ends_at <= now:
        return cells.badge(_("over"), "plain")
    if row.starts_at > now:
        return cells.badge(_("to come"), "warn")
    return cells.badge(_("shown"), "good")


def announcements(request: HttpRequest) -> HttpResponse:
    """All announcements, newest first."""
    may_manage = access.may(request.user, "tenants.manage")
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("What"), lambda row: cells.pair(row.headline, row.text[:90]), "main"
            ),
            Column(
                pgettext_lazy("recipient", "To"),
                lambda row: row.tenant.name if row.tenant else _("all firms"),
            ),
            Column(gettext_lazy("From (UTC)"), lambda row: cells.when(row.starts_at)),
            Column(gettext_lazy("Until (UTC)"), lambda row: cells.when(row.ends_at)),
            Column(pgettext_lazy("who", "By"), lambda row: row.announced_by),
            Column(gettext_lazy("State"), _state),
        ],
        empty_headline=gettext_lazy("Nothing was announced yet"),
        empty_sentence=gettext_lazy("Staff of firms see announcements on top of each page."),
        row_link=(lambda row: pages.url(request, "withdraw_announcement", row.pk))
        if may_manage
        else None,
    )
    buttons = []
    if may_manage:
        buttons.append((_("Announce"), pages.url(request, "announce"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.announcements()), "buttons": buttons},
        title=_("Announcements"),
    )


class AnnouncementForm(StaffForm):
    """What, to whom, for how long."""

    headline = forms.CharField(label=gettext_lazy("Headline"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tone = forms.ChoiceField(label=gettext_lazy("Tone"), choices=Announcement.Tone.choices)
    tenant = forms.ModelChoiceField(
        label=gettext_lazy("To"),
        queryset=Tenant.objects.none(),
        required=False,
        empty_label=gettext_lazy("All firms"),
    )
    starts_at = MomentField(
        label=gettext_lazy("From (UTC)"), required=False, help_text=gettext_lazy("Empty: now.")
    )
    ends_at = MomentField(label=gettext_lazy("Until (UTC)"))
    field_order = ["headline", "text", "tone", "tenant", "starts_at", "ends_at", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms: Any = self.fields["tenant"]
        firms.queryset = Tenant.objects.exclude(schema_name="public").order_by("name")


class Announce(ActionPage):
    """Tell staff something."""

    form_class = AnnouncementForm

    def title(self, target: Any) -> str:
        return _("Announce")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("It stands on top of each page of the backoffice of whom it is for. Customers do not "
              "see it."),
        ]  # fmt: skip

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        actions.announce(
            headline=values["headline"],
            text=values["text"],
            tone=values["tone"],
            tenant=values["tenant"],
            starts_at=values["starts_at"] or timezone.now(),
            ends_at=values["ends_at"],
            acting_user=self.request.user,
        )
        return _("It is announced.")

    def back(self, target: Any) -> str:
        return self.url("announcements")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Announcements"), self.url("announcements"))]


class WithdrawAnnouncement(ActionPage):
    """Show an announcement no more."""

    def target(self, announcement_id: int) -> Announcement:  # type: ignore[override]
        row: Announcement = found(selectors.announcements(), pk=announcement_id)
        return row

    def title(self, target: Announcement) -> str:
        return _("Withdraw the announcement")

    def facts(self, target: Announcement) -> list[tuple[str, Any]]:
        return [
            (_("What"), target.headline),
            (_("Text"), target.text or cells.NOTHING),
            (_("To"), target.tenant.name if target.tenant else _("all firms")),
            (_("Until (UTC)"), cells.when(target.ends_at)),
        ]

    def obstacle(self, target: Announcement) -> str:
        if target.withdrawn_at:
            return _("It was withdrawn already.")
        return _("Its time is over.") if target.ends_at <= timezone.now() else ""

    def perform(self, target: Announcement, values: dict[str, Any]) -> str:
        actions.withdraw_announcement(
            announcement=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("It is withdrawn.")

    def back(self, target: Announcement) -> str:
        return self.url("announcements")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Announcements"), self.url("announcements"))]


PAGES = (
    pages.Page("announcements/", "announcements", announcements, "tenants.view"),
    pages.Page("announcements/new/", "announce", Announce.as_view(), "tenants.manage"),
    pages.Page(
        "announcements/<int:announcement_id>/withdraw/",
        "withdraw_announcement",
        WithdrawAnnouncement.as_view(),
        "tenants.manage",
    ),
)
