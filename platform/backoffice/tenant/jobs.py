"""Work in the background: what one asked for, how far it is, its file."""

from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant.exports import filter_facts
from jobs import actions, registry, selectors, store
from jobs.models import Job, JobState

TONES = {
    JobState.WAITING: "warn",
    JobState.RUNNING: "warn",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELED: "plain",
}


def jobs(request: HttpRequest) -> HttpResponse:
    """What the reader asked for or is told of, newest first."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("What"), title_of, "main"),
            Column(gettext_lazy("State"), _state),
            Column(gettext_lazy("How far"), lambda job: _bar(job) if not job.is_ended else "–"),
            Column(gettext_lazy("File"), _file),
            Column(gettext_lazy("Asked (UTC)"), lambda job: cells.when(job.asked_at)),
        ],
        row_link=lambda job: pages.url(request, "job", job.pk),
        empty_headline=gettext_lazy("Nothing was made in the background yet"),
        empty_sentence=gettext_lazy("Long exports run here: ask for one on a report's page."),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.jobs_of(request.user))},
        title=_("Background work"),
    )


def title_of(job: Job) -> str:
    """What is made, in the reader's language; a kept report has the name that somebody gave it."""
    is_named = job.parameters.get("saved_id") or not job.title
    return job.title if is_named else _(job.title)


def _state(job: Job) -> Any:
    if job.cancel_at and not job.is_ended:
        return cells.badge(_("ending"), "warn")
    return cells.badge(str(job.get_state_display()).lower(), TONES[JobState(job.state)])


def _bar(job: Job) -> Any:
    if not job.total:
        return format_html(
            '<progress class="bo-progress" aria-label="{}"></progress>', title_of(job)
        )
    return format_html(
        '<progress class="bo-progress" max="100" value="{}" aria-label="{}">{} %</progress>',
        job.percent,
        title_of(job),
        job.percent,
    )


def _file(job: Job) -> Any:
    if job.has_file:
        return job.file_name
    return _("removed") if job.state == JobState.DONE else "–"


def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far one piece of work is, and its file. The page asks again while it runs."""
    row = selectors.access_job(request.user, job_id)
    filters = row.parameters.get("filters") or {}
    facts = [
        (_("State"), _state(row)),
        (_("Asked for by"), row.asked_by.get_short_name()),
        (_("Asked (UTC)"), cells.when(row.asked_at)),
        (_("Begun (UTC)"), cells.when(row.begun_at)),
        (_("Ended (UTC)"), cells.when(row.ended_at)),
        *filter_facts(filters),
    ]
    if row.error:
        facts.append((_("What went wrong"), _(row.error)))
    return pages.render(
        request,
        "job.html",
        {
            "job": row,
            "bar": _bar(row),
            "facts": facts,
            "size": _size(row.file_bytes),
            "may_cancel": not row.is_ended and row.asked_by_id == request.user.pk,
        },
        title=title_of(row),
        crumbs=[(_("Background work"), pages.url(request, "jobs"))],
    )


def _size(count: int) -> str:
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{-(-count // 1024)} KB"


def job_state(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far it is, for the page's script: state, percent, lines."""
    row = selectors.access_job(request.user, job_id)
    return JsonResponse(
        {
            "ended": row.is_ended,
            "state": row.state,
            "percent": row.percent if row.total or row.is_ended else None,
            "done": row.done,
        }
    )


def job_file(request: HttpRequest, job_id: int) -> HttpResponse | StreamingHttpResponse:
    """The file, for who asked or is told of it and has the right at this moment."""
    row = selectors.access_job(request.user, job_id)
    if not row.has_file:
        raise Http404
    try:
        pieces = store.read(row.stored)
    except FileNotFoundError:
        raise Http404 from None
    actions.note_taken(job=row, acting_user=request.user)

    def following() -> bytes | None:
        return next(pieces, None)

    async def sent() -> AsyncIterator[bytes]:
        while (piece := await sync_to_async(following)()) is not None:
            yield piece

    answer = StreamingHttpResponse(sent(), content_type=row.file_type)
    answer["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    answer["Content-Length"] = str(row.file_bytes)
    answer["Cache-Control"] = "no-store"
    return answer


class CancelJob(ActionPage):
    """End what runs."""

    form_class = StaffForm
    icon = "cancel"

    def target(self, job_id: int) -> Job:  # type: ignore[override]
        row = selectors.access_job(self.request.user, job_id)
        if row.asked_by_id != self.request.user.pk or not registry.may(self.request.user, row):
            raise Http404
        return row

    def title(self, target: Job) -> str:
        return _("Cancel this work")

    def facts(self, target: Job) -> list[tuple[str, Any]]:
        return [(_("What"), title_of(target)), (_("How far"), f"{target.percent} %")]

    def explanation(self, target: Job) -> list[str]:
        return [_("It ends within a second or two, and no file is kept.")]

    def obstacle(self, target: Job) -> str:
        return _("This has ended already.") if target.is_ended else ""

    def perform(self, target: Job, values: dict[str, Any]) -> str:
        actions.cancel(job=target, acting_user=self.request.user)
        return _("It is being ended.")

    def back(self, target: Job) -> str:
        return self.url("job", target.pk)

    def crumbs(self, target: Job) -> list[tuple[str, str]]:
        return [(_("Background work"), self.url("jobs")), (title_of(target), self.back(target))]


PAGES = (
    pages.Page("jobs/", "jobs", jobs, "backoffice.enter"),
    pages.Page("jobs/<int:job_id>/", "job", job, "backoffice.enter"),
    pages.Page("jobs/<int:job_id>/state/", "job_state", job_state, "backoffice.enter"),
    pages.Page("jobs/<int:job_id>/file/", "job_file", job_file, "backoffice.enter"),
    pages.Page("jobs/<int:job_id>/cancel/", "cancel_job", CancelJob.as_view(), "backoffice.enter"),
)
