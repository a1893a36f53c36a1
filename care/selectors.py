"""Reads of questions, resets and banners, and the guards before them."""

import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from care.models import (
    OPEN_RESETS,
    AccountClosing,
    AnswerText,
    Banner,
    FactorReset,
    ResetState,
    Ticket,
    TicketMessage,
    TicketState,
)
from identity import roles
from identity.models import User
from tenants import registry
from trading.accounts.models import Account


def tickets_of(user: Any) -> QuerySet[Ticket]:
    """A customer's own questions, newest first."""
    if user.is_staff or user.home_schema != connection.schema_name:
        return Ticket.objects.none()
    return Ticket.objects.filter(user_id=user.pk)


def access_own_ticket(user: Any, ticket_id: int) -> Ticket:
    """The customer's own question; Http404 for any other."""
    ticket = tickets_of(user).filter(pk=ticket_id).first()
    if ticket is None:
        raise Http404
    return ticket


def said_to_customer(ticket: Ticket) -> QuerySet[TicketMessage]:
    """What customer and firm said to each other; never a note."""
    return ticket.messages.filter(is_note=False).select_related("author")


def access_own_attachment(user: Any, message_id: int) -> TicketMessage:
    """What the customer attached himself; Http404 for any other."""
    row = TicketMessage.objects.filter(
        pk=message_id, is_note=False, ticket__in=tickets_of(user)
    ).first()
    if row is None or not row.folder:
        raise Http404
    return row


def access_attachment(user: Any, message_id: int) -> TicketMessage:
    """An attachment for staff."""
    roles.require(user, "tickets.view")
    row = TicketMessage.objects.filter(pk=message_id).first()
    if row is None or not row.folder:
        raise Http404
    return row


def tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("user", "assigned_to")


def waiting() -> QuerySet[Ticket]:
    """What nobody answered yet, the oldest first."""
    return tickets().filter(state=TicketState.WAITING).order_by("waiting_since")


def answer_by(ticket: Ticket) -> datetime.datetime | None:
    """Until when it should be answered; None if nobody waits."""
    if ticket.waiting_since is None:
        return None
    return ticket.waiting_since + datetime.timedelta(hours=registry.get("care.answer_hours"))


def overdue() -> QuerySet[Ticket]:
    hours = datetime.timedelta(hours=registry.get("care.answer_hours"))
    return waiting().filter(waiting_since__lt=timezone.now() - hours)


def who_may_answer() -> list[User]:
    """Colleagues to whom a question can be given."""
    rows = User.objects.filter(is_staff=True, is_active=True).order_by("email")
    return [user for user in rows if roles.has(user, "tickets.answer")]


def answer_texts(language: str = "") -> QuerySet[AnswerText]:
    """Words to begin with; of one language, or all."""
    rows = AnswerText.objects.all()
    return rows.filter(language=language) if language else rows


def open_reset_of(user: Any) -> FactorReset | None:
    """What is under way to take the user's second factor away."""
    return FactorReset.objects.filter(user_id=user.pk, state__in=OPEN_RESETS).first()


def resets() -> QuerySet[FactorReset]:
    return FactorReset.objects.select_related("user", "requested_by", "decided_by")


def waiting_resets() -> QuerySet[FactorReset]:
    """What a second person has to decide, the oldest first."""
    return resets().filter(state=ResetState.ASKED).order_by("pk")


def banners() -> QuerySet[Banner]:
    return Banner.objects.all()


def banners_now(language: str, now: datetime.datetime) -> list[dict[str, str]]:
    """What stands on the portal's pages now, in the reader's language or the first written."""
    rows = Banner.objects.filter(starts_at__lte=now, ends_at__gt=now, withdrawn_at=None)
    return [
        {"tone": row.tone, **(row.texts.get(language) or next(iter(row.texts.values())))}
        for row in rows.order_by("pk")[:3]
    ]


def closed_accounts(user: Any) -> set[int]:
    """Ids of the user's accounts that are closed."""
    rows = AccountClosing.objects.filter(account__user_id=user.pk, reopened_at=None)
    return set(rows.values_list("account_id", flat=True))


def is_closed(account: Account) -> bool:
    return AccountClosing.objects.filter(account=account, reopened_at=None).exists()
