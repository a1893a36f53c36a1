"""Levels of firms, rights of roles within them, and reviews of access."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import AuditRecord
from backoffice import right_words
from firms import REASON, opened
from identity import actions, levels, roles
from identity.errors import IdentityError
from identity.models import AccessReview, ReviewedAccess, RoleChange, User
from tenants import actions as tenants
from tenants.errors import TenantError
from tenants.models import PermissionLevel

RIGHTS = "/backoffice/staff/rights/"
REVIEWS = "/backoffice/staff/reviews/"


def support_with(*more: str) -> frozenset[str]:
    return roles.TENANT_CAPABILITIES["support"] | set(more)


def test_every_right_is_told_in_words() -> None:
    assert set(right_words.WORDS) == roles.ALL_CAPABILITIES
    titles = [title for title, _names in right_words.grouped(roles.ALL_CAPABILITIES)]
    assert "More" not in titles and {"Payments", "Platform"} <= set(titles)


@pytest.fixture
def owner(tenant, staff_of) -> User:
    return staff_of("owner")


def test_a_role_gets_and_loses_rights_at_once(owner, staff_of, client_for) -> None:
    support = staff_of("support")
    browser = client_for(support)
    assert browser.get("/backoffice/fees/").status_code == 403
    actions.set_role(
        role="support",
        capabilities=support_with("fees.view") - {"orders.cancel"},
        acting_user=owner,
        reason=REASON,
    )
    assert browser.get("/backoffice/fees/").status_code == 200
    assert "orders.cancel" not in support.capabilities
    record = AuditRecord.objects.filter(action="identity.set_role").latest("pk")
    assert record.new == {"given": ["fees.view"]} and record.old == {"taken": ["orders.cancel"]}
    actions.set_role(role="support", capabilities=support_with(), acting_user=owner, reason=REASON)
    assert not RoleChange.objects.exists()
    assert browser.get("/backoffice/fees/").status_code == 403


def test_the_page_changes_a_role_and_shows_what_differs(owner, client_for, send) -> None:
    browser = client_for(owner)
    page = browser.get(f"{RIGHTS}support/").content.decode()
    assert "Cancel customers&#x27; orders" in page
    address = f"{RIGHTS}support/"
    ticked: dict[str, list[str]] = {}
    for field, name in re.findall(r'name="(may_\d)" value="([^"]+)"[^>]* checked', page):
        ticked.setdefault(field, []).append(name)
    assert {name for names in ticked.values() for name in names} == (
        support_with() - roles.KEPT_BY_ALL
    )
    ticked["may_0"].remove("orders.cancel")
    answer = send(browser, address, reason=REASON, **ticked)
    assert answer.status_code == 302, answer.content.decode()
    assert roles.capabilities_of_role(owner, "support") == support_with() - {"orders.cancel"}
    page = browser.get(RIGHTS).content.decode()
    assert page.count("changed by your firm") == 2  # the mark, and what it means


def test_two_owners_at_one_role_get_a_difference(owner, staff_of, client_for) -> None:
    address = f"{RIGHTS}support/"
    browser = client_for(staff_of("owner"))
    seen = opened(browser, address)["seen"]
    actions.set_role(
        role="support", capabilities=support_with("fees.view"), acting_user=owner, reason=REASON
    )
    before = marks_of_rights()
    token = opened(browser, address)["token"]
    answer = browser.post(
        address, {"token": token, "seen": seen, "reason": REASON, "may_0": ["customers.view"]}
    )
    assert answer.status_code == 409 and marks_of_rights() == before


def marks_of_rights() -> tuple[int, list]:
    return AuditRecord.objects.count(), list(RoleChange.objects.values_list("role", "capability"))


def test_what_cannot_be_changed_so(owner, staff_of, alice) -> None:
    admin = staff_of("admin")
    second = staff_of("owner")
    wanted = support_with()
    before = marks_of_rights()
    for role, user, capabilities, error in (
        ("owner", owner, wanted, IdentityError),
        ("nobody", owner, wanted, IdentityError),
        ("support", owner, wanted | {"no.such"}, IdentityError),
        ("support", owner, wanted | {"tenants.manage"}, IdentityError),
        ("support", admin, wanted, PermissionDenied),
        ("support", alice, wanted, PermissionDenied),
    ):
        with pytest.raises(error):
            actions.set_role(role=role, capabilities=capabilities, acting_user=user, reason=REASON)
    with pytest.raises(IdentityError):
        actions.set_role(role="support", capabilities=set(), acting_user=second, reason="x")
    assert marks_of_rights() == before
    # Nobody gives the role that he has to himself, though it may manage staff.
    actions.set_role(
        role="admin",
        capabilities=roles.TENANT_CAPABILITIES["admin"] | {"staff.manage"},
        acting_user=owner,
        reason=REASON,
    )
    with pytest.raises(IdentityError):
        actions.set_role(
            role="admin", capabilities=roles.GRANTABLE, acting_user=admin, reason=REASON
        )


def test_the_platform_withholds_and_the_firm_gives_within_it(
    tenant, other_tenant, owner, staff_of, platform_tenant, client_for
) -> None:
    operator = staff_of("owner", platform_tenant)
    browser = client_for(owner)
    assert browser.get("/backoffice/fees/new/").status_code == 200
    tenants.set_permission_level(
        tenant=tenant, withheld=["fees.change"], acting_user=operator, reason=REASON
    )
    assert browser.get("/backoffice/fees/new/").status_code == 403
    assert "fees.change" not in owner.capabilities
    assert "fees.change" in staff_of("owner", other_tenant).capabilities
    with pytest.raises(IdentityError):
        actions.set_role(
            role="support", capabilities=support_with("fees.change"), acting_user=owner,
            reason=REASON,
        )  # fmt: skip
    assert "withheld by the platform" in browser.get(RIGHTS).content.decode()
    assert "fees.change" not in browser.get(f"{RIGHTS}admin/").content.decode()
    tenants.set_permission_level(tenant=tenant, withheld=[], acting_user=operator, reason=REASON)
    assert browser.get("/backoffice/fees/new/").status_code == 200


def test_the_level_is_the_operators_and_leaves_owners_in(
    tenant, owner, staff_of, platform_tenant, client_for, send
) -> None:
    manager = staff_of("admin", platform_tenant)
    for user, withheld, error in (
        (owner, ["fees.change"], PermissionDenied),
        (staff_of("support", platform_tenant), ["fees.change"], PermissionDenied),
        (manager, ["staff.manage"], TenantError),
        (manager, ["backoffice.enter"], TenantError),
        (manager, ["tenants.manage"], TenantError),
    ):
        with pytest.raises(error):
            tenants.set_permission_level(
                tenant=tenant, withheld=withheld, acting_user=user, reason=REASON
            )
    assert not PermissionLevel.objects.exists()
    address = f"/operator/tenants/{tenant.pk}/level/"
    browser = client_for(manager)
    page = browser.get(address).content.decode()
    assert page.count('type="checkbox"') == len(roles.GRANTABLE - roles.KEPT_BY_OWNERS)
    assert send(browser, address, reason=REASON, may_0=["customers.view"]).status_code == 302
    assert "orders.view" in PermissionLevel.objects.get().withheld
    assert "customers.view" not in PermissionLevel.objects.get().withheld
    levels.forget()
    assert owner.capabilities == roles.KEPT_BY_OWNERS | {"customers.view"}


@pytest.fixture
def review(owner, staff_of) -> AccessReview:
    staff_of("support"), staff_of("finance")
    return actions.open_review(acting_user=owner)


def test_a_review_has_a_line_for_everybody_and_ends_with_the_last(
    owner, review, staff_of, client_for, send
) -> None:
    browser = client_for(owner)
    second = client_for(staff_of("owner"))
    support = review.people.get(user__role="support")
    address = f"{REVIEWS}{review.pk}/"
    page = browser.get(address).content.decode()
    assert support.user.email in page and "you: somebody else decides" in page
    revoke = f"{address}{support.pk}/?decision=revoke"
    before = marks_of_reviews(review)
    assert send(browser, revoke).status_code == 422  # without a reason
    assert marks_of_reviews(review) == before
    assert send(browser, revoke, reason=REASON).status_code == 302
    support.user.refresh_from_db()
    assert not support.user.is_active
    for line in review.people.exclude(pk=support.pk):
        browser_of = second if line.user_id == owner.pk else browser
        assert send(browser_of, f"{address}{line.pk}/").status_code == 302
    review.refresh_from_db()
    assert review.closed_at is not None
    actions.open_review(acting_user=owner)  # and another may begin


def marks_of_reviews(review: AccessReview) -> tuple:
    return (
        list(review.people.order_by("pk").values_list("decision", flat=True)),
        list(User.objects.order_by("pk").values_list("is_active", "role")),
        AuditRecord.objects.count(),
    )


def test_who_may_not_decides_nothing(
    owner, review, staff_of, client_for, send, alice, other_tenant
) -> None:
    line = review.people.get(user__role="support")
    own = review.people.get(user=owner)
    address = f"{REVIEWS}{review.pk}/{line.pk}/?decision=revoke"
    admin, auditor = client_for(staff_of("admin")), client_for(staff_of("auditor"))
    stranger = client_for(staff_of("owner", other_tenant), tenant=owner_tenant(owner))
    before = marks_of_reviews(review)
    for browser, status in (
        (admin, 403),
        (auditor, 403),
        (client_for(alice), 302),
        (stranger, 302),
    ):
        assert send(browser, address, reason=REASON).status_code == status
    mine = f"{REVIEWS}{review.pk}/{own.pk}/"
    assert send(client_for(owner), mine, reason=REASON).status_code == 422
    assert marks_of_reviews(review) == before
    at_home = client_for(staff_of("owner", other_tenant))
    assert at_home.get(f"{REVIEWS}{review.pk}/").status_code == 404


def owner_tenant(owner: User):
    from tenants.selectors import tenant_by_schema

    return tenant_by_schema(owner.home_schema)


def test_it_is_decided_once_and_one_review_is_open_at_a_time(owner, review, staff_of) -> None:
    line = review.people.get(user__role="finance")
    actions.decide_access(line=line, keeps=True, acting_user=owner)
    with pytest.raises(IdentityError):
        actions.decide_access(line=line, keeps=False, acting_user=owner, reason=REASON)
    with pytest.raises(IdentityError):
        actions.open_review(acting_user=owner)
    line.refresh_from_db()
    assert line.decision == ReviewedAccess.Decision.KEPT and line.user.is_active


def test_the_start_page_asks_for_a_review_in_time(engine, books, owner, review, client_for) -> None:
    browser = client_for(owner)
    assert "not looked at yet" in browser.get("/backoffice/").content.decode()
    review.people.update(decision="kept")
    AccessReview.objects.update(closed_at=timezone.now())
    assert "ccess" not in tasks_of(browser)
    AccessReview.objects.update(closed_at=timezone.now() - timedelta(days=100))
    assert "Nobody has reviewed access for 100 days" in tasks_of(browser)


def tasks_of(browser) -> str:
    page = browser.get("/backoffice/").content.decode()
    return page[page.index('id="needs"') : page.index('class="bo-grid bo-figures"')]
