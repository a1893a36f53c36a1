"""The OpenAPI document, its page, and the answer at addresses that do not exist."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import ApiError, Refusal
from api.views.base import PublicView


class SchemaView(SpectacularAPIView):
    """The OpenAPI document of this API."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class DocumentationView(SpectacularSwaggerSplitView):
    """The documentation to read and try, in the brand's colours.

    The script comes as a file of its own, so the page needs no inline script.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    template_name = "api/documentation.html"
    url_name = "api:schema"


class NothingHereView(PublicView):
    """Any other address below /api/v1/: the usual error body, not a page."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise ApiError(Refusal.NOT_FOUND)

    @extend_schema(exclude=True)
    def get(self, request: Request, **_: Any) -> Response:
        raise ApiError(Refusal.NOT_FOUND)
