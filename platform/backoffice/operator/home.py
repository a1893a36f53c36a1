"""The operator's start page: the platform at a glance."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backoffice import access, pages
from backoffice.attention import Task
from backoffice.operator import domains, health, tenants
from backoffice.tenant import attention
from tenants import selectors


def home(request: HttpRequest) -> HttpResponse:
    """What needs attention, and every tenant in a line."""
    engine = attention.engine_status(attention.WHOLE_SHARD)
    found = [
        health.health_of(tenant, selectors.primary_host(tenant), engine)
        for tenant in selectors.tenants()
    ]
    tasks = []
    if engine is None:
        tasks.append(
            Task(
                "bad",
                "power_off",
                _("The engine does not answer"),
                _("No tenant can trade until it is back."),
                pages.url(request, "processes") if access.may(request.user, "health.view") else "",
            )
        )
    tasks += domains.tasks(request)
    for each in found:
        tasks += tenants.tasks_of(request, each)
    return pages.render(
        request,
        "operator/home.html",
        {
            "tasks": tasks,
            "engine": engine,
            "tenant_count": len(found),
            "suspended_count": sum(each.tenant.is_suspended for each in found),
            "customer_count": sum(each.customers for each in found),
            "table": tenants.table_of(request, found),
            "may_manage": access.may(request.user, "tenants.manage"),
        },
        title=_("Home"),
    )


PAGES = (pages.Page("", "index", home, "operator.enter"),)
