"""Staff: roles, invitations, the last owner."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django_tenants.utils import schema_context, tenant_context

import people
from identity import actions, roles, selectors
from identity.errors import IdentityError
from identity.models import User
from messaging.models import OutboxMail
from tenants.models import Tenant
from visits import link_in, visit

Staff = Callable[..., User]


def test_a_customer_can_do_nothing_in_the_backoffice(alice: User) -> None:
    assert not alice.capabilities
    for capability in roles.ALL_CAPABILITIES:
        assert not alice.can(capability)
        with pytest.raises(PermissionDenied):
            roles.require(alice, capability)


def test_no_role_but_the_owner_manages_staff(staff_of: Staff) -> None:
    for role, _ in roles.CHOICES:
        assert staff_of(role).can("staff.manage") is (role == "owner")


def test_an_auditor_changes_nothing() -> None:
    changing = {"change", "manage", "edit", "cancel", "request", "approve"}
    for table in (roles.TENANT_CAPABILITIES, roles.OPERATOR_CAPABILITIES):
        assert not {c for c in table["auditor"] if c.partition(".")[2] in changing}


def test_a_closed_login_loses_its_rights(staff_of: Staff) -> None:
    admin = staff_of("admin")
    admin.is_active = False
    assert not admin.capabilities


def test_rights_do_not_travel(
    staff_of: Staff, tenant: Tenant, other_tenant: Tenant, platform_tenant: Tenant
) -> None:
    """A tenant's owner is no operator while the connection is public, nor the reverse."""
    owner, operator = staff_of("owner"), staff_of("owner", platform_tenant)
    connection.set_schema_to_public()
    assert not owner.can("tenants.manage")
    with tenant_context(tenant):
        assert not operator.can("customers.view")
        assert operator.can("tenants.manage")


def test_an_unknown_capability_is_an_error(staff_of: Staff) -> None:
    with pytest.raises(ValueError, match="unknown capability"):
        staff_of("owner").can("everything")


def test_model_permissions_come_from_what_rooms_registered(staff_of: Staff) -> None:
    roles.register_model("identity.signinattempt", view="customers.view")
    support = staff_of("support")
    assert support.has_perm("identity.view_signinattempt")
    assert not support.has_perm("identity.change_signinattempt")
    assert not support.has_perm("identity.view_totpdevice")
    assert not support.is_superuser


def test_an_owner_invites(tenant: Tenant, staff_of: Staff) -> None:
    user = actions.invite_staff(
        email="Erin@north.example", role="finance", acting_user=staff_of("owner")
    )
    assert not user.has_usable_password()
    mail = OutboxMail.objects.get(to="erin@north.example", template="staff_invitation")
    assert "Finance" in mail.text
    link = link_in(mail)
    assert link.startswith(f"http://north.localhost:{settings.PUBLIC_PORT}/backoffice/invitation/")
    token = link.rstrip("/").rpartition("/")[2]
    actions.accept_invitation(token=token, password=people.PASSWORD)
    with pytest.raises(IdentityError):
        actions.accept_invitation(token=token, password="other-Password-1")
    request = visit()
    answer = actions.sign_in(request=request, email=user.email, password=people.PASSWORD)
    assert answer.state == "signed_in"
    user.refresh_from_db()
    assert user.role == "finance" and selectors.must_enrol(user)


def test_nobody_else_invites(tenant: Tenant, alice: User, charlie: User, staff_of: Staff) -> None:
    for someone in (alice, charlie, staff_of("admin"), staff_of("support")):
        with pytest.raises(PermissionDenied):
            actions.invite_staff(email="erin@north.example", role="owner", acting_user=someone)
    assert not User.objects.filter(email="erin@north.example").exists()


def test_a_customer_cannot_be_invited_over_his_login(alice: User, staff_of: Staff) -> None:
    with pytest.raises(IdentityError):
        actions.invite_staff(email=alice.email, role="support", acting_user=staff_of("owner"))
    alice.refresh_from_db()
    assert not alice.is_staff


def test_a_strangers_sign_up_does_not_keep_anybody_from_being_invited(
    tenant: Tenant, staff_of: Staff
) -> None:
    """Whoever signs up with an address that is not his leaves nothing that lasts."""
    actions.sign_up(request=visit(), email="erin@north.example", language="zh-hans")
    pending = link_in(OutboxMail.objects.get(template="verify_email")).rpartition("/")[2]
    owner = staff_of("owner")
    user = actions.invite_staff(
        email="Erin@north.example", role="finance", name="Erin", acting_user=owner
    )
    assert (user.is_staff, user.role, user.name, user.language) == (True, "finance", "Erin", "")
    assert user.email_verified_at is None and not user.has_usable_password()
    with pytest.raises(IdentityError):  # the stranger's link is worth nothing any more
        actions.verify_email(token=pending, password=people.PASSWORD)
    # Nor does he get another: who is invited is told that somebody tried.
    actions.sign_up(request=visit(), email="erin@north.example")
    actions.resend_verification(request=visit(), email="erin@north.example")
    assert OutboxMail.objects.filter(template="verify_email").count() == 1
    mail = OutboxMail.objects.get(to="erin@north.example", template="staff_invitation")
    token = link_in(mail).rstrip("/").rpartition("/")[2]
    actions.accept_invitation(token=token, password=people.PASSWORD)
    answer = actions.sign_in(request=visit(), email=user.email, password=people.PASSWORD)
    assert answer.state == "signed_in" and selectors.must_enrol(User.objects.get(pk=user.pk))


def test_a_closed_login_is_not_invited_back(tenant: Tenant, alice: User, staff_of: Staff) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False, email_verified_at=None)
    with pytest.raises(IdentityError):
        actions.invite_staff(email=alice.email, role="support", acting_user=staff_of("owner"))


def test_a_role_is_changed_by_another_owner(staff_of: Staff) -> None:
    owner, admin = staff_of("owner"), staff_of("admin")
    actions.change_role(user=admin, role="finance", acting_user=owner)
    admin.refresh_from_db()
    assert admin.role == "finance"
    for someone, victim in ((admin, owner), (owner, owner)):
        with pytest.raises((PermissionDenied, IdentityError)):
            actions.change_role(user=victim, role="support", acting_user=someone)
    owner.refresh_from_db()
    assert owner.role == "owner"


def test_an_owner_always_stays(tenant: Tenant, staff_of: Staff) -> None:
    User.objects.filter(role="owner").update(is_active=False)
    last = staff_of("owner")
    helper = staff_of("owner")
    actions.set_user_active(user=helper, is_active=False, acting_user=last, reason="left")
    helper.refresh_from_db()
    assert not helper.is_active
    with pytest.raises(IdentityError):
        actions.set_user_active(user=last, is_active=False, acting_user=last, reason="x")
    last.refresh_from_db()
    assert last.is_active


def test_compliance_closes_a_customers_login(
    alice: User, staff_of: Staff, client_for: Callable[..., people.Browser]
) -> None:
    key = client_for(alice).cookies["session"].value
    actions.set_user_active(
        user=alice, is_active=False, acting_user=staff_of("compliance"), reason="fraud"
    )
    assert selectors.user_by_session(key) is None
    answer = actions.sign_in(request=visit(), email=alice.email, password=people.PASSWORD)
    assert answer.state == "refused"


def test_bob_cannot_close_alices_login(alice: User, bob: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.set_user_active(user=alice, is_active=False, acting_user=bob, reason="x")
    alice.refresh_from_db()
    assert alice.is_active


def test_mailed_links_lead_staff_and_operators_to_their_own_pages(
    alice: User, platform_tenant: Tenant, staff_of: Staff
) -> None:
    owner, operator = staff_of("owner"), staff_of("owner", platform_tenant)
    for user, schema, path in (
        (alice, alice.home_schema, f"http://north.localhost:{settings.PUBLIC_PORT}/reset/"),
        (
            owner,
            owner.home_schema,
            f"http://north.localhost:{settings.PUBLIC_PORT}/backoffice/reset/",
        ),
        (operator, "public", f"http://localhost:{settings.PUBLIC_PORT}/operator/reset/"),
    ):
        with schema_context(schema):
            actions.request_password_reset(request=visit(), email=user.email)
            mail = OutboxMail.objects.get(to=user.email, template="reset_password")
            assert link_in(mail).startswith(path)
