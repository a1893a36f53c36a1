"""Published roots of what the firm owes: for everybody, so that customers can compare them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import serializers
from api.errors import ApiError, Refusal
from api.views.base import PublicView
from wallets.liabilities import selectors

_TAG = ["Proof of liabilities"]
_MOST = 100


class LiabilitiesView(PublicView):
    @extend_schema(
        operation_id="liabilities",
        tags=_TAG,
        auth=[],
        responses=serializers.Publications,
        summary="Published roots",
    )
    def get(self, request: Request) -> Response:
        """The newest publications of what is owed to customers, asset by asset."""
        rows = selectors.publications()[:_MOST]
        return Response({"results": [selectors.root_body(row) for row in rows]})


class PublicationView(PublicView):
    @extend_schema(
        operation_id="liabilities_one",
        tags=_TAG,
        auth=[],
        responses={200: serializers.Publication, 404: serializers.Error},
        summary="The roots of one publication",
    )
    def get(self, request: Request, publication_id: int) -> Response:
        """What `verify_liabilities.py` compares a customer's leaves with."""
        row = selectors.publications().filter(pk=publication_id).first()
        if row is None:
            raise ApiError(Refusal.NOT_FOUND)
        return Response(selectors.root_body(row))
