"""Every write of fee tiers: rows, version, audit and the engine's command in one transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from audit import actions as audit
from money.units import MAX_UNITS, MoneyError, format_units, parse_units
from trading.accounts.models import AccountGroup
from trading.commands.actions import enqueue_command
from trading.commands.actors import label_of, require
from trading.engine import commands
from trading.engine.limits import MOST_FEE_TIERS
from trading.fees import rates, selectors
from trading.fees.errors import FeeError
from trading.fees.models import Ladder, LadderVersion, Tier, Valuation
from trading.instruments.models import Asset

CAPABILITY = "fees.change"


class Step(NamedTuple):
    """One tier as asked for: the volume (decimal text) from which on, and parts per million."""

    from_volume: str
    maker_ppm: int
    taker_ppm: int


def set_valuation(*, asset: Asset | None, acting_user: Any, reason: str = "") -> None:
    """Have the engine count every account's volume in an asset; None: no more.

    What was counted in another one is forgotten, so there must be no ladder. Raises FeeError.
    """
    require(acting_user, CAPABILITY)
    with transaction.atomic():
        row = Valuation.objects.select_for_update().select_related("asset").first()
        old = row.asset if row else None
        if old == asset:
            return
        if Ladder.objects.exists():
            raise FeeError(
                "Remove all tiers first: their volumes are amounts of the present currency.",
                "asset",
            )
        if asset is None:
            Valuation.objects.all().delete()
        else:
            Valuation.objects.update_or_create(only=True, defaults={"asset": asset})
        command = commands.SetValuation(asset_id=asset.pk if asset else 0)
        before, after = ({"asset": one.code} if one else {} for one in (old, asset))
        _write_version(command, before, after, acting_user, reason, is_valuation=True)


def set_ladder(
    *,
    steps: Sequence[Step],
    acting_user: Any,
    group: AccountGroup | None = None,
    reason: str = "",
) -> None:
    """Declare the tiers of a group (None: of all without their own), from the lowest on; none
    removes them. In force for every trade once the engine has it. Raises FeeError.
    """
    require(acting_user, CAPABILITY)
    with transaction.atomic():
        valuation = Valuation.objects.select_for_update().select_related("asset").first()
        if valuation is None:
            raise FeeError("Choose the currency that volume is counted in first.")
        tiers = checked(steps, valuation.asset, group)
        ladder = Ladder.objects.select_for_update().filter(group=group).first()
        old = values_of(ladder, valuation.asset) if ladder else {}
        new = _values(tiers, valuation.asset)
        if old == new:
            return
        if not tiers:
            assert ladder is not None
            ladder.delete()
        else:
            ladder = ladder or Ladder(group=group)
            ladder.save()
            ladder.tiers.all().delete()
            for tier in tiers:
                tier.ladder = ladder
            Tier.objects.bulk_create(tiers)
        command = commands.SetFeeTiers(
            group_id=group.pk if group else 0,
            **{
                f"{name}_{tier.number}": int(getattr(tier, name))
                for tier in tiers
                for name in ("from_units", "maker_ppm", "taker_ppm")
            },
        )
        _write_version(command, old, new, acting_user, reason, group=group)


def checked(steps: Sequence[Step], asset: Asset, group: AccountGroup | None) -> list[Tier]:
    """The steps as tiers without a ladder; raises FeeError for what makes no sense."""
    if len(steps) > MOST_FEE_TIERS:
        raise FeeError(f"At most {MOST_FEE_TIERS} tiers.")
    found: list[Tier] = []
    for number, step in enumerate(steps, 1):
        try:
            from_units = parse_units(step.from_volume, asset.scale)
        except MoneyError as error:
            raise FeeError(f"Tier {number}: {error}", f"volume_{number}") from error
        _check_step(number, from_units, step, found[-1] if found else None)
        found.append(
            Tier(
                number=number,
                from_units=from_units,
                maker_ppm=step.maker_ppm,
                taker_ppm=step.taker_ppm,
            )
        )
    if found:
        _check_it_matters(found[0], group)
    return found


def _check_step(number: int, from_units: int, step: Step, before: Tier | None) -> None:
    if not 0 < from_units <= MAX_UNITS:
        raise FeeError(f"Tier {number}: the volume must be above zero.", f"volume_{number}")
    for name in ("maker_ppm", "taker_ppm"):
        if not 0 <= getattr(step, name) <= rates.PPM:
            raise FeeError(f"Tier {number}: a fee is 0 to 100 %.", f"{name}_{number}")
    if before is None:
        return
    if from_units <= before.from_units:
        raise FeeError(
            f"Tier {number} must begin at a higher volume than tier {number - 1}.",
            f"volume_{number}",
        )
    for name, what in (("maker_ppm", "maker"), ("taker_ppm", "taker")):
        if getattr(step, name) > getattr(before, name):
            raise FeeError(
                f"Tier {number}: the {what} fee must not be above that of tier {number - 1}.",
                f"{name}_{number}",
            )
    if (step.maker_ppm, step.taker_ppm) == (before.maker_ppm, before.taker_ppm):
        raise FeeError(
            f"Tier {number} has the fees of tier {number - 1}: leave it out or lower one.",
            f"taker_ppm_{number}",
        )


def _check_it_matters(first: Tier, group: AccountGroup | None) -> None:
    """Nobody pays more than his fee schedule says: a first tier above all of them is a slip."""
    lines = [
        line for known in selectors.groups_under(group) for line in rates.lines_of_group(known.pk)
    ]
    if lines and all(
        first.maker_ppm >= line.maker_ppm and first.taker_ppm >= line.taker_ppm for line in lines
    ):
        raise FeeError(
            "Tier 1 is not below what everybody pays without it, so it would change nothing.",
            "maker_ppm_1",
        )


def values_of(ladder: Ladder, asset: Asset) -> dict[str, str]:
    """A ladder in words, by tier, for versions and audit."""
    return _values(list(ladder.tiers.all()), asset)


def _values(tiers: Sequence[Tier], asset: Asset) -> dict[str, str]:
    return {
        f"tier_{tier.number}": (
            f"{format_units(int(tier.from_units), asset.scale)} {asset.code}: "
            f"{format_units(tier.maker_ppm, 4)} % / {format_units(tier.taker_ppm, 4)} %"
        )
        for tier in tiers
    }


def _write_version(
    command: Any,
    old: dict[str, str],
    new: dict[str, str],
    acting_user: Any,
    reason: str,
    **scope: Any,
) -> None:
    queued = enqueue_command(command, acting_user=acting_user)
    row = LadderVersion.objects.create(
        **scope,
        version=LadderVersion.objects.filter(
            **{"is_valuation": False, "group": None, **scope}
        ).count()
        + 1,
        old=old,
        new=new,
        changed_by=label_of(acting_user),
        reason=reason,
        command=queued,
    )
    action = "fees.set_valuation" if row.is_valuation else "fees.set_tiers"
    audit.record(action, row, old=old or None, new=new, acting_user=acting_user, reason=reason)
