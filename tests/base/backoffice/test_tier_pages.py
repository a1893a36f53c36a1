"""Volume tiers as staff see and change them."""

from typing import Any

from firms import REASON, marks
from trading.accounts.models import AccountGroup
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine.queries import QueryFeeTier
from trading.fees.models import Ladder, Tier, Valuation
from trading.instruments.models import Asset

PAGE = "/backoffice/fees/tiers/"


def rows(*steps: tuple[str, str, str]) -> dict[str, Any]:
    names = ("volume", "maker_ppm", "taker_ppm")
    return {
        f"{name}_{number}": value
        for number, step in enumerate(steps, 1)
        for name, value in zip(names, step, strict=True)
    }


def tiers_in_engine(firm) -> int:
    (row,) = door.send_command(QueryFeeTier(account_id=firm.account.pk)).events
    return row.tiers


def test_tiers_are_declared_changed_and_removed(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    page = browser.get(PAGE).content.decode()
    assert "All other groups" in page and "50,000.00" in page and "0.09 %" in page
    group = AccountGroup.objects.get(pk=access_account(firm.alice).group_id)
    fields = rows(("1000", "0.05", "0.1"), ("5000", "0.04", "0.1"))
    answer = send(browser, f"{PAGE}new/", group=group.pk, reason=REASON, **fields)
    assert answer.status_code == 302, answer.content.decode()
    firm.books.settle()
    assert tiers_in_engine(firm) == 2
    row = Ladder.objects.get(group=group)
    form = browser.get(f"{PAGE}{row.pk}/").content.decode()
    assert 'value="5000"' in form and 'name="volume_5"' in form and 'name="volume_6"' not in form
    fields = rows(("1000", "0.05", "0.1"), ("5000", "0.03", "0.09"), ("6000", "0", "0.09"))
    assert send(browser, f"{PAGE}{row.pk}/", reason=REASON, **fields).status_code == 302
    firm.books.settle()
    assert tiers_in_engine(firm) == 3
    page = browser.get(PAGE).content.decode()
    assert "<ins>5,000 USDT: 0.03 % / 0.09 %</ins>" in page and REASON in page
    assert send(browser, f"{PAGE}{row.pk}/remove/", reason=REASON).status_code == 302
    firm.books.settle()
    assert tiers_in_engine(firm) == 5  # those of all groups
    firm.books.prove()


def test_nonsense_is_refused_beside_its_field(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    before, kept = marks(), list(Tier.objects.values_list("pk", "from_units"))
    for fields, sentence in (
        (rows(("1000", "0.05", "0.1"), ("900", "0.04", "0.1")), "at a higher volume than tier 1"),
        (rows(("1000", "0.05", "0.1"), ("2000", "0.06", "0.1")), "must not be above that of"),
        (rows(("1000", "0.05", "0.1"), ("2000", "0.05", "0.1")), "has the fees of tier 1"),
        (rows(("1000", "0.05", "")), "Fill in the whole row"),
        (rows(("", "", ""), ("1000", "0.05", "0.1")), "from the first row on"),
        (rows(("1,000", "0.05", "0.1")), "plain number"),
        (rows(("1000", "-1", "0.1")), "not negative"),
        (rows(("1000", "0.05", "101")), "0 to 100 %"),
        (rows(("1000", "5", "5")), "it would change nothing"),
    ):
        answer = send(browser, f"{PAGE}new/", group="", reason=REASON, **fields)
        assert answer.status_code == 422, fields
        assert sentence in answer.content.decode(), fields
    assert marks() == before
    assert list(Tier.objects.values_list("pk", "from_units")) == kept


def test_the_currency_is_chosen_while_there_are_no_tiers(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    bitcoin = Asset.objects.get(code="BTC")
    before = marks()
    answer = send(browser, f"{PAGE}currency/", asset=bitcoin.pk, reason=REASON)
    assert answer.status_code == 422 and b"Remove all tiers first" in answer.content
    assert marks() == before
    send(browser, f"{PAGE}{Ladder.objects.get().pk}/remove/", reason=REASON)
    assert b"No volume tiers" in browser.get(PAGE).content
    answer = send(browser, f"{PAGE}currency/", asset=bitcoin.pk, reason=REASON)
    assert answer.status_code == 302
    assert Valuation.objects.get().asset == bitcoin
    send(browser, f"{PAGE}currency/", asset="", reason=REASON)
    assert "Volume is not counted" in browser.get(PAGE).content.decode()
    refused = browser.get(f"{PAGE}new/").content.decode()
    assert "Choose the currency that volume is counted in first" in refused
    firm.books.prove()


def test_who_may_not_change_fees_only_looks(firm, client_for, staff_of, send) -> None:
    browser = client_for(staff_of("support"))
    before = marks()
    page = browser.get(PAGE)
    assert page.status_code in (200, 403)
    assert b"New volume tiers" not in page.content
    for address in ("new/", "currency/", f"{Ladder.objects.get().pk}/"):
        assert send(browser, PAGE + address, reason=REASON).status_code == 403
    assert marks().commands == before.commands
    assert client_for(firm.alice).get(PAGE).status_code in (302, 403, 404)


def test_the_journal_tells_of_tiers_in_words(firm, client_for) -> None:
    from backoffice import words
    from trading.engine import events

    names = words.Dictionary(assets={3: Asset.objects.get(code="USDT")})
    told = [
        words.event_sentence(event, names)
        for event in (
            events.ValuationSet(asset_id=3),
            events.ValuationSet(),
            events.FeeTiersSet(group_id=2, from_units_1=5000, maker_ppm_1=900, taker_ppm_1=0),
            events.FeeTiersSet(),
            events.FeeTierChanged(account_id=4, tier=2, old_tier=1),
        )
    ]
    assert told == [
        "The volume of accounts is counted in USDT",
        "The volume of accounts is not counted",
        "Volume tiers of group 2: from 5,000 units maker 0.09 %, taker 0.00 %",
        "The volume tiers of all groups are removed",
        "4 trades in tier 2 now, before in tier 1",
    ]
