"""Instruments from templates, changes at a time, the way back, and fees of many at once."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from backoffice.once import new_token
from firms import REASON, marks, opened
from money.units import format_units
from trading.accounts.models import AccountGroup
from trading.commands import door
from trading.engine import queries
from trading.instruments import actions
from trading.instruments.actions import FeeLine
from trading.instruments.errors import InstrumentError
from trading.instruments.models import (
    FeeProposal,
    FeeSchedule,
    Instrument,
    ScheduledChange,
    State,
)

ROOT = "/backoffice/instruments/"


@pytest.fixture
def bitcoin(firm) -> Instrument:
    return Instrument.objects.get(symbol="BTC-USDT")


def in_an_hour() -> str:
    return (timezone.now() + timedelta(hours=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def come(minutes: int = 70) -> int:
    """What the task does once the time has come."""
    return actions.make_due_changes(timezone.now() + timedelta(minutes=minutes))


def test_a_change_of_rules_waits_for_its_time(firm, bitcoin, client_for) -> None:
    browser = client_for(firm.owner)
    address = f"{ROOT}{bitcoin.pk}/rules/"
    commands = marks().commands
    fields = opened(browser, address) | {"max_quantity": "7", "at": in_an_hour()}
    assert browser.post(address, fields).status_code == 302
    assert marks().commands == commands  # nothing is in force yet
    page = browser.get(f"{ROOT}{bitcoin.pk}/").content.decode()
    assert "Waiting for its time" in page and "<del>1,000</del><ins>7</ins>" in page
    assert come(minutes=10) == 0
    assert come() == 1 and come() == 0  # once, however often it is looked at
    firm.books.settle()
    bitcoin.refresh_from_db()
    assert bitcoin.max_quantity == 7
    assert ScheduledChange.objects.get().status == ScheduledChange.State.DONE
    page = browser.get(f"{ROOT}{bitcoin.pk}/").content.decode()
    assert f"{REASON} (scheduled)" in page and "In force" in page
    firm.books.prove()


def test_what_others_changed_meanwhile_stops_it_with_words(firm, bitcoin, client_for) -> None:
    browser = client_for(firm.owner)
    address = f"{ROOT}{bitcoin.pk}/rules/"
    browser.post(address, opened(browser, address) | {"max_quantity": "7", "at": in_an_hour()})
    browser.post(address, opened(browser, address) | {"max_quantity": "3"})
    commands = marks().commands
    assert come() == 0 and marks().commands == commands
    row = ScheduledChange.objects.get()
    assert row.status == ScheduledChange.State.FAILED and "max quantity" in row.problem
    home = browser.get("/backoffice/").content.decode()
    assert "A scheduled change of BTC-USDT could not be made" in home


def test_who_lost_his_right_changes_nothing_later(firm, bitcoin, staff_of) -> None:
    admin = staff_of("admin")
    actions.schedule_change(
        instrument=bitcoin, changes={"max_quantity": "7"}, reason=REASON, acting_user=admin,
        at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    admin.is_active = False
    admin.save()
    assert come() == 0
    assert ScheduledChange.objects.get().status == ScheduledChange.State.FAILED


def test_it_is_taken_back_before_its_time_only(firm, bitcoin, client_for, send) -> None:
    browser = client_for(firm.owner)
    address = f"{ROOT}{bitcoin.pk}/state/"
    send(browser, address, state=int(State.HALTED), at=in_an_hour(), reason=REASON)
    row = ScheduledChange.objects.get()
    cancel = f"{ROOT}{bitcoin.pk}/scheduled/{row.pk}/cancel/"
    assert send(browser, cancel, reason=REASON).status_code == 302
    assert come() == 0
    before = marks()
    assert send(browser, cancel, reason=REASON).status_code == 422 and marks() == before
    bitcoin.refresh_from_db()
    assert bitcoin.state == State.OPEN


def test_the_way_back_undoes_nothing_that_was_not_seen(firm, bitcoin, client_for) -> None:
    browser = client_for(firm.owner)
    rules, back = f"{ROOT}{bitcoin.pk}/rules/", f"{ROOT}{bitcoin.pk}/versions/1/"
    browser.post(rules, opened(browser, rules) | {"max_quantity": "7"})
    read = opened(browser, back)
    browser.post(rules, opened(browser, rules) | {"taker_ppm": "0.3"})  # a colleague, meanwhile
    before = marks()
    late = browser.post(back, read)
    assert late.status_code == 409 and b"<del>0.30 %</del>" in late.content and marks() == before
    assert browser.post(back, opened(browser, back)).status_code == 302
    firm.books.settle()
    bitcoin.refresh_from_db()
    assert (bitcoin.max_quantity, bitcoin.taker_ppm) != (7, 3_000)


@pytest.mark.parametrize("at", ["2020-01-01T00:00", "2999-01-01T00:00", "tomorrow", "1" * 30])
def test_times_that_cannot_be_are_refused(firm, bitcoin, client_for, at) -> None:
    browser = client_for(firm.owner)
    address = f"{ROOT}{bitcoin.pk}/rules/"
    before = marks()
    answer = browser.post(address, opened(browser, address) | {"max_quantity": "7", "at": at})
    assert answer.status_code == 422 and marks() == before


def test_back_to_an_earlier_version_with_its_breaker(firm, bitcoin, client_for, send) -> None:
    browser = client_for(firm.owner)
    address = f"{ROOT}{bitcoin.pk}/rules/"
    first = (bitcoin.max_quantity, bitcoin.taker_ppm, 0)
    browser.post(address, opened(browser, address) | {"max_quantity": "7", "taker_ppm": "0.3"})
    actions.set_breaker(
        instrument=bitcoin, breaker_bp=500, window_seconds=60, halt_seconds=60,
        acting_user=firm.owner, reason=REASON,
    )  # fmt: skip
    assert "Back to this version" in browser.get(f"{ROOT}{bitcoin.pk}/").content.decode()
    back = f"{ROOT}{bitcoin.pk}/versions/1/"
    page = browser.get(back).content.decode()
    assert "<del>7 BTC</del>" in page and "<del>0.30 %</del>" in page
    assert "<del>5.00 %</del>" in page
    assert send(browser, back, reason=REASON).status_code == 302
    firm.books.settle()
    bitcoin.refresh_from_db()
    assert (bitcoin.max_quantity, bitcoin.taker_ppm, bitcoin.breaker_bp) == first
    assert bitcoin.state == State.OPEN
    before = marks()
    again = send(browser, back, reason=REASON)
    assert again.status_code == 422 and b"are in force" in again.content and marks() == before
    assert browser.get(f"{ROOT}{bitcoin.pk}/versions/99/").status_code == 404
    firm.books.prove()


def test_a_new_one_from_a_template_opens_at_its_time(firm, bitcoin, client_for) -> None:
    browser = client_for(firm.owner)
    address = f"{ROOT}new/?like={bitcoin.pk}"
    fields = opened(browser, address)
    assert fields["max_quantity"] == "1000" and fields["taker_ppm"] == format_units(
        bitcoin.taker_ppm, 4
    )
    eth = Instrument.objects.get(symbol="ETH-USDT")
    fields |= {
        "base": str(eth.base_id), "quote": str(bitcoin.base_id), "symbol": "ETH-BTC",
        "tick_size": "0.0001", "lot_size": "0.001", "min_quantity": "0.001", "min_notional": "0",
        "price": "0.05", "state": "1", "at": in_an_hour(),
    }  # fmt: skip
    assert browser.post(address, fields).status_code == 302
    firm.books.settle()
    row = Instrument.objects.get(symbol="ETH-BTC")
    assert row.state == State.HALTED
    assert come() == 1
    firm.books.settle()
    row.refresh_from_db()
    assert row.state == State.OPEN
    door.send_command(queries.QueryDepth(instrument_id=row.pk, levels=1))
    firm.books.prove()


def test_nonsense_at_the_expected_price_is_stopped_and_told_beforehand(
    firm, bitcoin, client_for
) -> None:
    browser = client_for(firm.owner)
    address = f"{ROOT}new/"
    eth = Instrument.objects.get(symbol="ETH-USDT")
    sound = opened(browser, address) | {
        "base": str(eth.base_id), "quote": str(bitcoin.base_id), "symbol": "ETH-BTC", "state": "1",
        "tick_size": "0.0001", "lot_size": "0.001", "min_quantity": "0.001", "min_notional": "0",
        "price": "0.05",
    }  # fmt: skip
    before = marks()
    for changes, sentence in (
        ({"tick_size": "0.01"}, "more than 5 % of the expected price"),
        ({"taker_ppm": "7"}, "surely a slip"),
        ({"price_band_bp": "0.1"}, "narrower than one tick"),
        ({"min_notional": "1000000"}, "nobody could place an order"),
        ({"min_quantity": "100", "max_notional": "1"}, "nobody could place an order"),
    ):
        preview = browser.post(address, sound | changes, HTTP_HX_REQUEST="true")
        assert sentence in preview.content.decode(), changes
        answer = browser.post(address, sound | changes)
        assert answer.status_code == 422 and sentence in answer.content.decode(), changes
        assert 'value="ETH-BTC"' in answer.content.decode()
    assert marks() == before
    preview = browser.post(address, sound, HTTP_HX_REQUEST="true").content.decode()
    assert "At 0.05 BTC the smallest order is worth" in preview


def bulk(**changes):
    return {
        "token": new_token(), "groups": ["0"], "instruments": [], "how": "set",
        "maker": "0.05", "taker": "0.15", "reason": REASON, **changes,
    }  # fmt: skip


def test_many_fees_are_previewed_asked_for_and_approved_as_one(
    firm, bitcoin, client_for, send
) -> None:
    browser = client_for(firm.owner)
    eth = Instrument.objects.get(symbol="ETH-USDT")
    fields = bulk(instruments=[str(bitcoin.pk), str(eth.pk)])
    before = marks()
    preview = browser.post("/backoffice/fees/bulk/", fields, HTTP_HX_REQUEST="true")
    assert preview.content.count(b'data-label="Instrument"') == 2 and b"0.15 %" in preview.content
    assert marks() == before
    answer = send(browser, "/backoffice/fees/bulk/", **fields | {"token": new_token()})
    row = FeeProposal.objects.get()
    assert answer["Location"] == f"/backoffice/fees/proposals/{row.pk}/"
    assert not FeeSchedule.objects.filter(instrument=bitcoin, group=None).exists()
    actions.approve_fees(proposal=row, acting_user=firm.finance)
    firm.books.settle()
    assert {
        (fees.instrument_id, fees.maker_ppm, fees.taker_ppm)
        for fees in FeeSchedule.objects.filter(group=None)
    } == {(bitcoin.pk, 500, 1500), (eth.pk, 500, 1500)}
    page = browser.get("/backoffice/fees/").content.decode()
    assert f"Proposal {row.pk}: {REASON}" in page
    firm.books.prove()


def test_rates_are_raised_from_those_in_force(firm, bitcoin, client_for, send) -> None:
    browser = client_for(firm.owner)
    group = AccountGroup.objects.exclude(name="House").first()
    fields = bulk(groups=[str(group.pk)], instruments=[str(bitcoin.pk)], how="add", maker="-0.02",
                  taker="0.05")  # fmt: skip
    send(browser, "/backoffice/fees/bulk/", **fields | {"token": new_token()})
    (line,) = FeeProposal.objects.get().lines
    known = FeeSchedule.objects.filter(group=group, instrument=None).first() or bitcoin
    assert (line["maker_ppm"], line["taker_ppm"]) == (known.maker_ppm - 200, known.taker_ppm + 500)
    before = marks()
    below = send(browser, "/backoffice/fees/bulk/", **fields | {"maker": "-50"})
    assert below.status_code == 422 and b"below" in below.content
    nothing = send(browser, "/backoffice/fees/bulk/", **bulk(instruments=["0"]))
    assert nothing.status_code == 422 and marks() == before


def test_a_proposal_that_was_overtaken_cannot_be_approved(firm, bitcoin, client_for) -> None:
    row = actions.propose_fees(
        lines=[FeeLine(None, bitcoin, 500, 1500, {})], reason=REASON, acting_user=firm.owner
    )
    actions.set_fees(instrument=bitcoin, maker_ppm=1, taker_ppm=2, acting_user=firm.owner)
    page = client_for(firm.finance).get(f"/backoffice/fees/proposals/{row.pk}/").content.decode()
    assert "can only be refused or withdrawn" in page
    before = marks()
    with pytest.raises(InstrumentError):
        actions.approve_fees(proposal=row, acting_user=firm.finance)
    assert marks() == before
    assert FeeSchedule.objects.get(group=None, instrument=bitcoin).taker_ppm == 2


def test_only_who_asked_withdraws(firm, bitcoin, client_for, staff_of, send) -> None:
    row = actions.propose_fees(
        lines=[FeeLine(None, bitcoin, 500, 1500, {})], reason=REASON, acting_user=firm.owner
    )
    address = f"/backoffice/fees/proposals/{row.pk}/withdraw/"
    admin = client_for(staff_of("admin"))
    before = marks()
    assert send(admin, address, reason=REASON).status_code == 422
    assert send(client_for(firm.finance), address, reason=REASON).status_code == 403
    assert marks() == before
    assert send(client_for(firm.owner), address, reason=REASON).status_code == 302
    row.refresh_from_db()
    assert row.state == FeeProposal.State.WITHDRAWN
