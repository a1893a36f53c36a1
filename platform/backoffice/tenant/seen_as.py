"""Seeing pages as a customer does, and who of staff and platform did."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backoffice import cells, pages
from backoffice.action import ActionPage
from backoffice.attention import Task
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import attention, names
from identity import selectors as identity
from identity.models import User
from impersonation import actions, selectors
from impersonation.models import Impersonation
from tenants import registry

# By `Impersonation.state`.
STATES = {
    "open": pgettext_lazy("state of a view as somebody else", "open"),
    "asked for": pgettext_lazy("state of a view as somebody else", "asked for"),
    "ended": pgettext_lazy("state of a view as somebody else", "ended"),
    "over": pgettext_lazy("state of a view as somebody else", "over"),
}


def seen_as(request: HttpRequest) -> HttpResponse:
    """Every time that somebody saw pages as somebody else, newest first."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Who"), _actor, "main"),
            Column(gettext_lazy("As"), lambda row: names.user_link(request, row.user)),
            Column(gettext_lazy("Reason"), lambda row: row.reason),
            Column(gettext_lazy("Begun (UTC)"), lambda row: cells.when(row.begun_at)),
            Column(
                gettext_lazy("Until (UTC)"), lambda row: cells.when(row.ended_at or row.expires_at)
            ),
            Column(pgettext_lazy("seen", "Pages"), lambda row: cells.number(row.pages), "number"),
            Column(gettext_lazy("State"), lambda row: cells.badge(STATES[row.state], _tone(row))),
        ],
        row_link=lambda row: pages.url(request, "seen_as_one", row.pk),
        empty_headline=gettext_lazy("Nobody saw pages as somebody else"),
        empty_sentence=gettext_lazy("Support can, read-only and with a reason; each time is here."),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.impersonations())},
        title=_("Seen as somebody else"),
    )


def _actor(row: Impersonation) -> Any:
    return cells.pair(row.actor_email, _("the platform") if row.is_by_platform else _("staff"))


def _tone(row: Impersonation) -> str:
    return "warn" if row.is_open else "plain"


class EndSeenAs(ActionPage):
    """End what somebody sees as somebody else."""

    form_class = StaffForm
    icon = "visibility_off"

    def target(self, seen_id: int) -> Impersonation:  # type: ignore[override]
        row: Impersonation = names.found(selectors.impersonations(), pk=seen_id)
        return row

    def title(self, target: Impersonation) -> str:
        return _("Seen as %(email)s") % {"email": target.user.email}

    def confirm_label(self, target: Impersonation) -> str:
        return _("End it now")

    def facts(self, target: Impersonation) -> list[tuple[str, Any]]:
        return [
            (_("Who"), _actor(target)),
            (_("As"), names.user_link(self.request, target.user)),
            (_("Reason"), target.reason),
            (_("Begun (UTC)"), cells.when(target.begun_at)),
            (_("Until (UTC)"), cells.when(target.ended_at or target.expires_at)),
            (pgettext("seen", "Pages"), target.pages),
            (_("Ended by"), target.ended_by or cells.NOTHING),
        ]

    def obstacle(self, target: Impersonation) -> str:
        return "" if target.is_open else _("It is over.")

    def perform(self, target: Impersonation, values: dict[str, Any]) -> str:
        actions.end(row=target, acting_user=self.request.user)
        return _("It is ended.")

    def back(self, target: Impersonation) -> str:
        return self.url("seen_as")

    def crumbs(self, target: Impersonation) -> list[tuple[str, str]]:
        return [(_("Seen as somebody else"), self.url("seen_as"))]


class SeeAsCustomer(ActionPage):
    """Open the portal as a customer sees it."""

    icon = "visibility"

    def target(self, user_id: int) -> User:  # type: ignore[override]
        return identity.access_customer(self.request.user, user_id)  # type: ignore[arg-type]

    def title(self, target: User) -> str:
        return _("See the pages as %(email)s does") % {"email": target.email}

    def confirm_label(self, target: User) -> str:
        return _("Open the pages")

    def explanation(self, target: User) -> list[str]:
        minutes = registry.get("impersonation.minutes")
        found = [
            _("You can read and change nothing: no order, no form, no setting."),
            _("It ends after %(minutes)s minutes, or with the button on top of each page.")
            % {"minutes": minutes},
            _("Who, when and why stands in the audit trail."),
        ]
        if registry.get("impersonation.tell_customer"):
            found.append(_("The customer is told."))
        return found

    def obstacle(self, target: User) -> str:
        return "" if target.is_active else _("This login is closed: nobody sees anything with it.")

    def perform(self, target: User, values: dict[str, Any]) -> str:
        _row, self.link = actions.begin(
            user=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("The pages are open.")

    def back(self, target: User) -> str:
        return self.url("customer", target.pk)

    def after(self, target: User) -> str:
        return f"/seen-as/{self.link}"

    def crumbs(self, target: User) -> list[tuple[str, str]]:
        return [(_("Customers"), self.url("customers")), (target.email, self.back(target))]


def _open_looks(request: HttpRequest) -> list[Task]:
    """The platform sees pages as somebody here, right now."""
    return [
        Task(
            "warn",
            "visibility",
            _("The platform's support sees pages as %(email)s") % {"email": row.user.email},
            row.reason,
            pages.url(request, "seen_as"),
            since=row.begun_at,
        )
        for row in selectors.open_by_platform()
    ]


attention.watches.register("audit.view", _open_looks)

PAGES = (
    pages.Page(
        "customers/<int:user_id>/see-as/",
        "see_as_customer",
        SeeAsCustomer.as_view(),
        selectors.CUSTOMERS,
    ),
    pages.Page("seen-as/", "seen_as", seen_as, "audit.view"),
    pages.Page("seen-as/<int:seen_id>/", "seen_as_one", EndSeenAs.as_view(), "staff.manage"),
)
