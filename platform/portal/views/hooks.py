"""Doors for programs of providers: signed messages, without a session or a form's token."""

from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kyc import actions, selectors
from kyc.providers import Forged
from portal.guard import limited

log = structlog.get_logger("marque.portal")

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
@limited("verification-hook", per_minute=600)
def verification(request: HttpRequest, provider_code: str) -> HttpResponse:
    """A word of a provider about a check. 401: not believed; 404: nobody here uses it.

    What is taken in, or was before, is answered with 200, so that it is not sent again; a word
    about a check that nobody knows with 202.
    """
    provider = selectors.active_provider(provider_code)
    body = request.body  # what is far larger is refused while it is read
    if len(body) > MOST_BYTES:
        return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
    try:
        effect = actions.hear_webhook(
            provider=provider, headers=request.headers, body=body, now=timezone.now()
        )
    except Forged:
        log.warning("a message at a provider's door is not believed", provider=provider.code)
        return _answer(HTTPStatus.UNAUTHORIZED, "not believed")
    if effect == "unknown":
        log.warning("a provider speaks of an unknown check", provider=provider.code)
        return _answer(HTTPStatus.ACCEPTED, "unknown")
    return _answer(HTTPStatus.OK, effect)


def _answer(status: HTTPStatus, effect: str) -> HttpResponse:
    response = JsonResponse({"effect": effect}, status=status)
    response["Cache-Control"] = "no-store"
    return response
