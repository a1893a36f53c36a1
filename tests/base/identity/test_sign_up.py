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
    actions.sign_up(request=request or visit(), email=email)


def token_of(mail: OutboxMail) -> str:
    return link_in(mail).rpartition("/")[2]


def verify(token: str, password: str = people.PASSWORD) -> User:
    return actions.verify_email(token=token, password=password)


def test_a_stranger_becomes_a_customer_by_his_mailed_link(tenant: Tenant) -> None:
    heard: list[User] = []

    def hear(sender: Any, user: User, **_: Any) -> None:
        heard.append(user)

    signals.email_verified.connect(hear)
    sign_up(" Dora@North.Example ")
    mail = OutboxMail.objects.get(to="dora@north.example")
    assert User.objects.get(email="dora@north.example").email_verified_at is None
    user = verify(token_of(mail))
    assert user.email_verified_at is not None
    assert heard == [user]
    assert user.email == "dora@north.example" and not user.is_staff


def test_a_link_works_once(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    token = token_of(OutboxMail.objects.get(template="verify_email"))
    verify(token)
    with pytest.raises(IdentityError, match="expired or was used"):
        verify(token)


def test_a_newer_link_ends_the_older(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    old = token_of(OutboxMail.objects.get(template="verify_email"))
    actions.resend_verification(request=visit(), email="dora@north.example")
    with pytest.raises(IdentityError):
        verify(old)


def last_link(email: str) -> str:
    mail = OutboxMail.objects.filter(to=email, template="verify_email").order_by("id").last()
    assert mail is not None
    return token_of(mail)


def test_the_password_is_the_one_chosen_behind_the_link(tenant: Tenant) -> None:
    """Who signs up with a stranger's address, before him or after, leaves nothing behind."""
    email = "dora@north.example"
    sign_up(email)  # a stranger's
    former = last_link(email)
    sign_up(email)  # Dora's own
    sign_up(email)  # and a stranger's again
    assert not User.objects.get(email=email).has_usable_password()
    with pytest.raises(IdentityError):
        verify(former)
    user = verify(last_link(email))
    assert user.check_password(people.PASSWORD)
    assert actions.sign_in(request=visit(), email=email, password=people.PASSWORD).state == (
        "signed_in"
    )


def test_a_password_left_by_an_older_sign_up_is_void(tenant: Tenant) -> None:
    email, stranger = "dora@north.example", "strangers-Otter-44"
    actions.create_user(email=email, password=stranger, verified=False, acting_user=None)
    sign_up(email)
    user = verify(last_link(email))
    assert user.check_password(people.PASSWORD) and not user.check_password(stranger)
    answer = actions.sign_in(request=visit(), email=email, password=stranger)
    assert answer.state == "refused"


def test_before_the_link_is_opened_nothing_signs_in(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    for password in ("", "!", people.PASSWORD):
        answer = actions.sign_in(request=visit(), email="dora@north.example", password=password)
        assert answer.state == "refused"


def test_a_weak_password_does_not_use_up_the_link(tenant: Tenant) -> None:
    sign_up("dora.explorer@north.example")
    token = last_link("dora.explorer@north.example")
    for weak in ("short", "dora.explorer@north"):
        with pytest.raises(IdentityError) as refusal:
            verify(token, weak)
        assert refusal.value.code == "weak_password"
    user = User.objects.get(email="dora.explorer@north.example")
    assert user.email_verified_at is None and not user.has_usable_password()
    assert verify(token).email_verified_at is not None


def test_who_forgot_before_he_verified_is_mailed_the_first_link_again(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    actions.request_password_reset(request=visit(), email="dora@north.example")
    assert not OutboxMail.objects.filter(template="reset_password").exists()
    assert verify(last_link("dora@north.example")).email_verified_at is not None


def test_a_sign_up_leaves_invited_staff_alone(tenant: Tenant) -> None:
    invited = actions.invite_staff(email="eve@north.example", role="finance", acting_user=None)
    sign_up(invited.email)
    password = invited.password
    invited.refresh_from_db()
    assert invited.password == password
    assert not OutboxMail.objects.filter(to=invited.email, template="verify_email").exists()


def test_a_link_of_one_tenant_is_void_at_the_other(tenant: Tenant, other_tenant: Tenant) -> None:
    sign_up("dora@north.example")
    token = token_of(OutboxMail.objects.get(template="verify_email"))
    with tenant_context(other_tenant), pytest.raises(IdentityError):
        verify(token)
    assert User.objects.get(email="dora@north.example").email_verified_at is None


def test_only_the_hash_of_a_link_is_kept(tenant: Tenant) -> None:
    sign_up("dora@north.example")
    token = token_of(OutboxMail.objects.get(template="verify_email"))
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


def test_a_stranger_cannot_use_up_the_owners_mails(alice: User) -> None:
    for _ in range(4):
        actions.request_password_reset(request=visit("198.51.100.7"), email=alice.email)
    actions.request_password_reset(request=visit(), email=alice.email)
    assert OutboxMail.objects.filter(to=alice.email, template="reset_password").count() == 5


def test_no_mailbox_is_filled_from_many_places(alice: User) -> None:
    for number in range(12):
        actions.request_password_reset(request=visit(f"198.51.100.{number}"), email=alice.email)
    with pytest.raises(IdentityError, match="Try again in 15 minutes"):
        actions.request_password_reset(request=visit(), email=alice.email)
    assert OutboxMail.objects.filter(to=alice.email, template="reset_password").count() == 12


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
