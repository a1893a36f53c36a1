"""A report as CSV: the columns' names, then every line, then facts and notes below an empty row."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from wallets.reports.files.cells import harmless
from wallets.reports.shapes import Report, plain

LINES_A_PART = 2_000


def parts(report: Report) -> Iterator[str]:
    """The file piece by piece; begins with the mark by which spreadsheets know UTF-8."""
    yield "\ufeff" + _text([["section", *(column.name for column in report.columns)]])
    for section in report.sections:
        rows = (_row(report, section.title, line) for line in chain(section.lines, section.sums))
        while piece := list(islice(rows, LINES_A_PART)):
            yield _text(piece)
    ending: list[list[str]] = [[]]
    ending += [[harmless(str(label)), harmless(str(text))] for label, text in report.facts]
    ending += [[harmless(str(note))] for note in report.notes]
    yield _text(ending)


def _row(report: Report, title: Any, line: Any) -> list[str]:
    values = [plain(c, getattr(line, c.name), report.zone) for c in report.columns]
    return [harmless(text) for text in (str(title), *values)]


def _text(rows: Iterable[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
