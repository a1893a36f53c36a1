"""Writes of tiers and forms."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from kyc import definition
from kyc.actions.guards import reason_of, require_configuring
from kyc.errors import KycError
from kyc.models import FormVersion, SubjectKind, Tier
from trading.commands.actors import label_of
from trading.instruments.models import Asset

PRODUCTS = ("spot",)
MOST_TIER = 9


@dataclass(frozen=True, kw_only=True)
class TierRules:
    """What a tier asks for and allows. Limits in units of the asset; None: no limit."""

    names: dict[str, str]
    products: tuple[str, ...]
    may_deposit: bool
    asset: Asset
    withdraw_day_units: int | None
    withdraw_month_units: int | None
    person_form: str = ""
    company_form: str = ""
    valid_months: int = 0


def set_form(*, code: str, data: Any, acting_user: Any, reason: str = "") -> FormVersion:
    """Save a new version of a form; open cases keep the one they were begun with.

    Saving what is in force already changes nothing. Raises KycError naming what is wrong.
    """
    require_configuring(acting_user, "kyc.configure")
    definition.read(data)
    with transaction.atomic():
        last = (
            FormVersion.objects.select_for_update().filter(code=code).order_by("-version").first()
        )
        if last is not None and last.definition == data:
            return last
        if last is not None and last.definition.get("for") != data.get("for"):
            raise KycError(_("A form stays for persons, or for companies: make another one."))
        form = FormVersion(
            code=code,
            version=last.version + 1 if last else 1,
            definition=data,
            created_by=label_of(acting_user),
            reason=reason,
        )
        form.full_clean(exclude=["definition", "created_by"])
        form.save(force_insert=True)
        audit.record(
            "kyc.set_form",
            form,
            new={"form": code, "version": form.version},
            acting_user=acting_user,
            reason=reason,
        )
    return form


def set_tier(*, number: int, rules: TierRules, acting_user: Any, reason: str) -> Tier:
    """Create a tier or change its rules, for everybody who has it, at once.

    Accounts follow by :func:`kyc.tasks.keep_rights` within a minute. Raises KycError.
    """
    require_configuring(acting_user, "kyc.configure")
    reason = reason_of(reason)
    _check_rules(number, rules)
    with transaction.atomic():
        tier = Tier.objects.select_for_update().filter(number=number).first()
        if tier is None and number and not Tier.objects.filter(number=number - 1).exists():
            raise KycError(_("Tiers have numbers without a gap."))
        old = None if tier is None else _values(tier)
        tier = tier or Tier(number=number)
        for name in rules.__dataclass_fields__:
            setattr(tier, name, getattr(rules, name))
        tier.products = list(rules.products)
        new = _values(tier)
        if old == new:
            return tier
        tier.save()
        audit.record(
            "kyc.set_tier",
            tier,
            old=old and {name: value for name, value in old.items() if value != new[name]},
            new={name: value for name, value in new.items() if not old or value != old[name]},
            acting_user=acting_user,
            reason=reason,
        )
    return tier


def _check_rules(number: int, rules: TierRules) -> None:
    if not 0 <= number <= MOST_TIER:
        raise KycError(_("Tiers have numbers from 0 to %(most)s.") % {"most": MOST_TIER})
    if not rules.names.get("en", "").strip():
        raise KycError(_("Give the tier a name in English."), field="name_en")
    unknown = set(rules.products) - set(PRODUCTS)
    if unknown:
        raise KycError(
            _("Nothing is known of the product %(product)s.") % {"product": sorted(unknown)[0]},
            field="products",
        )
    day, month = rules.withdraw_day_units, rules.withdraw_month_units
    if (day is not None and day < 0) or (month is not None and month < 0):
        raise KycError(_("A limit is not negative."))
    if day is not None and month is not None and day > month:
        raise KycError(_("A day's limit is not higher than a month's."), field="withdraw_day")
    if number == 0 and (rules.person_form or rules.company_form):
        raise KycError(_("Tier 0 is where everybody begins: it asks for nothing."))
    if number and not (rules.person_form or rules.company_form):
        raise KycError(_("Say which form this tier asks for."), field="person_form")
    for kind, code in (
        (SubjectKind.PERSON, rules.person_form),
        (SubjectKind.COMPANY, rules.company_form),
    ):
        if not code:
            continue
        form = FormVersion.objects.filter(code=code).order_by("-version").first()
        if form is None:
            raise KycError(_("There is no form %(code)s.") % {"code": code}, field=f"{kind}_form")
        if form.definition.get("for", "person") != kind:
            raise KycError(
                _("The form %(code)s is not for this kind.") % {"code": code}, field=f"{kind}_form"
            )


def _values(tier: Tier) -> dict[str, Any]:
    return {
        "names": tier.names,
        "person_form": tier.person_form,
        "company_form": tier.company_form,
        "products": list(tier.products),
        "may_deposit": tier.may_deposit,
        "asset": tier.asset.code,
        "withdraw_day": _limit(tier, tier.withdraw_day_units),
        "withdraw_month": _limit(tier, tier.withdraw_month_units),
        "valid_months": tier.valid_months,
    }


def _limit(tier: Tier, units: int | None) -> str | None:
    return None if units is None else tier.asset.text(int(units))
