"""The two webs of staff: the tenant's backoffice and the platform's operator site."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from backoffice import access, languages, menu, pages, search, sign_in
from backoffice.pages import View
from tenants import selectors as tenants


class StaffSite(UnfoldAdminSite):
    """An unfold site whose pages are declared, and open only after a second factor.

    No model is registered: what changes goes through the rooms' actions, so there is no
    ModelAdmin that could save a row past them.
    """

    site_url = None
    enter_capability = ""
    uses_tenant_schema = True

    @property
    def pages(self) -> Sequence[pages.Page]:
        raise NotImplementedError

    def find(self, request: HttpRequest, term: str) -> list[search.Group]:
        """What the command palette shows for ``term``."""
        raise NotImplementedError

    def has_permission(self, request: HttpRequest) -> bool:
        return access.is_verified_staff(request) and access.may(request.user, self.enter_capability)

    def get_urls(self) -> list[URLPattern]:
        return [
            *(path(route, self._open(view), name=name) for route, name, view in sign_in.OPEN_PAGES),
            *pages.patterns(
                self, [pages.Page("search/", "search", search.results, self.enter_capability)]
            ),
            *pages.patterns(self, self.pages),
            path("<path:rest>", self._catch_all, name="catch_all"),
        ]

    def _open(self, view: View) -> View:
        """A page before sign-in; it still knows its site."""

        @never_cache
        @languages.in_staff_language
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.staff_site = self  # type: ignore[attr-defined]
            request.current_app = self.name  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return opened

    @method_decorator(never_cache)
    def _catch_all(self, request: HttpRequest, rest: str) -> HttpResponse:
        """An address that is no page: a branded answer for staff, the sign-in for others."""

        def nothing(request: HttpRequest, rest: str) -> HttpResponse:
            return pages.missing(request)

        page = pages.Page("<path:rest>", "catch_all", nothing, "")
        return pages.guarded(self, page)(request, rest=rest)

    def draw_menu(self, request: HttpRequest) -> str:
        """The menu for who asks."""
        raise NotImplementedError

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        context["role_title"] = access.role_title(request.user)
        context["uses_tenant_schema"] = self.uses_tenant_schema
        context["menu"] = self.draw_menu(request) if self.has_permission(request) else ""
        if self.uses_tenant_schema and self.has_permission(request):
            context["announcements"] = tenants.announcements_for(
                tenants.current_tenant(), timezone.now()
            )
        return context


class TenantSite(StaffSite):
    """``/backoffice/`` on a tenant's host."""

    settings_name = "UNFOLD_TENANT"
    enter_capability = "backoffice.enter"

    @property
    def pages(self) -> Sequence[pages.Page]:
        from backoffice.tenant import PAGES

        return PAGES

    def find(self, request: HttpRequest, term: str) -> list[search.Group]:
        from backoffice.tenant import find

        return find.find(request, term)

    def draw_menu(self, request: HttpRequest) -> str:
        return menu.tenant_menu(request)


class OperatorSite(StaffSite):
    """``/operator/`` on the platform's host."""

    settings_name = "UNFOLD_OPERATOR"
    enter_capability = "operator.enter"
    uses_tenant_schema = False

    @property
    def pages(self) -> Sequence[pages.Page]:
        from backoffice.operator import PAGES

        return PAGES

    def find(self, request: HttpRequest, term: str) -> list[search.Group]:
        from backoffice.operator import find

        return find.find(request, term)

    def draw_menu(self, request: HttpRequest) -> str:
        return menu.operator_menu(request)


tenant_site = TenantSite(name="backoffice")
operator_site = OperatorSite(name="operator")
