"""People of the tests, and browsers for them.

Alice and Bob are customers of one tenant, Charlie of the other. A :class:`Browser` talks to its
tenant's host and puts the connection back into the schema it found.
"""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django_tenants.utils import tenant_context

from identity import actions, sessions
from identity.models import TotpDevice, User
from identity.models.second_factor import code_of, current_step, new_secret
from tenants import selectors
from tenants.models import Tenant

PASSWORD = "correct-Horse-battery-7"


class Browser(Client):
    """Django's test client at one tenant's host. ``user`` is whom it is signed in as."""

    def __init__(self, tenant: Tenant, **defaults: Any) -> None:
        host = selectors.primary_host(tenant)
        super().__init__(HTTP_HOST=host, SERVER_NAME=host, **defaults)
        self.tenant = tenant
        self.user: User | None = None

    def request(self, **request: Any) -> HttpResponse:
        before = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(before)

    def sign_in(self, user: User, *, second_factor: bool = True) -> None:
        """Sign ``user`` in without the pages; with ``second_factor`` he has just shown it."""
        with tenant_context(self.tenant):
            request = HttpRequest()
            request.META.update(REMOTE_ADDR="127.0.0.1", HTTP_USER_AGENT="test browser")
            request.session = self.session
            request.user = user
            auth.login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            sessions.mark_password(request)
            device = TotpDevice.objects.filter(user=user, confirmed=True).first()
            if second_factor and device is not None:
                sessions.mark_second_factor(request, device)
            request.session.save()
            self.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
        self.user = user

    @property
    def session(self) -> Any:
        with tenant_context(self.tenant):
            return super().session


def make_customer(tenant: Tenant, name: str, *, second_factor: bool = False) -> User:
    """A verified customer ``<name>@<tenant>.example`` with an account, in his tenant's schema."""
    with tenant_context(tenant):
        user = actions.create_user(
            email=f"{name}@{tenant.slug}.example", password=PASSWORD, acting_user=None
        )
        if second_factor:
            actions.enrol_with_secret(user=user, secret=new_secret(), acting_user=None)
    return user


def make_staff(tenant: Tenant, role: str, name: str = "") -> User:
    """Staff of ``tenant`` (operators, if it is the platform) with a second factor."""
    name = name or f"{role}-{secrets.token_hex(3)}"
    with tenant_context(tenant):
        user = actions.create_staff(
            email=f"{name}@{tenant.slug}.example", role=role, password=PASSWORD, acting_user=None
        )
        actions.enrol_with_secret(user=user, secret=new_secret(), acting_user=None)
    return user


def browser_of(tenant: Tenant, user: User | None = None, **options: Any) -> Browser:
    """A browser at the tenant's host, signed in as ``user`` if one is given."""
    browser = Browser(tenant)
    if user is not None:
        browser.sign_in(user, **options)
    return browser


def current_code(user: User, *, later_steps: int = 0) -> str:
    """The code the user's authenticator shows, or will show ``later_steps`` × 30 s from now."""
    device = TotpDevice.objects.get(user=user, confirmed=True)
    return code_of(device.secret, current_step() + later_steps)
