"""Every write of questions: the words, the state, the audit record, the news for the other side."""

import datetime
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from care import selectors, states
from care.errors import CareError
from care.models import AnswerText, Ticket, TicketMessage, TicketState, Topic
from care.states import Step
from identity import roles
from kyc.documents import checks, store
from kyc.errors import BadUpload
from messaging import actions as messaging

log = structlog.get_logger("marque.care")

MOST_OPEN = 20  # of a customer
MOST_WORDS = 200  # messages of a question
MOST_CHARACTERS = 5_000


@dataclass(frozen=True)
class Upload:
    """A file as it came; nothing of it is believed."""

    data: bytes
    name: str
    content_type: str


def open_ticket(
    *,
    subject: str,
    topic: str,
    text: str,
    acting_user: Any,
    upload: Upload | None = None,
    request_key: str = "",
) -> Ticket:
    """A customer's new question. Raises CareError, PermissionDenied.

    The same ``request_key`` gives the question it made before.
    """
    if acting_user.is_staff:
        raise PermissionDenied(_("Staff ask each other."))
    subject, text = " ".join(subject.split()), _text_of(text)
    if not 3 <= len(subject) <= 120 or topic not in Topic.values:
        raise CareError(_("Say in a few words what it is about."), field="subject")
    made = _made_before(acting_user, request_key)
    if made is not None:
        return made.ticket
    pages = _pages_of(upload)
    with _kept(pages) as folder, transaction.atomic():
        open_ones = Ticket.objects.filter(user_id=acting_user.pk).exclude(state=TicketState.CLOSED)
        if open_ones.count() >= MOST_OPEN:
            raise CareError(_("You have many open questions. Write into one of them."))
        now = timezone.now()
        ticket = Ticket.objects.create(
            user_id=acting_user.pk,
            subject=subject,
            topic=topic,
            state=TicketState.WAITING,
            waiting_since=now,
            last_at=now,
        )
        _say(ticket, acting_user, text, folder, len(pages), request_key)
        audit.record("care.open_ticket", ticket, new={"topic": topic}, acting_user=acting_user)
    return ticket


def reply(
    *,
    ticket_id: int,
    text: str,
    acting_user: Any,
    upload: Upload | None = None,
    request_key: str = "",
) -> Ticket:
    """The customer writes again; a closed question opens by it. Raises CareError, Http404."""
    selectors.access_own_ticket(acting_user, ticket_id)
    text = _text_of(text)
    made = _made_before(acting_user, request_key)
    if made is not None:
        return made.ticket
    pages = _pages_of(upload)
    with _kept(pages) as folder, transaction.atomic():
        ticket = _locked(ticket_id)
        before = states.apply(ticket, Step.ASK)
        ticket.save()
        _say(ticket, acting_user, text, folder, len(pages), request_key)
        audit.record(
            "care.reply",
            ticket,
            old={"state": before},
            new={"state": ticket.state},
            acting_user=acting_user,
        )
    return ticket


def close_own(*, ticket_id: int, acting_user: Any) -> Ticket:
    """The customer needs no more. Nothing happens if it is closed already."""
    selectors.access_own_ticket(acting_user, ticket_id)
    with transaction.atomic():
        ticket = _locked(ticket_id)
        if ticket.state != TicketState.CLOSED:
            _close(ticket, acting_user)
    return ticket


def answer(*, ticket_id: int, text: str, closes: bool, acting_user: Any) -> Ticket:
    """Staff answer; the customer is told that there is an answer. Raises CareError."""
    roles.require(acting_user, "tickets.answer")
    text = _text_of(text)
    with transaction.atomic():
        ticket = _locked(ticket_id)
        before = states.apply(ticket, Step.ANSWER)
        if ticket.assigned_to_id is None:
            ticket.assigned_to = acting_user
        said = _say(ticket, acting_user, text, "", 0, "", is_staff=True)
        ticket.save()
        audit.record(
            "care.answer",
            ticket,
            old={"state": before},
            new={"state": ticket.state},
            acting_user=acting_user,
        )
        if closes:
            _close(ticket, acting_user)
        messaging.tell(
            user=ticket.user,
            kind="care",
            template="ticket_answered",
            context={"question": ticket.subject},
            path=f"/support/{ticket.pk}",
            key=f"ticket-answer:{said.pk}",
        )
    return ticket


def note(*, ticket_id: int, text: str, acting_user: Any) -> Ticket:
    """A word among colleagues; the customer never sees it."""
    roles.require(acting_user, "tickets.answer")
    text = _text_of(text)
    with transaction.atomic():
        ticket = _locked(ticket_id)
        _say(ticket, acting_user, text, "", 0, "", is_staff=True, is_note=True)
        audit.record("care.note", ticket, acting_user=acting_user)
    return ticket


def assign(*, ticket_id: int, to: Any, acting_user: Any) -> Ticket:
    """Give a question to a colleague who may answer, or to nobody (None)."""
    roles.require(acting_user, "tickets.answer")
    if to is not None and not roles.has(to, "tickets.answer"):
        raise CareError(_("This colleague may not answer questions."), field="to")
    with transaction.atomic():
        ticket = _locked(ticket_id)
        old = ticket.assigned_to_id
        ticket.assigned_to = to
        ticket.save(update_fields=["assigned_to"])
        audit.record(
            "care.assign",
            ticket,
            old={"assigned_to": old},
            new={"assigned_to": to.pk if to else None},
            acting_user=acting_user,
        )
    return ticket


def close(*, ticket_id: int, acting_user: Any) -> Ticket:
    """Staff end a question without another word. Raises CareError if it is closed."""
    roles.require(acting_user, "tickets.answer")
    with transaction.atomic():
        ticket = _locked(ticket_id)
        _close(ticket, acting_user)
    return ticket


def close_idle(*, before: datetime.datetime) -> int:
    """Close what was answered and has rested since; how many were closed."""
    count = 0
    rows = Ticket.objects.filter(state=TicketState.ANSWERED, last_at__lt=before)
    for pk in rows.values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            ticket = _locked(pk)
            if ticket.state == TicketState.ANSWERED and ticket.last_at < before:
                _close(ticket, None)
                count += 1
    return count


def keep_answer_text(
    *, row: AnswerText | None, name: str, language: str, text: str, acting_user: Any
) -> AnswerText:
    """Words to begin answers with, new or changed. Raises CareError."""
    roles.require(acting_user, "tickets.answer")
    text = _text_of(text)
    if not name.strip():
        raise CareError(_("Give it a name."), field="name")
    try:
        with transaction.atomic():
            old = {"name": row.name, "language": row.language} if row else None
            row = row or AnswerText()
            row.name, row.language, row.text = name.strip()[:60], language, text
            row.save()
            audit.record(
                "care.keep_answer_text",
                row,
                old=old,
                new={"name": row.name, "language": language},
                acting_user=acting_user,
            )
    except IntegrityError as error:
        raise CareError(_("There is one of this name in this language."), field="name") from error
    return row


def remove_answer_text(*, row: AnswerText, acting_user: Any) -> None:
    roles.require(acting_user, "tickets.answer")
    with transaction.atomic():
        audit.record(
            "care.remove_answer_text", row, old={"name": row.name}, acting_user=acting_user
        )
        row.delete()


def _close(ticket: Ticket, acting_user: Any) -> None:
    before = states.apply(ticket, Step.CLOSE)
    ticket.save()
    audit.record(
        "care.close",
        ticket,
        old={"state": before},
        new={"state": ticket.state},
        acting_user=acting_user,
    )


def _say(
    ticket: Ticket,
    author: Any,
    text: str,
    folder: str,
    pages: int,
    request_key: str,
    *,
    is_staff: bool = False,
    is_note: bool = False,
) -> TicketMessage:
    if ticket.messages.count() >= MOST_WORDS:
        raise CareError(_("This conversation is long. Begin a new question."))
    return TicketMessage.objects.create(
        ticket=ticket,
        author=author,
        is_staff=is_staff,
        is_note=is_note,
        text=text,
        folder=folder,
        pages=pages,
        request_key=request_key[:40],
    )


def _made_before(user: Any, request_key: str) -> TicketMessage | None:
    if not request_key:
        return None
    rows = TicketMessage.objects.filter(author_id=user.pk, request_key=request_key[:40])
    return rows.select_related("ticket").first()


def _text_of(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise CareError(_("Write something."), field="text")
    if len(text) > MOST_CHARACTERS:
        raise CareError(_("This is too long: tell the most important first."), field="text")
    return text


def _pages_of(upload: Upload | None) -> list[bytes]:
    """The pages of a file, drawn anew as documents of customers are."""
    if upload is None:
        return []
    try:
        accepted = checks.check(upload.data, name=upload.name, content_type=upload.content_type)
    except BadUpload as error:
        log.info("upload refused", smells=error.smells)
        raise CareError(error.message, field="file") from error
    return accepted.pages


class _kept:
    """Pages in a folder, taken away again where the transaction around them fails."""

    def __init__(self, pages: list[bytes]) -> None:
        self.pages, self.folder = pages, ""

    def __enter__(self) -> str:
        if self.pages:
            self.folder = store.write(self.pages)
        return self.folder

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        if kind is not None and self.folder:
            store.remove(self.folder)


def _locked(ticket_id: int) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",)).select_related("user").get(pk=ticket_id)
