"""Who gets which report: pages, API and files, for Alice, Bob, Charlie and the staff's roles."""

import csv
import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from openpyxl import load_workbook
from pypdf import PdfReader

from audit.models import AuditRecord
from trading.accounts.selectors import access_account

REPORTS = (
    "/backoffice/ledger/trial-balance/",
    "/backoffice/reports/balance-sheet/",
    "/backoffice/reports/income-statement/",
    "/backoffice/reports/fees/",
    "/backoffice/reports/custody/",
)


def body(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    return async_to_sync(read)()


def csv_rows(answer: Any) -> list[list[str]]:
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))


@pytest.mark.parametrize("address", REPORTS)
def test_a_page_and_its_files_say_the_same(played, client_for, staff_of, address) -> None:
    browser = client_for(staff_of("finance"))
    page = browser.get(address)
    assert page.status_code == 200
    html = page.content.decode()
    rows = csv_rows(browser.get(address + "?file=csv"))
    book = load_workbook(io.BytesIO(body(browser.get(address + "?file=xlsx"))))
    sheet = {str(cell) for row in book.active.iter_rows(values_only=True) for cell in row}
    pdf = PdfReader(io.BytesIO(body(browser.get(address + "?file=pdf"))))
    text = "".join(each.extract_text() for each in pdf.pages)
    money = [cell for row in rows[1:6] for cell in row if "." in cell and cell[-1].isdigit()]
    assert money
    for amount in money:
        whole, _, fraction = amount.partition(".")
        shown = f"{int(whole):,}.{fraction}"
        assert shown in html.replace("</span>", "") or shown in html, amount
        assert shown in text, amount
        assert any(cell.rstrip("0").startswith(amount.rstrip("0")[:15]) for cell in sheet), amount
    taken = AuditRecord.objects.filter(action="reports.download").values_list("new", flat=True)
    assert sorted(new["file"] for new in taken) == ["csv", "pdf", "xlsx"]


@pytest.mark.parametrize(
    "query",
    [
        "at=2026-03-14T12:00:00&zone=Asia/Shanghai",
        "at=never&zone=Moon/Base&currency=DROP",
        "begin=0001-01-01&end=9999-12-31",
        "begin=2026-12-31&end=2026-01-01&by=nothing",
        "at=9999-12-31T23:59:59&zone=America/New_York",
        "at=0001-01-01T00:00:00&zone=Asia/Tokyo",
        "year=99999999999999&asset=NOPE&cursor=²",
    ],
)
def test_odd_questions_are_answered(played, client_for, staff_of, query) -> None:
    browser = client_for(staff_of("owner"))
    account = played.accounts[0]
    own = (
        f"/backoffice/accounts/{account.pk}/statement/",
        f"/backoffice/customers/{played.owner.pk}/overview/",
        f"/backoffice/customers/{played.owner.pk}/tax-year/",
    )
    for address in (*REPORTS, *own):
        assert browser.get(f"{address}?{query}").status_code == 200, address


def test_before_the_first_entry_there_is_nothing_and_no_zero(played, client_for, staff_of) -> None:
    page = client_for(staff_of("finance")).get(
        "/backoffice/reports/balance-sheet/?at=2001-01-01T00:00:00"
    )
    assert "Nothing to show." in page.content.decode()


def test_a_customers_page_has_all_there_is(played, client_for, staff_of) -> None:
    browser = client_for(staff_of("owner"))
    page = browser.get(f"/backoffice/customers/{played.owner.pk}/overview/").content.decode()
    for account in played.accounts:
        assert f"{account.name} ({account.pk})" in page
    assert "Open orders" in page and "Pending adjustments" in page and "Held" in page
    account = played.accounts[0]
    statement = browser.get(f"/backoffice/accounts/{account.pk}/statement/").content.decode()
    assert "Opening balance" in statement and "Booked balance" in statement
    year = played.plain.moments()[-1].year
    rows = csv_rows(
        browser.get(f"/backoffice/customers/{played.owner.pk}/tax-year/?year={year}&file=csv")
    )
    assert any(row[0] == "Movements" and row[3] in ("Buy", "Sell") for row in rows if len(row) > 3)


def test_support_and_compliance_see_what_their_lines_say(played, client_for, staff_of) -> None:
    for role in ("support", "admin", "compliance"):
        browser = client_for(staff_of(role))
        for address in REPORTS[1:]:
            assert browser.get(address + "?file=csv").status_code == 403, (role, address)
    assert not AuditRecord.objects.filter(action="reports.download").exists()


def test_a_statement_in_the_portal_is_its_owners_only(
    played, client_for, alice, bob, charlie, tenant
) -> None:
    browser = client_for(alice)
    account = played.accounts[0]
    page = browser.get(f"/statement?account={account.pk}").content.decode()
    assert "Opening balance" in page and "Booked balance" in page and "Trade" in page
    rows = csv_rows(browser.get(f"/statement?account={account.pk}&file=csv"))
    moves = [row for row in rows if len(row) > 5 and row[4].isdigit()]
    assert len(moves) > 10
    references = {row[4] for row in moves}
    # Bob asks for Alice's account and gets his own, in which nothing moved.
    for query in (f"?account={account.pk}", f"?account={account.pk}&file=csv"):
        answer = client_for(bob).get(f"/statement{query}")
        text = body(answer).decode() if answer.streaming else answer.content.decode()
        assert not any(reference in text for reference in references)
    assert client_for(charlie, tenant=tenant).get("/statement?file=csv").status_code == 302
    assert client_for(charlie, tenant=tenant).get("/tax-year?year=2026").status_code == 302


def test_the_portals_files_are_whole_and_speak_chinese(played, client_for, alice) -> None:
    browser = client_for(alice)
    browser.cookies["language"] = "zh-hans"
    year = played.plain.moments()[-1].year
    account = played.accounts[0]
    page = browser.get(f"/statement?account={account.pk}&zone=Asia/Shanghai").content.decode()
    assert "期初余额" in page and "时区" in page
    pdf = PdfReader(io.BytesIO(body(browser.get(f"/statement?account={account.pk}&file=pdf"))))
    assert "期初余额" in "".join(each.extract_text() for each in pdf.pages)
    rows = csv_rows(browser.get(f"/tax-year?year={year}&file=csv"))
    assert any(row[3:4] == ["买入"] for row in rows)
    assert body(browser.get(f"/tax-year?year={year}&file=xlsx"))[:2] == b"PK"
    for wrong in ("year=1", "year=3000", f"year={year}&file=exe", "year=²"):
        assert browser.get(f"/tax-year?{wrong}").status_code == 404


def test_a_customer_keeps_a_time_zone(played, client_for, alice, bob) -> None:
    browser = client_for(alice)
    browser.post("/time-zone", {"zone": "Asia/Shanghai"})
    alice.refresh_from_db()
    assert alice.timezone == "Asia/Shanghai"
    account = played.accounts[0]
    rows = csv_rows(browser.get(f"/statement?account={account.pk}&file=csv"))
    assert all(row[1].endswith("+08:00") for row in rows if len(row) > 5 and row[4].isdigit())
    assert browser.post("/time-zone", {"zone": "Moon/Base"}).status_code == 404
    alice.refresh_from_db()
    bob.refresh_from_db()
    assert (alice.timezone, bob.timezone) == ("Asia/Shanghai", "")


def test_the_api_gives_a_caller_his_own(played, client_for, alice, bob) -> None:
    browser = client_for(alice)
    account = played.accounts[0]
    mine = f"account={account.pk}"
    answer = browser.get(f"/api/v1/statement?{mine}&limit=5").json()
    assert len(answer["results"]) == 5 and answer["next"]
    closing = {each["asset"]: each["closing"] for each in answer["balances"]}
    newest = answer["results"][0]
    assert closing[newest["asset"]] == newest["balance"]
    end = newest["time"]
    earlier = browser.get(f"/api/v1/statement?{mine}&end={end}&limit=1").json()
    later = browser.get(f"/api/v1/statement?{mine}&begin={end}&limit=1").json()
    opening = {each["asset"]: each["opening"] for each in later["balances"]}
    for each in earlier["balances"]:
        assert opening[each["asset"]] == each["closing"]
    rows = csv_rows(browser.get(f"/api/v1/statement/file?{mine}&asset=USDT"))
    assert {row[0] for row in rows[1:-8]} == {"USDT"}
    fees = browser.get(f"/api/v1/fees?{mine}&by=instrument").json()["results"]
    assert fees and all(set(each) == {"of", "asset", "fills", "fees"} for each in fees)
    year = played.plain.moments()[-1].year
    assert body(browser.get(f"/api/v1/tax-year/{year}?file=pdf"))[:5] == b"%PDF-"
    for path in ("statement", "statement/file", "fees"):
        refused = client_for(bob).get(f"/api/v1/{path}?{mine}")
        assert refused.status_code == 404, path
        assert client_for().get(f"/api/v1/{path}").status_code == 401
    for path in ("statement?begin=x", "statement/file?file=exe", "fees?by=x", "tax-year/1999"):
        assert browser.get(f"/api/v1/{path}").status_code == 400, path
    assert browser.get("/api/v1/fees?zone=Moon/Base").status_code == 400
    assert len(csv_rows(client_for(bob).get(f"/api/v1/tax-year/{year}"))) < 10
    assert access_account(bob).pk not in {each.pk for each in played.accounts}
