"""The processes of this machine, as the supervisor reports them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from backoffice import pages

STATES = {
    "waiting": pgettext_lazy("state of a process", "waiting"),
    "starting": pgettext_lazy("state of a process", "starting"),
    "up": pgettext_lazy("state of a process", "up"),
    "crashed": pgettext_lazy("state of a process", "crashed"),
    "done": pgettext_lazy("state of a process", "done"),
    "stopping": pgettext_lazy("state of a process", "stopping"),
    "stopped": pgettext_lazy("state of a process", "stopped"),
    "unsupervised": pgettext_lazy("state of a process", "unsupervised"),
}


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
            "state_words": STATES.get(line["state"], line["state"]),
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
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)s s") % {"seconds": rest}


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
