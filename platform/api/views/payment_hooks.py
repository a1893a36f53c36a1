"""Where gateways send their events and connectors of banks post statements.

Events come to a secret path of each firm's with a signature, statements with a key.

What is refused is told nothing but that. An event is kept and answered at once; the work is done
later, so that a gateway never waits for it.
"""

from typing import Any

import structlog
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError

from identity import sessions
from wallets.payments.cards import actions, setup
from wallets.payments.models import Came
from wallets.payments.providers.bank import reading
from wallets.payments.providers.gateway import BadEvent
from wallets.payments.sources import actions as sources

MOST_BYTES = 64 * 1024
WINDOW_SECONDS = 60
MOST_EVENTS = 1200  # a minute, of a firm
MOST_REFUSED = 60  # a minute, from a network
MOST_TOKEN = 64
MOST_STATEMENTS = 60  # a minute, of a source

log = structlog.get_logger("marque.hooks")


@csrf_exempt  # no browser sends these: the signature says who does
def receive(request: HttpRequest, hook_token: str) -> HttpResponse:
    """Take an event in; 200 also for one that is known already."""
    if request.method != "POST":
        return _no("Only POST.", 405)
    network = sessions.network_of(request)
    if _count(f"refused:{network}", 0) >= MOST_REFUSED:
        return _no("Too many.", 429)
    gateway = setup.gateway_of_hook(hook_token) if len(hook_token) <= MOST_TOKEN else None
    if gateway is None or not gateway.is_active:
        _count(f"refused:{network}", 1)
        return _no("Nothing here.", 404)
    if _count(f"events:{request.tenant.pk}", 1) > MOST_EVENTS:  # type: ignore[attr-defined]
        return _no("Too many.", 429)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _no("Too long.", 413)
    signature = request.headers.get("X-Gateway-Signature", "")
    try:
        event = actions.receive_event(gateway=gateway, body=request.body, signature=signature)
    except BadEvent as error:
        _count(f"refused:{network}", 1)
        log.warning("an event was refused", why=str(error), gateway=gateway.pk)
        return _no(str(error), 401)
    return JsonResponse({"received": event.event_id})


@csrf_exempt  # no browser sends these: the key says who does
def statements(request: HttpRequest) -> HttpResponse:
    """Take in a bank's file that a connector posts: 201 read, 409 known already, 422 refused."""
    if request.method != "POST":
        return _no("Only POST.", 405)
    network = sessions.network_of(request)
    if _count(f"refused:{network}", 0) >= MOST_REFUSED:
        return _no("Too many.", 429)
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    source = sources.source_of_key(key) if kind == "Bearer" else None
    if source is None:
        _count(f"refused:{network}", 1)
        return _no("The key is wrong.", 401)
    if _count(f"statements:{source.pk}:{request.tenant.pk}", 1) > MOST_STATEMENTS:  # type: ignore[attr-defined]
        return _no("Too many.", 429)
    data = request.read(reading.MOST_BYTES + 1)
    name = request.headers.get("X-File-Name", "")
    row = sources.post(source=source, data=data, name=name)
    status = {Came.TAKEN: 201, Came.KNOWN: 409, Came.REFUSED: 422}[Came(row.became)]
    answer: dict[str, Any] = {"became": row.became, "note": row.note}
    if row.statement is not None:
        answer |= {
            "statement": row.statement.pk,
            "state": row.statement.state,
            "entries": row.statement.lines.count(),
        }
    return JsonResponse(answer, status=status)


def _count(name: str, add: int) -> int:
    """How many there were in this minute, these included; 0 while the cache is away."""
    key = f"hooks:{name}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return int(cache.incr(key, add))
    except ValueError:  # it expired between the two
        return add
    except RedisError:
        log.warning("events are not counted: no cache")
        return 0


def _no(sentence: str, status: int) -> HttpResponse:
    response = JsonResponse({"error": sentence}, status=status)
    if status == 429:
        response["Retry-After"] = str(WINDOW_SECONDS)
    if status == 405:
        response["Allow"] = "POST"
    return response
