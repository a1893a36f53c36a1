"""A report as an Excel workbook, written row by row into a file on disk, never held in memory.

A spreadsheet counts with 15 significant digits. An amount that fits in them is a number with all
its places; a longer one is text, so that no digit is lost, and a note says so.
"""

from datetime import datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from money.units import decimal_of
from wallets.reports.files.cells import harmless
from wallets.reports.shapes import Amount, Column, Kind, Report, plain

MOST_LINES = 1_000_000  # a sheet ends at 1 048 576 rows
EXACT_DIGITS = 15
_BOLD = Font(bold=True)
_RIGHT = Alignment(horizontal="right")


def write(report: Report, target: BinaryIO, *, most_lines: int = MOST_LINES) -> None:
    """Write the workbook; one that would be too long says where it was cut."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(str(report.title)))
    for number, column in enumerate(report.columns, start=2):
        sheet.column_dimensions[get_column_letter(number)].width = column.weight * 1.3
    sheet.column_dimensions["A"].width = 18
    sheet.append([_bold(sheet, str(report.title))])
    for label, text in report.facts:
        sheet.append([harmless(str(label)), harmless(str(text))])
    for note in report.notes:
        sheet.append([harmless(str(note))])
    sheet.append([_("Amounts of more than 15 digits are text, so that no digit is lost.")])
    sheet.append([])
    headers = [_("Section"), *(str(column.label) for column in report.columns)]
    sheet.append([_bold(sheet, text) for text in headers])
    _append_lines(sheet, report, most_lines)
    book.save(target)


def _append_lines(sheet: Any, report: Report, most_lines: int) -> None:
    written = 0
    for section in report.sections:
        for line in section.lines:
            if written == most_lines:
                sheet.append([_bold(sheet, cut_words(most_lines))])
                return
            written += 1
            sheet.append(_row(sheet, report, section.title, line))
        for line in section.sums:
            sheet.append(_row(sheet, report, section.title, line, font=_BOLD))


def cut_words(most_lines: int) -> str:
    """What stands where a file was cut."""
    return _(
        "Cut here after %(count)s lines. Choose a shorter period, or CSV, which has them all."
    ) % {"count": f"{most_lines:,}"}


def _row(sheet: Any, report: Report, title: Any, line: Any, font: Any = None) -> list[Any]:
    cells = [WriteOnlyCell(sheet, value=harmless(str(title)))]
    for column in report.columns:
        cells.append(_cell(sheet, report, column, getattr(line, column.name)))
    if font is not None:
        for cell in cells:
            cell.font = font
    return cells


def _cell(sheet: Any, report: Report, column: Column, value: Any) -> Any:
    if isinstance(value, Amount):
        if _is_exact(value.units):
            cell = WriteOnlyCell(sheet, value=decimal_of(value.units, value.scale))
            cell.number_format = "#,##0." + "0" * value.scale if value.scale else "#,##0"
            return cell
        cell = WriteOnlyCell(sheet, value=value.text)
        cell.alignment = _RIGHT
        return cell
    if column.kind is Kind.NUMBER and isinstance(value, int):
        return WriteOnlyCell(sheet, value=value)
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.astimezone(report.zone).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm:ss.000"
        return cell
    return WriteOnlyCell(sheet, value=harmless(plain(column, value, report.zone)))


def _is_exact(units: int) -> bool:
    return len(str(abs(units)).rstrip("0")) <= EXACT_DIGITS


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=harmless(text))
    cell.font = _BOLD
    return cell


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in r"[]:*?/\\")[:31] or "Report"
