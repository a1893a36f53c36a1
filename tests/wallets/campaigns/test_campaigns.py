"""Bonuses and discounts: earned by rules, paid exactly once, within the budget, and booked."""

import threading
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

import people
from audit.models import AuditRecord
from firms import fund
from identity.models import User
from messaging.models import Notice
from trading.accounts import actions as accounts
from trading.accounts.models import Account, AccountGroup, AccountState
from trading.accounts.selectors import access_account
from trading.commands.models import QueuedCommand
from trading.instruments.models import Asset
from trading.orders import actions as orders
from trading.orders.models import Trade
from wallets.campaigns import actions, awards, earning, referrals, selectors, settling
from wallets.campaigns.errors import CampaignError
from wallets.campaigns.models import Award, AwardState, Campaign, Referral, State
from wallets.ledger.models import EntryKind, JournalEntry
from wallets.ledger.selectors import booked_units
from wallets.sealing.models import LedgerDay
from world import World

DAY = timedelta(days=1)


@pytest.fixture
def house(books, tenant, alice, bob, staff_of):
    """Alice and Bob with money, an owner and finance; every test ends with proved books."""
    owner, finance = staff_of("owner"), staff_of("finance")
    usdt = Asset.objects.get(code="USDT")
    for customer in (alice, bob):
        for code, amount in (("USDT", "10000"), ("BTC", "1")):
            fund(access_account(customer), code, amount, finance, owner)
    books.settle()
    found = SimpleNamespace(
        books=books, alice=alice, bob=bob, owner=owner, finance=finance, usdt=usdt, tenant=tenant
    )
    yield found
    books.prove()


def declared(house, **changes) -> Campaign:
    """A draft."""
    now = timezone.now()
    values = {
        "campaign": None, "kind": "trading", "name": "Spring bonus", "asset": house.usdt,
        "amount_units": house.usdt.units_of("5"), "budget_units": house.usdt.units_of("100"),
        "min_volume_units": house.usdt.units_of("10"), "starts_at": now - DAY,
        "ends_at": now + DAY, "acting_user": house.owner,
    } | changes  # fmt: skip
    return actions.set_campaign(**values)


def active(house, **changes) -> Campaign:
    row = declared(house, **changes)
    actions.ask_for_activation(campaign=row, acting_user=house.owner)
    return actions.activate_campaign(campaign=row, acting_user=house.finance)


def trade(house, seller, buyer, quantity="0.2", price="100") -> None:
    """One match of ``quantity`` BTC."""
    for user, side in ((seller, "sell"), (buyer, "buy")):
        orders.submit_order(
            account=access_account(user), instrument="BTC-USDT", acting_user=user,
            side=side, price=price, quantity=quantity,
        )  # fmt: skip
    house.books.settle()


def settle(house, now=None) -> int:
    given = settling.settle_campaigns(now or timezone.now())
    house.books.settle()
    return given


def balance(house, user) -> int:
    return booked_units(access_account(user), house.usdt.pk)


def test_a_trading_bonus_is_paid_once_and_booked_as_one(house) -> None:
    campaign = active(house)
    assert settle(house) == 0  # nobody has traded
    trade(house, house.alice, house.bob)
    before = balance(house, house.alice)
    assert settle(house) == 2
    assert balance(house, house.alice) == before + house.usdt.units_of("5")
    entries = JournalEntry.objects.filter(kind=EntryKind.BONUS)
    assert sorted(entries.values_list("reference_id", flat=True)) == sorted(
        campaign.awards.values_list("pk", flat=True)
    )
    assert set(campaign.awards.values_list("state", flat=True)) == {AwardState.PAID}
    for _ in range(3):
        assert settle(house) == 0
    trade(house, house.alice, house.bob)
    assert settle(house) == 0 and Award.objects.count() == 2
    assert Notice.objects.filter(user=house.alice, title="Spring bonus").count() == 1
    cost = selectors.cost_of(campaign)
    assert (cost.paid_units, cost.customers) == (house.usdt.units_of("10"), 2)


def test_the_same_gift_is_the_same_award(house) -> None:
    campaign = active(house)
    account = access_account(house.alice)
    gift = awards.Gift(account, "customer:1", 500)
    assert len(awards.give(campaign=campaign, gifts=[gift])) == 1
    assert awards.give(campaign=campaign, gifts=[gift]) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        award = Award.objects.get()
        award.pk, award.command = None, QueuedCommand.objects.exclude(pk=award.command_id).first()
        award.save(force_insert=True)


def test_nothing_is_paid_beyond_the_budget(house) -> None:
    campaign = active(house, budget_units=house.usdt.units_of("9"))
    trade(house, house.alice, house.bob)
    assert settle(house) == 1 and settle(house) == 0
    assert selectors.cost_of(campaign).left_units == house.usdt.units_of("4")


def test_a_second_person_activates(house, staff_of) -> None:
    row = declared(house, acting_user=house.finance)
    actions.ask_for_activation(campaign=row, acting_user=house.finance)
    for someone in (house.finance, staff_of("admin"), staff_of("support"), house.alice, None):
        with pytest.raises(PermissionDenied):
            actions.activate_campaign(campaign=row, acting_user=someone)
    trade(house, house.alice, house.bob)
    assert Campaign.objects.get().state == State.ASKED and settle(house) == 0
    with pytest.raises(CampaignError, match="stay as they are"):
        declared(house, campaign=row, amount_units=house.usdt.units_of("50"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.update(activated_by=house.finance, state=State.ACTIVE)
    actions.activate_campaign(campaign=row, acting_user=house.owner)
    assert settle(house) == 2
    record = AuditRecord.objects.get(action="campaigns.activate_campaign")
    assert record.actor_id == house.owner.pk


def test_paused_and_ended_campaigns_pay_nothing(house) -> None:
    campaign = active(house)
    actions.pause_campaign(campaign=campaign, acting_user=house.owner, reason="look at it")
    trade(house, house.alice, house.bob)
    assert settle(house) == 0
    with pytest.raises(PermissionDenied):
        actions.resume_campaign(campaign=campaign, acting_user=house.alice, reason="mine")
    actions.resume_campaign(campaign=campaign, acting_user=house.owner, reason="all right")
    assert settle(house) == 2
    actions.end_campaign(campaign=campaign, acting_user=house.owner, reason="enough")
    with pytest.raises(CampaignError):
        actions.resume_campaign(campaign=campaign, acting_user=house.owner, reason="again")
    assert (
        awards.give(campaign=campaign, gifts=[awards.Gift(access_account(house.bob), "other", 1)])
        == []
    )


def test_a_campaign_ends_by_itself_when_its_last_day_is_paid(house) -> None:
    campaign = active(house)
    settle(house, campaign.ends_at + DAY)
    assert Campaign.objects.get().state == State.ACTIVE
    settle(house, campaign.ends_at + 3 * DAY)
    assert Campaign.objects.get().state == State.ENDED


def test_a_sign_up_bonus_is_for_who_came_within_it(house) -> None:
    now = timezone.now()
    User.objects.filter(pk=house.bob.pk).update(email_verified_at=now - 5 * DAY)
    active(house, kind="sign_up", min_volume_units=0)
    assert settle(house) == 1
    assert Award.objects.get().account.user_id == house.alice.pk


def test_only_accounts_of_the_group_and_only_those_that_may_act(house) -> None:
    account = access_account(house.alice)
    active(house, kind="sign_up", min_volume_units=0, group=account.group)
    Account.objects.filter(user=house.bob).update(state=AccountState.SUSPENDED)
    assert settle(house) == 1
    Account.objects.filter(user=house.bob).update(state=AccountState.ACTIVE)
    assert settle(house) == 1
    nobodys = AccountGroup.objects.create(name="Nobody")
    active(house, kind="sign_up", min_volume_units=0, name="Others", group=nobodys)
    assert settle(house) == 0


def test_who_closed_his_first_account_gets_it_on_the_next_one(house) -> None:
    campaign = active(house, kind="sign_up", min_volume_units=0)
    second = accounts.open_account(user=house.alice, acting_user=house.alice, name="Savings")
    house.books.settle()
    Account.objects.filter(pk=access_account(house.alice).pk).update(
        state=AccountState.SUSPENDED, closed_at=timezone.now()
    )
    settle(house)
    assert campaign.awards.filter(account=second).count() == 1


def test_volume_with_oneself_or_who_brought_one_counts_for_nothing(house) -> None:
    carol = people.make_customer(house.tenant, "carol")
    house.books.settle()
    fund(access_account(carol), "USDT", "1000", house.finance, house.owner)
    house.books.settle()
    code = referrals.code_of(house.alice).code
    referrals.note_referral(user=carol, code=code, acting_user=carol)
    campaign = active(house, kind="referral", referrer_units=house.usdt.units_of("7"))
    trade(house, house.alice, carol)
    assert earning.volumes(campaign, timezone.now()).get(carol.pk, 0) == 0
    assert settle(house) == 0
    trade(house, house.bob, carol)
    before = balance(house, house.alice)
    assert settle(house) == 2
    assert balance(house, house.alice) == before + house.usdt.units_of("7")
    assert {award.referral.referred_id for award in Award.objects.all()} == {carol.pk}
    assert settle(house) == 0


def test_both_sides_of_a_referral_or_none(house) -> None:
    code = referrals.code_of(house.alice).code
    referrals.note_referral(user=house.bob, code=code, acting_user=house.bob)
    active(
        house, kind="referral", min_volume_units=0, referrer_units=house.usdt.units_of("5"),
        budget_units=house.usdt.units_of("10"),
    )  # fmt: skip
    Account.objects.filter(user=house.alice).update(state=AccountState.SUSPENDED)
    assert settle(house) == 0
    Account.objects.filter(user=house.alice).update(state=AccountState.ACTIVE)
    assert settle(house) == 2


@pytest.mark.parametrize(
    "email",
    ["alice@north.example", "ALICE+two@north.example"],
    ids=["the same user", "another mark of the mailbox"],
)
def test_nobody_brings_himself(house, email) -> None:
    code = referrals.code_of(house.alice).code
    user = house.alice
    if email.lower() != house.alice.email:
        user = people.make_customer(house.tenant, "second")
        User.objects.filter(pk=user.pk).update(email=email.lower())
    with pytest.raises(CampaignError) as refused:
        referrals.note_referral(user=user, code=code, acting_user=user)
    assert refused.value.code == "own_code" and not Referral.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(referred=house.alice, referrer=house.alice)


def test_mailboxes_are_known_by_what_lies_behind_their_addresses() -> None:
    same = referrals.mailbox_of("ann.lee+x@googlemail.com")
    assert same == referrals.mailbox_of("AnnLee@gmail.com")
    assert referrals.mailbox_of("a.b@x.example") != referrals.mailbox_of("ab@x.example")


def test_codes_that_do_not_hold(house) -> None:
    def refused(user, code):
        with pytest.raises(CampaignError) as error:
            referrals.note_referral(user=user, code=code, acting_user=user)
        return error.value.code

    alices, bobs = (referrals.code_of(user).code for user in (house.alice, house.bob))
    assert alices == referrals.code_of(house.alice).code != bobs
    assert refused(house.bob, "NOSUCH22") == "unknown_code"
    assert refused(house.bob, referrals.code_of(house.owner).code) == "unknown_code"  # staff
    first = referrals.note_referral(user=house.bob, code=alices.lower(), acting_user=house.bob)
    again = referrals.note_referral(user=house.bob, code=alices, acting_user=house.bob)
    assert first == again
    assert refused(house.alice, bobs) == "circular"
    carol = people.make_customer(house.tenant, "carol")
    assert refused(house.bob, referrals.code_of(carol).code) == "known"
    User.objects.filter(pk=carol.pk).update(email_verified_at=timezone.now() - 31 * DAY)
    assert refused(carol, alices) == "too_late"
    Account.objects.filter(user__in=[house.alice, carol]).update(trade_group=7)
    User.objects.filter(pk=carol.pk).update(email_verified_at=timezone.now())
    assert refused(carol, alices) == "own_code"


def test_a_part_of_a_sealed_days_fees_comes_back(house) -> None:
    trade(house, house.alice, house.bob, quantity="0.3")
    row = Trade.objects.get()
    campaign = active(house, kind="discount", percent=40, starts_at=timezone.now() - 2 * DAY)
    assert settle(house) == 0  # the day is not over
    day = row.time.astimezone(UTC).date()
    LedgerDay.objects.create(
        day=day, last_entry_id=1, entries=1, postings=1, previous_hash="", day_hash="", marks=[]
    )
    # Alice sold: she paid in USDT; Bob paid in BTC, which this campaign is not about.
    fee = row.maker_fee_units
    assert fee > 0 and earning.fees_of(campaign, day) == {row.maker_account_id: fee}
    before = balance(house, house.alice)
    assert settle(house) == 1 and settle(house) == 0
    assert balance(house, house.alice) == before + fee * 40 // 100
    entry = JournalEntry.objects.get(kind=EntryKind.FEE_DISCOUNT)
    assert entry.reference_id == Award.objects.get().pk


def test_fees_outside_the_campaign_are_not_given_back(house) -> None:
    trade(house, house.alice, house.bob)
    moment = Trade.objects.get().time
    day = moment.astimezone(UTC).date()
    before = declared(house, kind="discount", percent=40, starts_at=moment - DAY, ends_at=moment)
    after = declared(
        house, kind="discount", percent=40, starts_at=moment + timedelta(microseconds=1),
        ends_at=moment + DAY,
    )  # fmt: skip
    assert earning.fees_of(before, day) == earning.fees_of(after, day) == {}
    start = datetime.combine(day, time(), UTC)
    assert earning.first_trade_from(start) <= Trade.objects.get().pk
    assert earning.first_trade_from(moment + DAY) > Trade.objects.get().pk


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "}, {"budget_units": 0}, {"budget_units": 10**8}, {"amount_units": 0},
        {"amount_units": -1}, {"min_volume_units": 0}, {"kind": "discount", "percent": 0},
        {"kind": "discount", "percent": 101}, {"ends_at": timezone.now() - 2 * DAY},
        {"kind": "referral", "referrer_units": 10**40},
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(house, changes) -> None:
    with pytest.raises(CampaignError):
        declared(house, **changes)
    assert not Campaign.objects.exists()


def test_others_declare_nothing(house, charlie, staff_of, other_tenant) -> None:
    theirs = staff_of("owner", other_tenant)
    for someone in (house.alice, charlie, staff_of("support"), staff_of("auditor"), theirs, None):
        with pytest.raises(PermissionDenied):
            declared(house, acting_user=someone)
    assert not Campaign.objects.exists()


@pytest.mark.slow
def test_many_who_give_at_once_stay_within_the_budget(world: World) -> None:
    given: list[int] = []
    errors: list[Exception] = []

    def give(number: int) -> None:
        try:
            with schema_context("aurora"):
                campaign = Campaign.objects.get()
                account = Account.objects.filter(user__email="alice@aurora.example").first()
                for n in range(6):
                    # Half of the keys are everybody's: each of those is given once.
                    key = f"shared:{n}" if n % 2 else f"own:{number}:{n}"
                    gift = awards.Gift(account, key, 100)
                    given.append(len(awards.give(campaign=campaign, gifts=[gift])))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    with world.connected():
        with schema_context("aurora"):
            staff = {role: User.objects.filter(role=role).first() for role in ("owner", "finance")}
            now = timezone.now()
            row = actions.set_campaign(
                campaign=None, kind="sign_up", name="Race", asset=Asset.objects.get(code="USDT"),
                amount_units=100, budget_units=1_250, starts_at=now, ends_at=now + DAY,
                acting_user=staff["owner"],
            )  # fmt: skip
            actions.ask_for_activation(campaign=row, acting_user=staff["owner"])
            actions.activate_campaign(campaign=row, acting_user=staff["finance"])
        threads = [threading.Thread(target=give, args=(n,)) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        with schema_context("aurora"):
            made = list(Award.objects.values_list("key", flat=True))
            assert awards.spent_units(Campaign.objects.get()) == 1_200
    assert not errors
    assert len(made) == len(set(made)) == sum(given) == 12
