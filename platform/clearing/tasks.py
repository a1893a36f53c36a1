"""Background work of clearing; each runs in one tenant's schema."""

import time

from celery import shared_task

from clearing import database
from clearing.rebuilding import actions
from tenants.selectors import current_tenant

SECONDS_AT_A_TIME = 20.0  # then others' work comes in between


@shared_task
def work_on_rebuild(rebuild_id: int) -> None:
    """Go on with a rebuild of the current tenant until it is done or waits for somebody."""
    tenant, until_s = current_tenant(), time.monotonic() + SECONDS_AT_A_TIME
    with database.connect() as sql:
        while actions.work(rebuild_id=rebuild_id, tenant=tenant, sql=sql):
            if time.monotonic() > until_s:
                work_on_rebuild.delay(rebuild_id)
                return
