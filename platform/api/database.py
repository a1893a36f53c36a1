"""Django's database from the event loop: in a thread, in the tenant's schema, and given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connection
from django_tenants.utils import tenant_context

from tenants.models import Tenant

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


async def in_tenant(
    tenant: Tenant,
    work: Callable[Arguments, Answer],
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Answer:
    """Run ``work`` in a thread with the connection in the tenant's schema."""

    def run() -> Answer:
        try:
            with tenant_context(tenant):
                return work(*args, **kwargs)
        finally:
            # These threads see no request end, which is when Django would give it back.
            connection.close()

    return await sync_to_async(run, thread_sensitive=False)()
