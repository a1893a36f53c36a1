"""Publications of what the firm owes: the list, and publishing anew."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.tables import Column, Days, Listing
from backoffice.tenant import kept_words, names
from backoffice.tenant.adjustments import person
from wallets.liabilities import actions, selectors
from wallets.liabilities.models import RequestState


def liabilities(request: HttpRequest) -> HttpResponse:
    """Every publication with its roots."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Publication"), lambda p: cells.mono(p.pk), "main"),
            Column(gettext_lazy("As of (UTC)"), lambda p: cells.when(p.as_of)),
            Column(gettext_lazy("Engine seq"), lambda p: cells.mono(p.seq), "number"),
            Column(gettext_lazy("Owed to customers"), _owed, "number"),
            Column(
                gettext_lazy("Published by"),
                lambda p: cells.pair(person(p.published_by), cells.when(p.published_at)),
            ),
        ],
        filters=[Days("published", gettext_lazy("Day"), "published_at")],
        empty_headline=gettext_lazy("Nothing has been published yet"),
        empty_sentence=gettext_lazy(
            "A publication lets each customer check that his balance is in the sum."
        ),
    )
    buttons = [(_("What customers see"), "/liabilities", "")]
    if access.may(request.user, "liabilities.publish"):
        address = pages.url(request, "publish_liabilities")
        buttons.append((_("Publish now"), address, "bo-button-primary"))
    newest = selectors.newest_request()
    return pages.render(
        request,
        "liabilities.html",
        {
            "asked": newest if newest and newest.state != RequestState.PUBLISHED else None,
            "asker": person(newest.asked_by) if newest else "",
            "problem": kept_words.sentence(newest.problem) if newest else "",
            "table": listing.page(request, selectors.publications().select_related("published_by")),
            "intro": _("Merkle-sum proofs of what the firm owes, one root an asset."),
            "buttons": buttons,
        },
        title=_("Proof of liabilities"),
    )


def _owed(row: Any) -> Any:
    found = [names.amount(root.units, root.asset) for root in selectors.roots_of(row)]
    return cells.lines(found)


class Publish(ActionPage):
    """Publish what is owed now."""

    icon = "verified"

    def title(self, target: Any) -> str:
        return _("Publish what the firm owes")

    def confirm_label(self, target: Any) -> str:
        return _("Publish")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("Everybody sees how much is owed to all customers together, asset by asset."),
            _("Nobody sees whose a balance is. A publication is never taken back."),
            _("Only books that the last proof found in order are published."),
            _("It is made in the background; the list says when it is there."),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        actions.ask_for_publication(acting_user=self.request.user, reason=values["reason"])
        return _("The publication is being made.")

    def back(self, target: Any) -> str:
        return self.url("liabilities")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Proof of liabilities"), self.url("liabilities"))]


PAGES = (
    pages.Page("liabilities/", "liabilities", liabilities, "ledger.view"),
    pages.Page(
        "liabilities/publish/", "publish_liabilities", Publish.as_view(), "liabilities.publish"
    ),
)
