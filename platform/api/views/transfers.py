"""Opening a further account, and moving an amount from one own account to another."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import account_serializers as shapes
from api import serializers
from api.access import Caller
from api.errors import ApiError, Refusal
from api.exchange import decode_object
from api.views.account import CURSOR, LIMIT, REFUSED
from api.views.base import ApiView
from money.units import MoneyError, parse_units
from trading.accounts import actions as accounts
from trading.accounts.errors import AccountError
from trading.accounts.selectors import access_account
from trading.engine.enums import AccountState
from trading.engine.results import Result
from trading.instruments.models import Asset
from trading.orders.shapes import ns_of
from wallets.transfers import actions, selectors
from wallets.transfers.errors import TransferError
from wallets.transfers.models import OwnTransfer

_TAG = ["Account"]
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_REFUSALS = {
    400: serializers.Error,
    404: serializers.Error,
    409: serializers.Error,
    **REFUSED,
}


class AccountsView(ApiView):
    @extend_schema(
        operation_id="open_account",
        tags=_TAG,
        request=shapes.OpenAccount,
        responses={200: shapes.OpenedAccount, **_REFUSALS},
        summary="Open an account",
    )
    def post(self, request: Request) -> Response:
        """Open a further trading account, with the permission *trade*. The exchange says how many
        you may have. It trades once the engine has it, which takes moments. The same
        `client_account_id` again is answered with the account that was opened first."""
        fields = _fields(request, {"name", "client_account_id"})
        key = _key(fields, "client_account_id")
        if not isinstance(fields.get("name"), str):
            raise ApiError(Refusal.BAD_REQUEST, "name must be text.")
        try:
            # Keys of forms are UUIDs; what stands before this one keeps the two apart.
            account = accounts.open_account(
                user=request.user,
                acting_user=request.user,
                name=fields["name"],
                key=f"api:{key}",
            )
        except AccountError as error:
            raise ApiError(Refusal.ACCOUNT_REFUSED, str(error)) from None
        return Response(
            {
                "account": account.pk,
                "name": account.name,
                "state": AccountState(account.state).name.lower(),
                "is_default": isinstance(request.auth, Caller)
                and account.pk == request.auth.default_account_id,
            }
        )


class TransfersView(ApiView):
    @extend_schema(
        operation_id="transfers",
        tags=_TAG,
        parameters=[
            OpenApiParameter("client_transfer_id", str, description="The one sent with this id."),
            LIMIT,
            CURSOR,
        ],
        responses={200: shapes.Transfers, **REFUSED},
        summary="Transfers between your accounts",
    )
    def get(self, request: Request) -> Response:
        """Your transfers, newest first. With `client_transfer_id` at most one: this is how to ask
        what became of one whose answer was lost."""
        rows = selectors.transfers_of(request.user)
        key = request.query_params.get("client_transfer_id")
        if key is not None:
            rows = rows.filter(request_key=f"api:{key}")
        cursor = self.cursor(request)
        if cursor is not None:
            rows = rows.filter(pk__lt=cursor)
        limit = self.limit(request)
        found = list(rows[: limit + 1])
        page = found[:limit]
        following = str(page[-1].pk) if len(found) > limit else None
        return Response({"results": [transfer_body(row) for row in page], "next": following})

    @extend_schema(
        operation_id="transfer",
        tags=_TAG,
        request=shapes.AskTransfer,
        responses={200: shapes.Transfer, **_REFUSALS},
        summary="Move an amount between your accounts",
    )
    def post(self, request: Request) -> Response:
        """Move an amount from one of your accounts to another, with the permission *trade*. The
        answer says that it is asked for; ask again until its `state` is `done`, `refused` or
        `returned`. The same `client_transfer_id` again is answered with the first one."""
        fields = _fields(
            request, {"from_account", "to_account", "asset", "amount", "client_transfer_id"}
        )
        key = _key(fields, "client_transfer_id")
        ends = [fields.get(name) for name in ("from_account", "to_account")]
        if any(type(end) is not int for end in ends):
            raise ApiError(Refusal.BAD_REQUEST, "from_account and to_account must be numbers.")
        source, target = (access_account(request.user, end) for end in ends)
        asset = Asset.objects.filter(code=str(fields.get("asset"))[:12]).first()
        if asset is None:
            raise ApiError(Result.UNKNOWN_ASSET)
        try:
            row = actions.request_transfer(
                source=source,
                target=target,
                asset=asset,
                amount_units=_units(fields.get("amount"), asset),
                request_key=f"api:{key}",
                acting_user=request.user,
            )
        except TransferError as error:
            raise ApiError(Refusal.TRANSFER_REFUSED, str(error)) from None
        return Response(transfer_body(row))


class TransferView(ApiView):
    @extend_schema(
        operation_id="one_transfer",
        tags=_TAG,
        responses={200: shapes.Transfer, 404: serializers.Error, **REFUSED},
        summary="One transfer",
    )
    def get(self, request: Request, transfer_id: int) -> Response:
        """One of your transfers, and how far it is."""
        try:
            row = selectors.access_transfer(request.user, transfer_id)
        except TransferError:
            raise ApiError(Refusal.NOT_FOUND, "You have no such transfer.") from None
        return Response(transfer_body(row))


def transfer_body(row: OwnTransfer) -> dict[str, Any]:
    """A transfer as JSON."""
    result = None if row.result in (None, int(Result.ACCEPTED)) else Result(row.result).name
    _, is_api, key = row.request_key.rpartition("api:")
    return {
        "transfer_id": row.pk,
        "client_transfer_id": key if is_api else None,
        "from_account": row.source_id,
        "to_account": row.target_id,
        "asset": row.asset.code,
        "amount": row.asset.text(int(row.amount_units)),
        "state": row.state,
        "reason": result,
        "created_at": ns_of(row.requested_at) // 1_000_000,
        "ended_at": ns_of(row.ended_at) // 1_000_000 if row.ended_at else None,
    }


def _fields(request: Request, known: set[str]) -> dict[str, Any]:
    fields = decode_object(request._request.body)
    unknown = sorted(fields.keys() - known)
    if unknown:
        raise ApiError(Refusal.BAD_REQUEST, f"There is no field {unknown[0][:40]!r}.")
    return fields


def _key(fields: dict[str, Any], name: str) -> str:
    """What makes sending twice harmless; raises ApiError without one."""
    key = fields.get(name)
    if not isinstance(key, str) or not _KEY.fullmatch(key) or len(key) > shapes.MOST_KEY:
        raise ApiError(
            Refusal.BAD_REQUEST,
            f"{name} must be 1 to {shapes.MOST_KEY} letters, digits, '-' or '_'.",
        )
    return key


def _units(amount: object, asset: Asset) -> int:
    try:
        return parse_units(amount if isinstance(amount, str) else "", asset.scale)
    except MoneyError as error:
        raise ApiError(Result.BAD_AMOUNT, f"The amount cannot be read: {error}"[:200]) from None
