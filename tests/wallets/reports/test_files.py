"""CSV, XLSX and PDF of one report say the same; nothing in them runs; a cut one says so."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from money.units import format_units
from wallets.reports.files import csv_file, pdf_file, xlsx_file
from wallets.reports.shapes import Amount, Column, Kind, Report, Section, Sum

COLUMNS = (
    Column("time", "Time", Kind.TIME, weight=20),
    Column("what", "What", weight=20),
    Column("amount", "Amount", Kind.AMOUNT, weight=30),
    Column("value", "Value", Kind.AMOUNT, none="not valued", weight=20),
    Column("share_bp", "Share", Kind.SHARE, none="–"),
    Column("count", "Count", Kind.NUMBER),
)
AT = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Line:
    time: datetime | None
    what: str
    amount: Amount
    value: Amount | None
    share_bp: int | None = 10_050
    count: int = 3


UNITS = [1, -5, 123_456_789, 10**37 + 1, 999_999_999_999_999, 1_000_000_000_000_001, -(10**20), 0]


def lines():
    return [
        Line(
            AT,
            f"deposit {number} 充值",
            Amount(units, 8, "BTC"),
            Amount(units, 2, "USD") if number % 2 else None,
        )
        for number, units in enumerate(UNITS)
    ]


def report(made=None, name="test"):
    own = lines() if made is None else made
    total = Sum({"what": "Sum", "amount": Amount(sum(UNITS), 8, "BTC")})
    return Report(
        name,
        "报表 Report",
        COLUMNS,
        [Section("First", iter(own), [total])],
        SHANGHAI,
        [("As of", "2026-03-14"), ("Rates", "last trades of BTC-USD, 3 min old")],
        ["A note."],
    )


def csv_rows(made):
    text = "".join(csv_file.parts(made))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def xlsx_rows(made, **options):
    target = io.BytesIO()
    xlsx_file.write(made, target, **options)
    sheet = load_workbook(io.BytesIO(target.getvalue())).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def pdf_text(made, **options):
    target = io.BytesIO()
    pdf_file.write(made, target, **options)
    return "\n".join(page.extract_text() for page in PdfReader(target).pages)


def test_the_three_files_hold_the_same_figures():
    rows = csv_rows(report())
    assert rows[0] == ["section", "time", "what", "amount", "value", "share_bp", "count"]
    body = rows[1 : len(UNITS) + 1]
    assert [Fraction(row[3]) * 10**8 for row in body] == UNITS
    assert [row[4] for row in body[::2]] == ["not valued"] * 4
    assert {row[1] for row in body} == {"2026-03-15T07:30:00.000+08:00"}
    assert rows[len(UNITS) + 1][2:4] == ["Sum", format_units(sum(UNITS), 8)]
    assert ["Rates", "last trades of BTC-USD, 3 min old"] in rows and ["A note."] in rows

    sheet = xlsx_rows(report())
    head = next(i for i, row in enumerate(sheet) if row[1] == "Time")
    booked = sheet[head + 1 : head + 1 + len(UNITS)]
    assert [Fraction(str(row[3])) for row in booked] == [Fraction(row[3]) for row in body]
    assert [row[4] for row in booked[::2]] == ["not valued"] * 4
    # What a spreadsheet cannot count exactly is text.
    assert [isinstance(row[3], str) for row in booked] == [
        len(str(abs(units)).rstrip("0")) > 15 for units in UNITS
    ]
    assert booked[0][1] == datetime(2026, 3, 15, 7, 30)
    assert booked[0][2] == "deposit 0 充值" and booked[0][6] == 3
    assert any(row[0] == "Rates" for row in sheet[:head])

    text = pdf_text(report())
    for row in body:
        whole, _, fraction = row[3].partition(".")
        sign = "-" if whole.startswith("-") else ""
        shown = f"{sign}{abs(int(whole)):,}" + (f".{fraction}" if fraction else "")
        assert shown in text.replace("\n", "") or shown[:12] in text, shown
    assert text.count("not valued") == 4 and "100.50 %" in text
    assert "2026-03-15 07:30:00" in text and "last trades of BTC-USD" in text


def test_a_pdf_sets_chinese_in_the_font_for_it():
    target = io.BytesIO()
    pdf_file.write(report(), target)
    fonts = {
        font.get_object()["/BaseFont"]
        for page in PdfReader(target).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert any("STSong-Light" in name for name in fonts) and "/Helvetica" in fonts
    assert "充值" in pdf_text(report())


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "-"])
def test_what_looks_like_a_formula_is_text_in_every_file(text):
    made = [Line(AT, text, Amount(-7, 0, "X"), None)]
    assert csv_rows(report(made))[1][2] == f"'{text}"
    assert csv_rows(report(made))[1][3] == "-7"
    target = io.BytesIO()
    xlsx_file.write(report(made), target)
    sheet = load_workbook(io.BytesIO(target.getvalue())).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    titles = Report("x", text, COLUMNS, [Section(text, made)], UTC, [(text, text)], [text])
    target = io.BytesIO()
    xlsx_file.write(titles, target)
    sheet = load_workbook(io.BytesIO(target.getvalue())).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert f"'{text}" in [cell for row in csv_rows(titles) for cell in row]


def test_a_long_report_is_read_piece_by_piece_and_a_cut_one_says_so():
    read = 0

    def endless(count):
        nonlocal read
        for number in range(count):
            read += 1
            yield Line(AT, f"row {number}", Amount(number, 0, "X"), None)

    parts = csv_file.parts(report(endless(10_000)))
    next(parts), next(parts)
    assert read == csv_file.LINES_A_PART
    read = 0
    text = pdf_text(report(endless(10_000)), most_lines=120)
    assert read == 121 and "Cut here after 120 lines" in text
    assert "row 119" in text and "row 120" not in text
    rows = xlsx_rows(report(endless(500)), most_lines=30)
    assert "Cut here after 30 lines" in rows[-1][0]
    assert len(csv_rows(report(endless(5_000)))) > 5_000


def test_a_long_word_is_broken_and_never_lost():
    word = "x" * 400
    text = pdf_text(report([Line(AT, word, Amount(1, 0, "X"), None)]))
    assert text.count("x") == 400
