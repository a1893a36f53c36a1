"""Reads of fee tiers; an account's volume is the engine's, and asked of it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from trading.accounts.models import Account, AccountGroup
from trading.commands import door
from trading.engine import events, queries
from trading.engine.results import Result
from trading.fees.models import Ladder, LadderVersion, Tier, TierChange, Valuation
from trading.instruments.models import Asset


@dataclass(frozen=True)
class Standing:
    """An account's volume, in units of the asset, and its tier, as of a seq of the engine."""

    row: events.FeeTierRow
    seq: int

    @property
    def left_units(self) -> int:
        """What is missing to the next tier in the 30 days before today; 0: there is none."""
        return max(0, self.row.next_from_units - self.row.volume_units)


def valuation() -> Valuation | None:
    """What volume is counted in, if it is."""
    return Valuation.objects.select_related("asset").first()


def valuation_asset() -> Asset | None:
    """The asset of it."""
    row = valuation()
    return row.asset if row else None


def ladders() -> QuerySet[Ladder]:
    """Every ladder with its tiers, that of all groups last."""
    return Ladder.objects.select_related("group").prefetch_related("tiers")


def tiers_of(group_id: int | None) -> list[Tier]:
    """The tiers that hold for a group: its own ones, or those of all."""
    found = {ladder.group_id: ladder for ladder in ladders().filter(group_id=group_id)}
    if group_id not in found:
        found |= {ladder.group_id: ladder for ladder in ladders().filter(group_id=None)}
    ladder = found.get(group_id) or found.get(None)
    return list(ladder.tiers.all()) if ladder else []


def groups_under(group: AccountGroup | None) -> list[AccountGroup]:
    """The groups that a ladder holds for: its own, or (None) all without one of their own."""
    if group is not None:
        return [group]
    own = Ladder.objects.exclude(group=None).values("group_id")
    return list(AccountGroup.objects.exclude(pk__in=own))


def versions() -> QuerySet[LadderVersion]:
    """History of all ladders and of the valuation, newest first."""
    return LadderVersion.objects.select_related("group", "command")


def tier_changes(account: Account) -> QuerySet[TierChange]:
    """The tiers an account came into, newest first."""
    return account.tier_changes.order_by("-seq", "-event_index")


def standing_of(account: Account) -> Standing | None:
    """An account's volume and tier now; None while the engine has no such account.

    Raises EngineUnavailable, EngineUnknown.
    """
    answer = door.send_command(queries.QueryFeeTier(account_id=account.pk))
    if answer.result != Result.ACCEPTED:
        return None
    row = answer.events[0]
    assert isinstance(row, events.FeeTierRow)
    return Standing(row, answer.seq)
