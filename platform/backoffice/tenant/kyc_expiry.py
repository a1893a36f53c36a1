"""Customers whose verification or document runs out: who was asked anew, and who did not answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells, pages
from backoffice.tables import Column, Listing
from backoffice.tenant import kyc_queue
from kyc import selectors
from kyc.models import OPEN_STATES, KycCase, KycProfile
from tenants import registry


def running_out(request: HttpRequest) -> HttpResponse:
    """The nearest end first; who is over it may move no money already."""
    now = timezone.now()
    rows = selectors.running_out(now, registry.get("kyc.expiry_notice_days"))
    states = dict(
        KycCase.objects.filter(user__in=rows.values("user"), state__in=OPEN_STATES).values_list(
            "user_id", "state"
        )
    )

    def ends(profile: KycProfile) -> Any:
        if profile.ends_on <= now.date():
            return cells.pair(cells.badge(_("over"), "bad"), str(profile.ends_on))
        return str(profile.ends_on)

    def asked(profile: KycProfile) -> Any:
        state = states.get(profile.user_id)
        return kyc_queue.state_badge(state) if state else cells.NOTHING

    listing = Listing(
        columns=[
            Column(gettext_lazy("Customer"), lambda p: p.user.email, "main"),
            Column(gettext_lazy("Ends"), ends),
            Column(gettext_lazy("What"), _what),
            Column(gettext_lazy("New case"), asked),
            Column(gettext_lazy("Tier"), lambda p: kyc_queue.tier_name(p.tier), on_phone=False),
        ],
        empty_headline=gettext_lazy("Nothing runs out soon"),
        empty_sentence=gettext_lazy("Customers are asked for new documents by themselves."),
        row_link=lambda p: pages.url(request, "kyc_standing", p.user_id),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.show(rows[:200])},
        title=_("Running out"),
        crumbs=[(_("Verification"), pages.url(request, "kyc_queue"))],
    )


def _what(profile: KycProfile) -> str:
    is_document = profile.document_expires_on == profile.ends_on  # type: ignore[attr-defined]
    return _("Document") if is_document else _("Verification")


PAGES = (pages.Page("verification/running-out/", "kyc_running_out", running_out, "kyc.view"),)
