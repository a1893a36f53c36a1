"""Calls to a gateway, always outside of a transaction, and how they went for staff to see."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import F, QuerySet
from django.utils import timezone

from wallets.payments.cards import setup
from wallets.payments.models import CardGateway, GatewayHealth
from wallets.payments.providers.gateway import (
    Gateway,
    GatewayHasNone,
    GatewayRefused,
    GatewayUnknown,
)

T = TypeVar("T")


def call(gateway: CardGateway, ask: Callable[[Gateway], T]) -> T:
    """Ask the gateway. Raises GatewayUnknown, GatewayRefused, GatewayHasNone."""
    try:
        answer = ask(setup.provider_of(gateway))
    except (GatewayUnknown, GatewayRefused) as error:
        note_error(gateway, str(error))
        raise
    except GatewayHasNone:
        note_answer(gateway)
        raise
    note_answer(gateway)
    return answer


def note_answer(gateway: CardGateway) -> None:
    """It answered, whatever it said."""
    now = timezone.now()
    _of(gateway).update(asked_at=now, answered_at=now, error="")


def note_error(gateway: CardGateway, error: str) -> None:
    """It did not answer, or nothing that can be understood."""
    now = timezone.now()
    _of(gateway).update(asked_at=now, error=error[:300], error_at=now)


def note_event(gateway: CardGateway) -> None:
    _of(gateway).update(event_at=timezone.now())


def note_forged(gateway: CardGateway) -> None:
    """An event came whose signature or time is wrong."""
    _of(gateway).update(forged_count=F("forged_count") + 1, forged_at=timezone.now())


def _of(gateway: CardGateway) -> "QuerySet[GatewayHealth, Any]":
    return GatewayHealth.objects.filter(gateway_id=gateway.pk)
