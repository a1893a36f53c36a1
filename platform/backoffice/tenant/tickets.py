"""Questions of customers: a queue by age, a conversation to answer, words to begin with."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Choice, Column, Listing, by_state
from backoffice.tenant import names
from care import selectors
from care.actions import tickets as actions
from care.models import AnswerText, Ticket, TicketState, Topic
from kyc.documents import store
from messaging import wording

TONES = {"waiting": "warn", "answered": "good", "closed": "plain"}


def state_badge(ticket: Ticket) -> Any:
    due = selectors.answer_by(ticket)
    if due is not None and due < timezone.now():
        return cells.badge(_("overdue"), "bad")
    return cells.badge(str(ticket.get_state_display()), TONES[ticket.state])


def waits(since: datetime, now: datetime) -> str:
    """How long somebody waits, in one coarse unit."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < 60:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d min") % {"count": seconds // 60}
    if seconds < 86400:
        return _("%(count)d h") % {"count": seconds // 3600}
    days = seconds // 86400
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def tickets(request: HttpRequest) -> HttpResponse:
    """All questions, those that wait longest first."""
    now = timezone.now()
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Question"),
                lambda t: cells.pair(t.subject, t.get_topic_display()),
                "main",
            ),
            Column(gettext_lazy("Customer"), lambda t: names.user_link(request, t.user)),
            Column(
                gettext_lazy("Waits"),
                lambda t: waits(t.waiting_since, now) if t.waiting_since else cells.NOTHING,
            ),
            Column(gettext_lazy("State"), state_badge),
            Column(
                gettext_lazy("With"),
                lambda t: t.assigned_to.email if t.assigned_to else cells.muted(_("nobody")),
            ),
            Column(gettext_lazy("Last word (UTC)"), lambda t: cells.when(t.last_at)),
        ],
        filters=[
            by_state(TicketState.choices),
            Choice(
                "topic",
                gettext_lazy("About"),
                Topic.choices,
                lambda rows, value: rows.filter(topic=value),
            ),
            Choice(
                "with",
                gettext_lazy("With"),
                [("me", gettext_lazy("Me")), ("nobody", gettext_lazy("Nobody"))],
                lambda rows, value: rows.filter(
                    assigned_to=request.user.pk if value == "me" else None
                ),
            ),
        ],
        search=lambda rows, term: rows.filter(
            Q(subject__icontains=term) | Q(user__email__icontains=term)
        ),
        search_hint=gettext_lazy("E-mail or words of the subject"),
        # The oldest that waits first; then what was spoken of last.
        order=(F("waiting_since").asc(nulls_last=True), "-last_at", "-id"),  # type: ignore[arg-type]
        empty_headline=gettext_lazy("No questions"),
        empty_sentence=gettext_lazy("Customers ask on the page “Help” of the portal."),
        row_link=lambda ticket: pages.url(request, "ticket", ticket.pk),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.tickets())},
        title=_("Questions"),
    )


class AnswerForm(StaffForm):
    way = forms.ChoiceField(
        label=gettext_lazy("What is it"),
        choices=[
            ("answer", gettext_lazy("An answer: the customer is told")),
            ("close", gettext_lazy("The last answer: the question is closed")),
            ("note", gettext_lazy("A note for colleagues")),
        ],
    )
    text = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=actions.MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    field_order = ["text", "way", "token"]


class TicketPage(ActionPage):
    def target(self, ticket_id: int) -> Ticket:  # type: ignore[override]
        ticket: Ticket = names.found(selectors.tickets(), pk=ticket_id)
        return ticket

    def back(self, target: Ticket) -> str:
        return self.url("ticket", target.pk)

    def crumbs(self, target: Ticket) -> list[tuple[str, str]]:
        return [(_("Questions"), self.url("tickets"))]


class Conversation(TicketPage):
    """What was said, facts about the question, and a field for what is said next."""

    form_class = AnswerForm
    template = "ticket.html"

    def title(self, target: Ticket) -> str:
        return target.subject

    def confirm_label(self, target: Ticket) -> str:
        return _("Send")

    def facts(self, target: Ticket) -> list[tuple[str, Any]]:
        return [
            (_("State"), state_badge(target)),
            (_("Customer"), names.user_link(self.request, target.user)),
            (_("About"), target.get_topic_display()),
            (_("Language"), target.user.language or _("as the brand's")),
            (_("With"), target.assigned_to.email if target.assigned_to else _("nobody")),
            (_("Asked (UTC)"), cells.when(target.created_at)),
            (_("Answer by (UTC)"), cells.when(selectors.answer_by(target))),
        ]

    def obstacle(self, target: Ticket) -> str:
        if not access.may(self.request.user, "tickets.answer"):
            return _("Your role reads questions and does not answer them.")
        return ""

    def initial(self, target: Ticket) -> dict[str, Any]:
        asked = self.request.GET.get("text", "")
        row = None
        if asked.isascii() and asked.isdigit() and len(asked) < 19:
            row = selectors.answer_texts().filter(pk=int(asked)).first()
        if row is None:
            return {}
        values = {"name": target.user.name or target.user.email, "question": target.subject}
        return {"text": wording.fill(row.text, values)}

    def extra(self, target: Ticket, form: StaffForm) -> dict[str, Any]:
        user = self.request.user
        language = target.user.language or "en"
        texts = selectors.answer_texts(language) or selectors.answer_texts()
        more: dict[str, Any] = {
            "said": [
                {
                    "row": row,
                    "pages": [
                        self.url("ticket_attachment", row.pk, number)
                        for number in range(1, row.pages + 1)
                    ],
                }
                for row in target.messages.select_related("author")
            ],
            "texts": [(row.name, self.url("ticket", target.pk, text=row.pk)) for row in texts],
            "may_answer": access.may(user, "tickets.answer"),
            "is_closed": target.state == TicketState.CLOSED,
        }
        if access.may(user, "audit.view"):
            more["audit"] = audit_pages.timeline(self.request, _records(target))
        return more

    def perform(self, target: Ticket, values: dict[str, Any]) -> str:
        user = self.request.user
        if values["way"] == "note":
            actions.note(ticket_id=target.pk, text=values["text"], acting_user=user)
            return _("Noted; the customer does not see it.")
        actions.answer(
            ticket_id=target.pk,
            text=values["text"],
            closes=values["way"] == "close",
            acting_user=user,
        )
        return _("Answered; the customer is told.")


def _records(ticket: Ticket) -> Any:
    from audit import selectors as audit_selectors

    return audit_selectors.records_of(ticket).order_by("-id")[:15]


def attachment(request: HttpRequest, attachment_id: int, page_number: int) -> HttpResponse:
    """A page of what a customer attached, for staff."""
    row = selectors.access_attachment(request.user, attachment_id)
    if not 1 <= page_number <= row.pages:
        raise Http404
    try:
        content = store.read(row.folder, page_number)
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/jpeg")


class AssignTicket(TicketPage):
    """Whose question it is."""

    def title(self, target: Ticket) -> str:
        return _("Assign the question")

    def form(self, target: Ticket, data: Any = None, files: Any = None) -> StaffForm:
        class AssignForm(StaffForm):
            to = forms.ChoiceField(
                label=pgettext("recipient", "To"),
                required=False,
                choices=[
                    ("", _("nobody")),
                    *((str(user.pk), user.email) for user in selectors.who_may_answer()),
                ],
            )
            field_order = ["to", "token"]

        chosen = target.assigned_to_id or self.request.user.pk
        return AssignForm(data, initial={"to": str(chosen)})

    def perform(self, target: Ticket, values: dict[str, Any]) -> str:
        people = {str(user.pk): user for user in selectors.who_may_answer()}
        actions.assign(
            ticket_id=target.pk, to=people.get(values["to"]), acting_user=self.request.user
        )
        return _("Assigned.")


class CloseTicket(TicketPage):
    """End a question without another word."""

    form_class = StaffForm

    def title(self, target: Ticket) -> str:
        return _("Close the question")

    def explanation(self, target: Ticket) -> list[str]:
        return [_("The customer is not told; writing opens it again.")]

    def obstacle(self, target: Ticket) -> str:
        return _("It is closed already.") if target.state == TicketState.CLOSED else ""

    def perform(self, target: Ticket, values: dict[str, Any]) -> str:
        actions.close(ticket_id=target.pk, acting_user=self.request.user)
        return _("Closed.")


def answer_texts(request: HttpRequest) -> HttpResponse:
    """Words that answers begin with."""
    table = Listing(
        columns=[
            Column(gettext_lazy("Name"), lambda a: a.name, "main"),
            Column(gettext_lazy("Language"), lambda a: a.language),
            Column(gettext_lazy("Words"), lambda a: a.text[:120]),
        ],
        row_link=lambda a: pages.url(request, "answer_text", a.pk),
        empty_headline=gettext_lazy("No words yet"),
        empty_sentence=gettext_lazy("What is said often is written once."),
    ).show(selectors.answer_texts())
    buttons = [(_("Add words"), pages.url(request, "add_answer_text"), "bo-button-primary")]
    return pages.render(
        request,
        "tables.html",
        {"tables": [(_("Words for answers"), table)], "buttons": buttons},
        title=_("Words for answers"),
    )


class AnswerTextForm(StaffForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    text = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=actions.MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Places: {{ name }} is the customer, {{ question }} the subject."),
    )
    is_removed = forms.BooleanField(label=gettext_lazy("Take it away"), required=False)
    field_order = ["name", "language", "text", "is_removed", "token"]


class EditAnswerText(ActionPage):
    """Words for answers, new or changed."""

    form_class = AnswerTextForm

    def target(self, text_id: int = 0) -> AnswerText | None:  # type: ignore[override]
        if not text_id and "text_id" not in self.kwargs:
            return None
        row: AnswerText = names.found(selectors.answer_texts(), pk=text_id)
        return row

    def form(self, target: AnswerText | None, data: Any = None, files: Any = None) -> StaffForm:
        form = super().form(target, data, files)
        if target is None:
            del form.fields["is_removed"]
        return form

    def initial(self, target: AnswerText | None) -> dict[str, Any]:
        if target is None:
            return {}
        return {"name": target.name, "language": target.language, "text": target.text}

    def title(self, target: AnswerText | None) -> str:
        return target.name if target else _("Add words")

    def confirm_label(self, target: AnswerText | None) -> str:
        return pgettext("save", "Keep it")

    def perform(self, target: AnswerText | None, values: dict[str, Any]) -> str:
        user = self.request.user
        if target is not None and values["is_removed"]:
            actions.remove_answer_text(row=target, acting_user=user)
            return _("Taken away.")
        actions.keep_answer_text(
            row=target,
            name=values["name"],
            language=values["language"],
            text=values["text"],
            acting_user=user,
        )
        return _("Kept.")

    def back(self, target: AnswerText | None) -> str:
        return self.url("answer_texts")

    def crumbs(self, target: AnswerText | None) -> list[tuple[str, str]]:
        return [(_("Words for answers"), self.url("answer_texts"))]


PAGES = (
    pages.Page("questions/", "tickets", tickets, "tickets.view"),
    pages.Page("questions/<int:ticket_id>/", "ticket", Conversation.as_view(), "tickets.view"),
    pages.Page(
        "questions/<int:ticket_id>/assign/", "assign_ticket", AssignTicket.as_view(),
        "tickets.answer",
    ),
    pages.Page(
        "questions/<int:ticket_id>/close/", "close_ticket", CloseTicket.as_view(),
        "tickets.answer",
    ),
    pages.Page(
        "questions/attachments/<int:attachment_id>/<int:page_number>/", "ticket_attachment",
        attachment, "tickets.view",
    ),
    pages.Page("answer-texts/", "answer_texts", answer_texts, "tickets.answer"),
    pages.Page("answer-texts/add/", "add_answer_text", EditAnswerText.as_view(), "tickets.answer"),
    pages.Page(
        "answer-texts/<int:text_id>/", "answer_text", EditAnswerText.as_view(), "tickets.answer"
    ),
)  # fmt: skip
