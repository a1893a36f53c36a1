"""The inbox of everything that waits for a second person, and the page on which one decides."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice import access, approvals, cells, once, pages
from backoffice.action import ActionPage
from backoffice.approvals import Item
from backoffice.forms import ReasonForm
from backoffice.tenant import approval_kinds, kyc_approvals, payment_approvals
from backoffice.tenant.adjustments import person

# Importing the kinds registers them.
__all__ = ["PAGES", "approval_kinds", "kyc_approvals", "payment_approvals"]


def inbox(request: HttpRequest) -> HttpResponse:
    """All requests that wait, what the reader can decide first."""
    now = timezone.now()
    items = approvals.inbox(request)
    wanted = request.GET.get("kind", "")
    kinds = list(approvals.kinds.seen_by(request.user))
    address = pages.url(request, "approvals")
    counts = {kind.name: sum(item.kind is kind for item in items) for kind in kinds}
    shown = [item for item in items if item.kind.name == wanted] if wanted in counts else items
    return pages.render(
        request,
        "approvals.html",
        {
            "rows": [
                {
                    "item": item,
                    "address": address_of(request, item),
                    "asked_by": person(item.told.asked_by),
                    "age": cells.age(item.told.asked_at, now) if item.told.asked_at else "",
                }
                for item in shown
            ],
            "tabs": [
                (_("All (%(count)s)") % {"count": len(items)}, address, wanted not in counts),
                *(
                    (f"{kind.title} ({counts[kind.name]})", f"{address}?kind={kind.name}",
                     wanted == kind.name)
                    for kind in kinds
                    if counts[kind.name] or wanted == kind.name
                ),
            ],
            "mine": sum(item.is_mine_to_decide for item in items),
        },
        title=_("Approvals"),
    )  # fmt: skip


def address_of(request: HttpRequest, item: Item) -> str:
    return pages.url(request, "approval", item.kind.name, item.key)


class Decide(ActionPage):
    """One request with what would be different, and the second person's word."""

    template = "approval.html"

    def target(self, approval_kind: str, approval_id: int) -> Item:  # type: ignore[override]
        return approvals.access_item(self.request, approval_kind, approval_id)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A second click on what is decided already leads where the first one led."""
        try:
            return super().post(request, **kwargs)
        except Http404:
            address = once.address_of_done(request.POST.get("token", ""), request.user.pk)
            if not address:
                messages.info(request, _("This does not wait any more: somebody has decided it."))
            return HttpResponseRedirect(address or self.url("approvals"))

    @property
    def is_refusal(self) -> bool:
        # In the address, since a button that is disabled once it is pressed sends no name.
        return self.request.GET.get("decision") == "refuse"

    def title(self, target: Item) -> str:
        return target.told.title

    def form(self, target: Item, data: Any = None, files: Any = None) -> Any:
        form = ReasonForm(data)
        form.fields["reason"].required = self.is_refusal
        form.fields["reason"].label = _("Note, or why you refuse")
        form.fields["reason"].help_text = _("A refusal needs one. Kept in the audit trail.")
        return form

    def obstacle(self, target: Item) -> str:
        if target.is_own:
            return _("You asked for this yourself. A second person has to decide.")
        if not target.may_decide:
            found = ", ".join(access.roles_with(self.request.user, target.kind.capability))
            return _("Your role sees this and does not decide it. These do: %(roles)s.") % {
                "roles": found or "–"
            }
        return ""

    def extra(self, target: Item, form: Any) -> dict[str, Any]:
        told = target.told
        waiting = approvals.inbox(self.request)
        keys = [(item.kind.name, item.key) for item in waiting]
        mine = (target.kind.name, target.key)
        at = keys.index(mine) if mine in keys else len(keys) - 1
        return {
            "told": told,
            "kind": target.kind,
            "asked_by": person(told.asked_by),
            "asked_at": told.asked_at,
            "place": at + 1,
            "count": len(waiting),
            "before": address_of(self.request, waiting[at - 1]) if at else "",
            "next": address_of(self.request, waiting[at + 1]) if at + 1 < len(waiting) else "",
        }

    def basis(self, target: Item) -> Any:
        """All of the request; balances that move by themselves (`changes`) are no part of it."""
        told = target.told
        facts = [(str(name), str(value)) for name, value in told.facts]
        asked_by = told.asked_by.pk if told.asked_by else None
        return (str(told.title), asked_by, str(told.asked_at), told.reason, facts)

    def perform(self, target: Item, values: dict[str, Any]) -> str:
        decide = target.kind.refuse if self.is_refusal else target.kind.approve
        row = target.kind.waiting().get(pk=target.key)
        self.following = approvals.next_after(self.request, target)
        return decide(row, self.request.user, values["reason"])

    def back(self, target: Item) -> str:
        return self.url("approvals")

    def after(self, target: Item) -> str:
        """On to the next one that the reader can decide."""
        return address_of(self.request, self.following) if self.following else self.back(target)

    def crumbs(self, target: Item) -> list[tuple[str, str]]:
        return [(_("Approvals"), self.url("approvals"))]


PAGES = (
    pages.Page("approvals/", "approvals", inbox, "approvals.view"),
    pages.Page(
        "approvals/<slug:approval_kind>/<int:approval_id>/",
        "approval",
        Decide.as_view(),
        "approvals.view",
    ),
)
