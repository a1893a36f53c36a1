"""The processes of this machine, as the supervisor reports them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from backoffice import pages


def status() -> dict[str, Any]:
    """What `manage.py status --json` says. Asked in a thread: it closes its own connection."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        document: dict[str, Any] = pool.submit(import_string(settings.MARQUE_STATUS)).result()
    return document


def rows_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Processes with memory in megabytes and uptime in words."""
    return [
        {
            **line,
            "memory_mb": None
            if line["memory_bytes"] is None
            else line["memory_bytes"] // (1024 * 1024),
            "uptime": duration(line["uptime_s"]),
            "tone": {"up": "good", "done": "plain", "stopped": "bad"}.get(line["state"], "warn"),
        }
        for line in document["processes"]
    ]


def duration(seconds: int | None) -> str:
    """Seconds in the two largest units: ``3 h 12 min``."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def processes(request: HttpRequest) -> HttpResponse:
    """Every process with its state, restarts, memory and lag."""
    document = status()
    return pages.render(
        request,
        "operator/processes.html",
        {"status": document, "rows": rows_of(document)},
        title=_("Processes"),
    )


PAGES = (pages.Page("processes/", "processes", processes, "health.view"),)
