"""A report as an answer that a browser keeps as a file."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils import translation
from django_tenants.utils import tenant_context

from tenants.selectors import current_tenant
from wallets.reports.files import csv_file
from wallets.reports.shapes import Report

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_PIECE = 1 << 16
_IN_MEMORY = 1 << 20  # a longer file stands on disk while it is sent


def response(report: Report, kind: str) -> StreamingHttpResponse:
    """The report as a file of one of `KINDS`. CSV is read while it is sent; the other two, whose
    beginning depends on their end, are written to disk first."""
    parts = _csv(report) if kind == "csv" else _file(report, kind)
    answer = StreamingHttpResponse(parts, content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{report.name}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer


def written(report: Report, kind: str) -> IO[bytes]:
    """The report as an open file that is gone when it is closed; it stands at its beginning."""
    target: Any = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    if kind == "csv":
        for part in csv_file.parts(report):
            target.write(part.encode())
    else:
        _write(report, kind, target)
    target.seek(0)
    return target


def _write(report: Report, kind: str, target: Any) -> None:
    # What draws these files takes a while to load, and few processes ever make one.
    if kind == "xlsx":
        from wallets.reports.files import xlsx_file

        xlsx_file.write(report, target)
    else:
        from wallets.reports.files import pdf_file

        pdf_file.write(report, target)


def _csv(report: Report) -> AsyncIterator[bytes]:
    """The parts are made after the view and its middleware are done, so the schema and the
    language are set anew for each."""
    tenant, language = current_tenant(), translation.get_language()
    parts: Iterator[str] = csv_file.parts(report)

    def following() -> str | None:
        with tenant_context(tenant), translation.override(language):
            return next(parts, None)

    async def made() -> AsyncIterator[bytes]:
        while (part := await sync_to_async(following)()) is not None:
            yield part.encode()

    return made()


def _file(report: Report, kind: str) -> AsyncIterator[bytes]:
    source = written(report, kind)

    async def made() -> AsyncIterator[bytes]:
        with source:
            while piece := await sync_to_async(source.read)(_PIECE):
                yield piece

    return made()
