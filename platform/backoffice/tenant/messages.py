"""Everything that was or is to be sent: how far it is, what could not be sent, sending it again."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Choice, Column, Days, Listing, by_state
from backoffice.tenant import names
from messaging import outbox, selectors
from messaging.kinds import KINDS
from messaging.models import Channel, MessageState, OutboxMessage

TONES = {"queued": "warn", "sent": "good", "failed": "bad", "dropped": "plain"}


def state_badge(row: OutboxMessage) -> Any:
    return cells.badge(str(row.get_state_display()), TONES[row.state])


def recipient(request: HttpRequest, row: OutboxMessage) -> Any:
    """The customer where it is for one, else the address; an endpoint by its host alone."""
    if row.user is not None:
        return names.user_link(request, row.user)
    if row.channel == Channel.WEBHOOK:
        return _("endpoint %(id)s") % {"id": row.to}
    return row.to[:80]


def _search(rows: QuerySet, term: str) -> QuerySet:
    wanted = Q(to__iexact=term) | Q(user__email__icontains=term) | Q(template=term)
    if term.isascii() and term.isdigit() and len(term) < 19:
        wanted |= Q(pk=int(term))
    return rows.filter(wanted)


def messages(request: HttpRequest) -> HttpResponse:
    """All messages by all channels, newest first."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Message"), lambda m: cells.pair(m.subject, m.template), "main"),
            Column(pgettext_lazy("recipient", "To"), lambda m: recipient(request, m)),
            Column(gettext_lazy("Channel"), lambda m: m.get_channel_display()),
            Column(gettext_lazy("State"), state_badge),
            Column(gettext_lazy("Tries"), lambda m: m.attempts, "number", on_phone=False),
            Column(gettext_lazy("Written (UTC)"), lambda m: cells.when(m.created_at)),
        ],
        filters=[
            by_state(MessageState.choices),
            Choice(
                "channel",
                gettext_lazy("Channel"),
                Channel.choices,
                lambda rows, value: rows.filter(channel=value),
            ),
            Choice(
                "kind",
                gettext_lazy("About"),
                [(kind.name, kind.title) for kind in KINDS.values()],
                lambda rows, value: rows.filter(kind=value),
            ),
            Days("created", gettext_lazy("Written"), "created_at"),
        ],
        search=_search,
        search_hint=gettext_lazy("E-mail, number or template"),
        empty_headline=gettext_lazy("Nothing was sent yet"),
        row_link=lambda row: pages.url(request, "message", row.pk),
    )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, selectors.messages()),
            "intro": _("What was sent keeps its headline for a month, and its words for nobody."),
        },
        title=_("Messages"),
    )


def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message: how far it is and why not further. Its words may hold links, so not here."""
    row: OutboxMessage = names.found(selectors.messages(), pk=message_id)
    kind = KINDS.get(row.kind)
    facts = [
        (_("State"), state_badge(row)),
        (_("Channel"), row.get_channel_display()),
        (_("About"), kind.title if kind else row.kind),
        (pgettext("recipient", "To"), recipient(request, row)),
        (_("Address"), cells.mono(row.to[:120])),
        (_("Template"), row.template),
        (_("Language"), row.language),
        (_("Tries"), row.attempts),
        (_("Written (UTC)"), cells.when(row.created_at)),
        (_("Sent (UTC)"), cells.when(row.sent_at)),
        (
            _("Next try (UTC)"),
            cells.when(row.next_attempt_at if row.state == MessageState.QUEUED else None),
        ),
        (_("Last fault"), row.last_error or cells.NOTHING),
        (_("The provider's id"), cells.mono(row.reference) if row.reference else cells.NOTHING),
    ]
    buttons = []
    if row.state == MessageState.FAILED and access.may(request.user, "messages.manage"):
        address = pages.url(request, "send_again", row.pk)
        buttons.append((_("Send again"), address, "bo-button-primary"))
    return pages.render(
        request,
        "facts.html",
        {"facts": facts, "buttons": buttons},
        title=row.subject or str(row),
        crumbs=[(_("Messages"), pages.url(request, "messages"))],
    )


class SendAgain(ActionPage):
    """Queue a dead letter once more."""

    form_class = StaffForm

    def target(self, message_id: int) -> OutboxMessage:  # type: ignore[override]
        row: OutboxMessage = names.found(selectors.messages(), pk=message_id)
        return row

    def title(self, target: OutboxMessage) -> str:
        return _("Send it again")

    def facts(self, target: OutboxMessage) -> list[tuple[str, Any]]:
        return [
            (_("Message"), target.subject),
            (_("Channel"), target.get_channel_display()),
            (_("Last fault"), target.last_error or "–"),
        ]

    def explanation(self, target: OutboxMessage) -> list[str]:
        return [
            _("It is tried at once and, if that fails, up to eight times over some hours."),
            _("Links in it may have run out since it was written."),
        ]

    def obstacle(self, target: OutboxMessage) -> str:
        is_dead = target.state == MessageState.FAILED
        return "" if is_dead else _("Only a dead letter can be sent again.")

    def perform(self, target: OutboxMessage, values: dict[str, Any]) -> str:
        outbox.send_again(message_id=target.pk, acting_user=self.request.user)
        return _("It is on its way again.")

    def back(self, target: OutboxMessage) -> str:
        return self.url("message", target.pk)

    def crumbs(self, target: OutboxMessage) -> list[tuple[str, str]]:
        return [(_("Messages"), self.url("messages"))]


PAGES = (
    pages.Page("messages/", "messages", messages, "messages.view"),
    pages.Page("messages/<int:message_id>/", "message", message, "messages.view"),
    pages.Page(
        "messages/<int:message_id>/send-again/",
        "send_again",
        SendAgain.as_view(),
        "messages.manage",
    ),
)
