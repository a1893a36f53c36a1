"""Signing up: verification, no hint whether an address is known, limits."""

from typing import Any

import pytest
from django.http import HttpRequest
from django_tenants.utils import tenant_context

import people
from identity import actions, signals
from identity.errors import IdentityError
from identity.models import OneTimeToken, User
from messaging.models import OutboxMail
from tenants import actions as tenants
from tenants.models import Tenant
from visits import link_in, visit


def sign_up(email: str, request: HttpRequest | None = None) -> None:
    actions.sign_up(request=request or visit(), email=email, password=people.PASSWORD)


def test_a_stranger_becomes_a_customer_by_his_mailed_link(tenant: Tenant) -> None:
    heard: list[User] = []

    def hear(sender: Any, user: User, **_: Any) -> None:
        heard.append(user)

    signals.email_verified.connect(hear)
    sign_up(" Dora@North.Example ")
    mail = OutboxMail.objects.get(to="dora@north.example")
    assert User.objects.get(email="dora@north.example").email_verified_at is None
    user = actions.verify_email(token=link_in(mail).rpartition("/")[2])
    assert user.email_verified_at is not None
    assert heard == [user]
    assert user.email == "dora@north.example" and not user.is_staff


def test_a_link_works_once(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    token = link_in(OutboxMail.objects.get(template="verify_email")).rpartition("/")[2]
    actions.verify_email(token=token)
    with pytest.raises(IdentityError, match="expired or was used"):
        actions.verify_email(token=token)


def test_a_newer_link_ends_the_older(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    old = link_in(OutboxMail.objects.get(template="verify_email")).rpartition("/")[2]
    actions.resend_verification(request=visit(), email="dora@north.example")
    with pytest.raises(IdentityError):
        actions.verify_email(token=old)


def test_a_link_verifies_the_password_of_its_own_sign_up(tenant: Tenant) -> None:
    """Who signs up with a stranger's address cannot wait for him to verify it."""
    email, stranger = "dora@north.example", "strangers-Otter-44"
    actions.sign_up(request=visit(), email=email, password=stranger)
    former = link_in(OutboxMail.objects.get(to=email)).rpartition("/")[2]
    sign_up(email)
    mail = OutboxMail.objects.filter(to=email, template="verify_email").order_by("id").last()
    assert mail is not None
    with pytest.raises(IdentityError):
        actions.verify_email(token=former)
    actions.verify_email(token=link_in(mail).rpartition("/")[2])
    user = User.objects.get(email=email)
    assert user.check_password(people.PASSWORD) and not user.check_password(stranger)
    answer = actions.sign_in(request=visit(), email=email, password=stranger)
    assert answer.state == "refused"


def test_a_sign_up_leaves_invited_staff_alone(tenant: Tenant) -> None:
    invited = actions.invite_staff(email="eve@north.example", role="finance", acting_user=None)
    sign_up(invited.email)
    password = invited.password
    invited.refresh_from_db()
    assert invited.password == password
    assert not OutboxMail.objects.filter(to=invited.email, template="verify_email").exists()


def test_a_link_of_one_tenant_is_void_at_the_other(tenant: Tenant, other_tenant: Tenant) -> None:
    sign_up("dora@north.example")
    token = link_in(OutboxMail.objects.get(template="verify_email")).rpartition("/")[2]
    with tenant_context(other_tenant), pytest.raises(IdentityError):
        actions.verify_email(token=token)
    assert User.objects.get(email="dora@north.example").email_verified_at is None


def test_only_the_hash_of_a_link_is_kept(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    token = link_in(OutboxMail.objects.get(template="verify_email")).rpartition("/")[2]
    assert len(token) > 40
    assert token not in str(list(OneTimeToken.objects.values()))


def test_a_known_address_gets_the_same_answer_and_another_mail(alice: User) -> None:
    assert sign_up(alice.email) is None  # type: ignore[func-returns-value]
    assert OutboxMail.objects.filter(to=alice.email).last().template == "already_customer"
    assert User.objects.filter(email=alice.email).count() == 1
    alice.refresh_from_db()
    assert alice.check_password(people.PASSWORD)


def test_the_same_address_is_another_user_at_another_tenant(
    alice: User, other_tenant: Tenant
) -> None:
    with tenant_context(other_tenant):
        sign_up(alice.email)
        assert not User.objects.get(email=alice.email).email_verified_at


def test_too_many_mails_for_one_address_are_refused_alike(alice: User) -> None:
    for email in (alice.email, "nobody@north.example"):
        for _ in range(4):
            sign_up(email)
        with pytest.raises(IdentityError) as refusal:
            sign_up(email)
        assert refusal.value.code == "throttled"


def test_too_many_sign_ups_from_one_place_are_refused(tenant: Tenant) -> None:
    for number in range(30):
        sign_up(f"person{number}@north.example", visit("198.51.100.7"))
    with pytest.raises(IdentityError):
        sign_up("one-more@north.example", visit("198.51.100.7"))
    sign_up("one-more@north.example", visit("198.51.100.8"))
    assert User.objects.filter(email="one-more@north.example").count() == 1


def test_a_closed_house_takes_nobody(
    tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tenants.change_setting(
            tenant=tenant, name="identity.sign_up_open", value=False, acting_user=None
        )
    with pytest.raises(IdentityError) as refusal:
        sign_up("dora@north.example")
    assert refusal.value.code == "sign_up_closed"
    assert not User.objects.filter(email="dora@north.example").exists()


def test_nobody_signs_up_at_the_platform(platform_tenant: Tenant) -> None:
    with pytest.raises(IdentityError):
        sign_up("dora@example.com")
