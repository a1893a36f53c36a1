"""How a job makes the file of a report, telling line by line how far it is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import translation

from jobs.models import Job
from jobs.registry import Made, Progress
from tenants import brands
from tenants.selectors import current_tenant
from wallets.exports import kinds
from wallets.reports.files import downloads
from wallets.reports.shapes import Report, Section

KIND = "report"
TELL_LINES = 200


def work(job: Job, tell: Progress) -> Made:
    """The file that the job's parameters (`report`, `filters`, `file`) ask for."""
    wanted = job.parameters
    with translation.override(_language_of(job)):
        report, expected = kinds.build(wanted["report"], wanted["filters"], job.asked_by)
        file = downloads.written(_counted(report, tell, expected), wanted["file"])
    return Made(file, f"{report.name}.{wanted['file']}", downloads.KINDS[wanted["file"]])


def _language_of(job: Job) -> str:
    """The language of who asked, as his pages have it: his own, else the brand's."""
    own = job.asked_by.language or brands.view_of(current_tenant()).default_language
    return own if own in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _counted(report: Report, tell: Progress, expected: int) -> Report:
    """The report, whose lines tell how many of them were read."""
    sections = list(report.sections)
    total = expected or sum(len(s.lines) for s in sections if isinstance(s.lines, list | tuple))
    tell(0, total)
    count = 0

    def lines(section: Section) -> Iterator[Any]:
        nonlocal count
        for line in section.lines:
            yield line
            count += 1
            if count % TELL_LINES == 0:
                tell(count, max(total, count))

    return replace(report, sections=[replace(each, lines=lines(each)) for each in sections])
