"""Trading hours and circuit breakers in the backoffice."""

import re

from firms import REASON, marks
from trading.calendars import tasks
from trading.calendars.models import Calendar, Schedule
from trading.engine.enums import InstrumentState
from trading.instruments.models import Instrument

WEEK = dict.fromkeys(
    ("monday", "tuesday", "wednesday", "thursday", "friday"), "08:50/09:00-17:30/17:35"
)
HOURS = {
    "name": "Exchange",
    "time_zone": "Europe/Zurich",
    "holidays": "2027-12-25 Christmas\n2028-01-01",
    "reason": REASON,
    **WEEK,
}


def test_days_are_drawn_like_any_field(firm, client_for) -> None:
    page = client_for(firm.owner).get("/backoffice/calendars/new/").content.decode()
    fields = re.findall(r"<input[^>]*name=\"(?:name|monday|sunday)\"[^>]*>", page)
    assert len(fields) == 3
    assert all('class="bo-input"' in field for field in fields), fields


def test_a_calendar_is_made_shown_changed_and_chosen(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    answer = send(browser, "/backoffice/calendars/new/", **HOURS)
    row = Calendar.objects.get(name="Exchange")
    assert (row.sessions.count(), row.holidays.count()) == (5, 2)
    page = browser.get(f"/backoffice/calendars/{row.pk}/").content.decode()
    assert "08:50/09:00-17:30/17:35" in page and "Christmas" in page
    form = browser.get(f"/backoffice/calendars/{row.pk}/hours/").content.decode()
    assert "08:50/09:00-17:30/17:35" in form and "2027-12-25 Christmas" in form
    assert answer.status_code == 302

    send(browser, f"/backoffice/calendars/{row.pk}/hours/", **{**HOURS, "friday": ""})
    assert row.sessions.count() == 4

    bitcoin = Instrument.objects.get(symbol="BTC-USDT")
    address = f"/backoffice/instruments/{bitcoin.pk}/hours/"
    send(browser, address, calendar=row.pk, reason=REASON)
    assert Schedule.objects.get(instrument=bitcoin).calendar == row
    page = browser.get(f"/backoffice/instruments/{bitcoin.pk}/").content.decode()
    assert "trades by the calendar Exchange" in page
    assert tasks.take_due_steps() == 1
    firm.books.settle()
    send(browser, address, calendar="", reason=REASON)
    assert not Schedule.objects.exists()
    firm.books.prove()


def test_nonsense_is_refused_beside_its_field(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    before = marks()
    for changes, sentence in (
        ({"monday": "nine to five"}, "Write 09:00-17:30"),
        ({"monday": "09:00-25:00"}, "Write 09:00-17:30"),
        ({"monday": "09:00"}, "Write 09:00-17:30"),
        ({"holidays": "Christmas"}, "Write one date a line"),
        ({"time_zone": "Mars/Olympus"}, "no such time zone"),
        (dict.fromkeys(WEEK, ""), "at least one session"),
        ({"reason": ""}, "required"),
    ):
        answer = send(browser, "/backoffice/calendars/new/", **{**HOURS, **changes})
        assert answer.status_code == 422, changes
        assert sentence in answer.content.decode(), changes
    assert marks() == before
    assert not Calendar.objects.filter(name="Exchange").exists()


def test_the_preview_shows_the_next_week_and_changes_nothing(firm, client_for) -> None:
    browser = client_for(firm.owner)
    answer = browser.post(
        "/backoffice/calendars/new/",
        {"token": "0b8bb0f2-47f4-4a4c-9d0e-0d3e2c6d3a11", **HOURS},
        HTTP_HX_REQUEST="true",
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("17:35: closed") in (4, 5, 6) and "<html" not in page
    assert not Calendar.objects.filter(name="Exchange").exists()


def test_a_breaker_is_set_and_told(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    bitcoin = Instrument.objects.get(symbol="BTC-USDT")
    address = f"/backoffice/instruments/{bitcoin.pk}/breaker/"
    fields = {"breaker_bp": "5", "window_seconds": "300", "halt_seconds": "120", "reason": REASON}
    send(browser, address, **fields)
    firm.books.settle()
    page = browser.get(f"/backoffice/instruments/{bitcoin.pk}/").content.decode()
    assert "further than 5" in page and "5 minutes" in page and "2 minutes" in page
    assert "Applied" in page
    answer = send(browser, address, **{**fields, "halt_seconds": "0"})
    assert answer.status_code == 422
    bitcoin.refresh_from_db()
    assert bitcoin.breaker_halt_seconds == 120


def test_an_auction_is_opened_and_ended_with_two_buttons(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    bitcoin = Instrument.objects.get(symbol="BTC-USDT")
    address = f"/backoffice/instruments/{bitcoin.pk}/"
    assert "state/?state=4" in browser.get(address).content.decode()
    form = browser.get(f"{address}state/?state=4").content.decode()
    assert '<option value="4" selected>' in form
    send(browser, f"{address}state/", state=int(InstrumentState.AUCTION), reason=REASON)
    firm.books.settle()
    page = browser.get(address).content.decode()
    assert "It is in an auction" in page and "state/?state=1" in page
    send(browser, f"{address}state/", state=int(InstrumentState.OPEN), reason=REASON)
    firm.books.prove()
