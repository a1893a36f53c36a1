"""A report as PDF, drawn line by line: A4 across, headers on every page, numbers to the right.

Latin letters are Helvetica; all others are STSong-Light, the Chinese font that every PDF reader
knows by its name (it also has Cyrillic and Greek), so no font file has to come along.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from wallets.reports.files.xlsx_file import cut_words
from wallets.reports.shapes import Amount, Column, Kind, Report, plain

MOST_LINES = 5_000
WIDTH, HEIGHT = landscape(A4)
MARGIN, GAP, LEADING, SIZE = 36, 6, 10.5, 7.5
INK, SOFT, RULE = HexColor("#16181d"), HexColor("#5b6472"), HexColor("#c9ced6")
CHINESE = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


@dataclass
class _Page:
    """Where the pen is."""

    canvas: Canvas
    y: float = HEIGHT - MARGIN
    number: int = 1


def write(report: Report, target: BinaryIO, *, most_lines: int = MOST_LINES) -> None:
    """Draw the report; one that would be too long says where it was cut."""
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    canvas.setTitle(str(report.title))
    page = _Page(canvas)
    _head(page, report)
    edges = _edges(report.columns)
    written = 0
    for section in report.sections:
        if not _begin_section(page, report, edges, str(section.title)):
            continue
        for line in section.lines:
            if written == most_lines:
                _text_row(page, cut_words(most_lines), bold=True)
                _finish(page, report)
                return
            written += 1
            _draw_row(page, report, edges, _texts(report, line), bold=False)
        for line in section.sums:
            _draw_row(page, report, edges, _texts(report, line), bold=True)
    _finish(page, report)


def _head(page: _Page, report: Report) -> None:
    page.y -= 16
    _string(page.canvas, MARGIN, page.y, str(report.title), 16, bold=True)
    page.y -= 8
    for label, text in report.facts:
        page.y -= LEADING
        _string(page.canvas, MARGIN, page.y, str(label), SIZE, colour=SOFT)
        _string(page.canvas, MARGIN + 110, page.y, str(text), SIZE)
    for note in report.notes:
        _text_row(page, str(note))
    page.y -= 6


def _begin_section(page: _Page, report: Report, edges: list[float], title: str) -> bool:
    if page.y < MARGIN + 5 * LEADING:
        _turn(page, report)
    if title:
        page.y -= LEADING + 8
        _string(page.canvas, MARGIN, page.y, title, 10, bold=True)
    _draw_header(page, report, edges)
    return True


def _draw_header(page: _Page, report: Report, edges: list[float]) -> None:
    labels = [str(column.label) for column in report.columns]
    _draw_row(page, report, edges, labels, bold=True, colour=SOFT, turning=False)
    page.canvas.setStrokeColor(RULE)
    page.canvas.line(MARGIN, page.y - 3, WIDTH - MARGIN, page.y - 3)
    page.y -= 3


def _draw_row(
    page: _Page,
    report: Report,
    edges: list[float],
    texts: list[str],
    *,
    bold: bool,
    colour: Any = INK,
    turning: bool = True,
) -> None:
    wrapped = [
        list(_wrapped(text, edges[i + 1] - edges[i] - GAP, bold)) for i, text in enumerate(texts)
    ]
    rows = max(len(lines) for lines in wrapped)
    if turning and page.y - rows * LEADING < MARGIN + LEADING:
        _turn(page, report)
        _draw_header(page, report, edges)
    for index, lines in enumerate(wrapped):
        right = report.columns[index].is_right
        for number, text in enumerate(lines, start=1):
            x = edges[index + 1] - GAP - _width(text, SIZE, bold) if right else edges[index]
            y = page.y - number * LEADING
            _string(page.canvas, x, y, text, SIZE, bold=bold, colour=colour)
    page.y -= rows * LEADING + 1


def _text_row(page: _Page, text: str, *, bold: bool = False) -> None:
    for line in _wrapped(text, WIDTH - 2 * MARGIN, bold):
        page.y -= LEADING
        _string(page.canvas, MARGIN, page.y, line, SIZE, bold=bold)


def _turn(page: _Page, report: Report) -> None:
    _foot(page, report)
    page.canvas.showPage()
    page.number += 1
    page.y = HEIGHT - MARGIN


def _finish(page: _Page, report: Report) -> None:
    _foot(page, report)
    page.canvas.save()


def _foot(page: _Page, report: Report) -> None:
    text = _("%(title)s, page %(number)s") % {"title": report.title, "number": page.number}
    x = WIDTH - MARGIN - _width(text, SIZE, False)
    _string(page.canvas, x, MARGIN - 12, text, SIZE, colour=SOFT)


def _edges(columns: tuple[Column, ...]) -> list[float]:
    """The left edge of each column, and the right one of the last."""
    step = (WIDTH - 2 * MARGIN) / sum(column.weight for column in columns)
    edges = [float(MARGIN)]
    for column in columns:
        edges.append(edges[-1] + column.weight * step)
    return edges


def _texts(report: Report, line: Any) -> list[str]:
    return [_text(column, getattr(line, column.name), report) for column in report.columns]


def _text(column: Column, value: Any, report: Report) -> str:
    if column.kind is Kind.TIME and value is not None and value != "":
        text: str = value.astimezone(report.zone).strftime("%Y-%m-%d %H:%M:%S")
        return text
    if isinstance(value, Amount):
        sign, digits = ("-", value.text[1:]) if value.units < 0 else ("", value.text)
        whole, dot, fraction = digits.partition(".")
        return f"{sign}{int(whole):,}{dot}{fraction}"
    return plain(column, value, report.zone)


def _wrapped(text: str, width: float, bold: bool) -> Iterator[str]:
    """The text in lines that fit; a word longer than a line is broken, never cut off."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if _width(longer, SIZE, bold) <= width:
            line = longer
            continue
        if line:
            yield line
        line = ""
        for letter in word:
            if line and _width(line + letter, SIZE, bold) > width:
                yield line
                line = ""
            line += letter
    yield line


def _runs(text: str, bold: bool) -> Iterator[tuple[str, str]]:
    """(font, piece) of a text."""
    latin = "Helvetica-Bold" if bold else "Helvetica"
    for is_latin, letters in groupby(text, _is_latin):
        yield (latin if is_latin else CHINESE), "".join(letters)


def _is_latin(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _width(text: str, size: float, bold: bool) -> float:
    return sum(pdfmetrics.stringWidth(piece, font, size) for font, piece in _runs(text, bold))


def _string(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    bold: bool = False,
    colour: Any = INK,
) -> None:
    canvas.setFillColor(colour)
    for font, piece in _runs(text, bold):
        canvas.setFont(font, size)
        canvas.drawString(x, y, piece)
        x += pdfmetrics.stringWidth(piece, font, size)
