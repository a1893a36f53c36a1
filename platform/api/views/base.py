"""What every view of the API has in common: callers, limits, headers, error bodies."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import guard, rates
from api.access import Caller
from api.authentication import ApiKeyAuthentication, PageAuthentication, redis_client
from api.errors import ApiError, Refusal
from api.exchange import whole_number
from identity.sessions import network_of
from tenants.selectors import current_tenant
from trading.accounts.errors import NoAccount
from trading.accounts.models import Account
from trading.accounts.selectors import access_account
from trading.commands.door import EngineUnavailable, EngineUnknown
from trading.engine.results import Result
from trading.instruments.rules import InstrumentInfo, UnknownInstrument
from trading.instruments.selectors import instrument_info
from trading.orders.errors import OrderError

log = structlog.get_logger("marque.api")

DEFAULT_PAGE, MAX_PAGE = 50, 500
# The engine has not heard of an account, or of the whole firm: the relay, which starts after the
# web process, is on its way with them. So there is nothing of it, and that is no fault.
NOTHING_YET = (Result.UNKNOWN_ACCOUNT, Result.UNKNOWN_TENANT)


class HasPermission(BasePermission):
    """The caller is known and his key or session may do what the view needs."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, Caller):
            raise ApiError(Refusal.NOT_SIGNED_IN)
        request.auth.require("read" if request.method in ("GET", "HEAD") else "trade")
        return True


class ApiView(APIView):
    """A view for callers; ``PublicView`` is for everybody."""

    authentication_classes = (ApiKeyAuthentication, PageAuthentication)
    permission_classes: tuple[type[BasePermission], ...] = (HasPermission,)

    def check_throttles(self, request: Request) -> None:
        plain: Any = request._request
        if hasattr(plain, "api_allowance"):
            return  # taken with the signature
        if isinstance(request.auth, Caller):
            is_read = request.method in ("GET", "HEAD")
            bucket = f"{request.auth.bucket}:{'reads' if is_read else 'orders'}"
            limit = rates.READS if is_read else rates.ORDERS
        else:
            bucket = f"{current_tenant().id}:address:{network_of(plain)}"
            limit = rates.PUBLIC
        plain.api_allowance = guard.check_now(
            redis_client(), bucket, limit, cost=self.cost(request)
        )

    def cost(self, request: Request) -> int:
        """How many tokens the request takes; raises ApiError."""
        return 1

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        plain: Any = getattr(request, "_request", request)
        allowance = getattr(plain, "api_allowance", None)
        if allowance is not None:
            for name, value in allowance.headers().items():
                response[name] = value
        response.setdefault("Cache-Control", "no-store")
        return response

    def get_exception_handler(self) -> Any:
        return answer_exception

    # What views ask for

    def account(self, request: Request) -> Account:
        """The caller's account of the `account` parameter, or his first one; raises ApiError."""
        asked = request.query_params.get("account")
        if asked is None and isinstance(request.data, dict):
            asked = request.data.get("account")
        account_id = None if asked is None else whole_number(str(asked))
        if asked is not None and account_id is None:
            raise ApiError(Result.UNKNOWN_ACCOUNT)
        if account_id is None and isinstance(request.auth, Caller):
            account_id = request.auth.account_id()
        return access_account(request.user, account_id)

    def instrument(self, symbol: str) -> InstrumentInfo:
        return instrument_info(symbol)

    def limit(self, request: Request, *, default: int = DEFAULT_PAGE, most: int = MAX_PAGE) -> int:
        """The `limit` parameter; raises ApiError."""
        number = whole_number(request.query_params.get("limit", str(default)), most=most)
        if not number:
            raise ApiError(Refusal.BAD_REQUEST, f"limit must be 1 to {most}.")
        return number

    def cursor(self, request: Request) -> int | None:
        """The `cursor` parameter as a number; raises ApiError."""
        text = request.query_params.get("cursor")
        if not text:
            return None
        number = whole_number(text)
        if number is None:
            raise ApiError(Refusal.BAD_CURSOR)
        return number


class PublicView(ApiView):
    """Market data: no key needed; a wrong one is refused all the same."""

    permission_classes = ()


def answer_exception(error: Exception, context: dict[str, Any]) -> Response:
    """Every exception as the API's error body."""
    refusal = as_api_error(error)
    if refusal is None:
        log.exception("API request failed", exc_info=error)
        refusal = ApiError(Refusal.INTERNAL_ERROR)
    response = Response(refusal.as_body(), status=refusal.status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def as_api_error(error: Exception) -> ApiError | None:
    """The refusal that an exception of any room means; None for a mistake of ours."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, OrderError):
        return ApiError(error.result, error.message, help=error.help_text)
    if isinstance(error, UnknownInstrument):
        return ApiError(Result.UNKNOWN_INSTRUMENT, str(error))
    if isinstance(error, NoAccount):
        return ApiError(Result.UNKNOWN_ACCOUNT, str(error))
    if isinstance(error, EngineUnavailable):
        return ApiError(Refusal.ENGINE_UNAVAILABLE)
    if isinstance(error, EngineUnknown):
        return ApiError(Refusal.ORDER_UNKNOWN)
    if isinstance(error, exceptions.ParseError | exceptions.UnsupportedMediaType):
        return ApiError(Refusal.BAD_JSON)
    if isinstance(error, exceptions.MethodNotAllowed):
        return ApiError(Refusal.METHOD_NOT_ALLOWED)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return ApiError(Refusal.NOT_SIGNED_IN)
    if isinstance(error, exceptions.PermissionDenied):
        is_csrf = "CSRF" in str(error.detail)
        return ApiError(Refusal.CSRF_FAILED if is_csrf else Refusal.PERMISSION_MISSING)
    if isinstance(error, DjangoPermissionDenied):
        return ApiError(Refusal.PERMISSION_MISSING)
    if isinstance(error, Http404 | exceptions.NotFound):
        return ApiError(Refusal.NOT_FOUND)
    return None
