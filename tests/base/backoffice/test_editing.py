"""Two people at one form, a button pressed twice, and what was typed."""

from audit.models import AuditRecord
from firms import REASON, fields_of, marks, opened
from trading.instruments.models import FeeSchedule, Instrument


def rules_address() -> str:
    return f"/backoffice/instruments/{Instrument.objects.get(symbol='BTC-USDT').pk}/rules/"


def test_the_second_gets_a_difference_and_loses_nothing(firm, client_for, staff_of) -> None:
    address = rules_address()
    first, second = client_for(firm.owner), client_for(staff_of("admin"))
    mine = opened(second, address) | {"max_quantity": "8", "maker_ppm": "0.07"}
    assert first.post(address, opened(first, address) | {"max_quantity": "7"}).status_code == 302
    theirs = opened(first, address) | {"min_notional": "25"}
    assert first.post(address, theirs).status_code == 302
    before = marks()
    late = second.post(address, mine)
    assert late.status_code == 409 and marks() == before
    page = late.content.decode()
    assert "Somebody else has changed this while you had it open" in page
    assert "<del>1000" in page and "<ins>7</ins>" in page and "<strong>8</strong>" in page
    assert "taken over" in page  # the smallest value, which only the first touched
    again = fields_of(page)
    assert (again["max_quantity"], again["min_notional"]) == ("8", "25")
    assert REASON in page
    assert second.post(address, again | {"reason": REASON}).status_code == 302
    row = Instrument.objects.get(symbol="BTC-USDT")
    assert (row.max_quantity, row.min_notional, row.maker_ppm) == (8, 25, 700)


def test_a_change_that_came_back_to_what_it_was_is_none(firm, client_for, staff_of) -> None:
    address = rules_address()
    first, second = client_for(firm.owner), client_for(staff_of("admin"))
    mine = opened(second, address) | {"max_quantity": "8"}
    untouched = opened(first, address)
    first.post(address, untouched | {"max_quantity": "7"})
    first.post(address, opened(first, address) | {"max_quantity": untouched["max_quantity"]})
    assert second.post(address, mine).status_code == 302


def test_fees_are_compared_as_well(firm, client_for, staff_of) -> None:
    row = FeeSchedule.objects.first()
    address = f"/backoffice/fees/{row.pk}/"
    first, second = client_for(firm.owner), client_for(staff_of("admin"))
    late = opened(second, address) | {"taker_ppm": "0.3"}
    assert first.post(address, opened(first, address) | {"taker_ppm": "0.2"}).status_code == 302
    before = marks()
    answer = second.post(address, late)
    assert answer.status_code == 409 and marks() == before
    assert b"<ins>0.2</ins>" in answer.content and b"<strong>0.3</strong>" in answer.content


def test_pressed_twice_is_done_once(firm, client_for) -> None:
    address = rules_address()
    browser = client_for(firm.owner)
    fields = opened(browser, address) | {"max_quantity": "9"}
    records = AuditRecord.objects.count()
    first, second = browser.post(address, fields), browser.post(address, fields)
    assert first["Location"] == second["Location"]
    assert AuditRecord.objects.count() == records + 1


def test_nonsense_in_what_the_form_saw_is_harmless(firm, client_for) -> None:
    address = rules_address()
    browser = client_for(firm.owner)
    for seen in ("[]", "{", '{"max_quantity": 5}', '{"no_such_field": "1"}', "[" * 100_000):
        fields = opened(browser, address) | {"seen": seen, "reason": "x"}
        assert browser.post(address, fields).status_code == 422
    fields = opened(browser, address) | {"seen": '{"max_quantity": "1"}'}
    assert browser.post(address, fields).status_code == 409
