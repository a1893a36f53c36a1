"""Tiers: what a new firm has, what a customer may do, who may change it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from identity.models import User
from kyc import actions, selectors
from kyc.actions import rights
from kyc.errors import KycError
from kyc.models import FormVersion, KycProfile, Tier
from tenants.models import Tenant


def rules_of(tier: Tier, **changes: object) -> actions.TierRules:
    fields = {name: getattr(tier, name) for name in actions.TierRules.__dataclass_fields__}
    fields["products"] = tuple(tier.products)
    return actions.TierRules(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_new_firm_has_the_tiers_and_forms_of_its_template(tenant: Tenant) -> None:
    assert [tier.number for tier in selectors.tiers()] == [0, 1, 2]
    basic = Tier.objects.get(number=1)
    assert basic.name() == "Basic" and basic.name("zh-hans") == "基础"
    assert basic.asset.code == "USDT"
    assert int(basic.withdraw_day_units) == basic.asset.units_of("1000")
    for form in FormVersion.objects.all():
        assert selectors.definition_of(form).documents or form.code == "person-basic"


def test_everybody_begins_in_tier_0(tenant: Tenant, alice: User) -> None:
    allowed = selectors.allowance(alice)
    assert (allowed.tier_number, allowed.may_deposit) == (0, False)
    assert allowed.withdraw_day_units == 0 and allowed.may_trade("spot")
    assert not KycProfile.objects.filter(user=alice).exists()


def test_a_higher_tier_allows_what_it_says_until_it_runs_out(tenant: Tenant, alice: User) -> None:
    profile = rights.ensure_profile(alice)
    profile.tier = Tier.objects.get(number=2)
    profile.expires_at = timezone.now() + timedelta(days=1)
    profile.save()
    allowed = selectors.allowance(alice, "zh-hans")
    assert allowed.tier_name == "已认证" and allowed.may_deposit
    assert allowed.asset is not None
    assert allowed.withdraw_month_units == allowed.asset.units_of("500000")
    later = selectors.allowance(alice, now=timezone.now() + timedelta(days=2))
    assert later.reason == "expired" and not later.may_deposit
    assert later.withdraw_day_units == 0 and later.may_trade("spot")


def test_a_change_of_a_tier_is_written_down_and_holds_at_once(
    tenant: Tenant, alice: User, staff_of: Callable[..., User]
) -> None:
    compliance = staff_of("compliance")
    tier = Tier.objects.get(number=0)
    actions.set_tier(
        number=0,
        rules=rules_of(tier, may_deposit=True, withdraw_day_units=None, withdraw_month_units=None),
        acting_user=compliance,
        reason="Open to all",
    )
    allowed = selectors.allowance(alice)
    assert allowed.may_deposit and allowed.withdraw_day_units is None
    record = AuditRecord.objects.filter(action="kyc.set_tier").latest("id")
    assert record.old == {"may_deposit": False, "withdraw_day": "0", "withdraw_month": "0"}
    assert record.new["withdraw_day"] is None and record.actor_id == compliance.pk


@pytest.mark.parametrize(
    ("number", "changes", "words"),
    [
        (1, {"withdraw_day_units": 10, "withdraw_month_units": 9}, "not higher"),
        (1, {"withdraw_day_units": -1}, "not negative"),
        (1, {"products": ("futures",)}, "Nothing is known"),
        (1, {"names": {"zh-hans": "基础"}}, "English"),
        (1, {"person_form": "company-full"}, "not for this kind"),
        (1, {"person_form": "", "company_form": ""}, "which form"),
        (0, {"person_form": "person-basic"}, "asks for nothing"),
        (4, {}, "without a gap"),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    tenant: Tenant, number: int, changes: dict[str, object], words: str
) -> None:
    base = Tier.objects.filter(number=number).first() or Tier.objects.get(number=1)
    before = list(Tier.objects.values_list("number", "changed_at"))
    with pytest.raises(KycError, match=words):
        actions.set_tier(
            number=number, rules=rules_of(base, **changes), acting_user=None, reason="Because"
        )
    assert list(Tier.objects.values_list("number", "changed_at")) == before


def test_only_who_may_configure_changes_tiers(
    tenant: Tenant, alice: User, other_tenant: Tenant, staff_of: Callable[..., User]
) -> None:
    tier = Tier.objects.get(number=1)
    with tenant_context(other_tenant):
        stranger = staff_of("compliance", other_tenant)
    for person in (alice, staff_of("support"), staff_of("finance"), stranger):
        with pytest.raises(PermissionDenied):
            actions.set_tier(
                number=1, rules=rules_of(tier, may_deposit=False), acting_user=person, reason="Mine"
            )
        with pytest.raises(PermissionDenied):
            actions.set_form(code="person-basic", data={}, acting_user=person)
    assert Tier.objects.get(number=1).may_deposit
    assert FormVersion.objects.filter(code="person-basic").count() == 1


def test_forms_have_versions(tenant: Tenant) -> None:
    first = FormVersion.objects.get(code="person-basic")
    same = actions.set_form(code="person-basic", data=first.definition, acting_user=None)
    assert same.pk == first.pk
    shorter = {**first.definition, "sections": first.definition["sections"][:1]}
    second = actions.set_form(code="person-basic", data=shorter, acting_user=None)
    assert second.version == 2 and selectors.latest_form("person-basic") == second
    with pytest.raises(KycError, match="persons, or for companies"):
        actions.set_form(
            code="person-basic",
            data=FormVersion.objects.get(code="company-full").definition,
            acting_user=None,
        )
