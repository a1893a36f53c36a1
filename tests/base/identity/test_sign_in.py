"""Signing in: two steps, throttling, no hint whether an account exists, trusted browsers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tenants.utils import tenant_context

import people
from identity import actions, selectors, sessions
from identity.actions.sign_in import pending_user
from identity.models import SignInAttempt, TotpDevice, TrustedDevice, User, UserSession
from identity.models.second_factor import new_secret
from messaging.models import OutboxMail
from tenants.models import Tenant
from visits import finish, visit

WRONG = "wrong-Horse-battery-7"


def sign_in(email: str, password: str = people.PASSWORD, **options: Any) -> Any:
    request = options.pop("request", None) or visit()
    return actions.sign_in(request=request, email=email, password=password, **options)


def enrol(user: User) -> User:
    actions.enrol_with_secret(user=user, secret=new_secret(), acting_user=None)
    return user


def test_the_right_password_signs_in(alice: User) -> None:
    request = visit()
    before = request.session.session_key
    answer = sign_in(alice.email.upper(), request=request)
    assert answer.state == "signed_in"
    assert request.session.session_key not in (None, before)
    assert selectors.user_by_session(finish(request)) == alice
    assert UserSession.objects.get(user=alice).address == "203.0.113.5"


def test_wrong_password_unknown_and_closed_account_answer_alike(alice: User, bob: User) -> None:
    bob.is_active = False
    bob.save()
    answers = {
        (answer.state, answer.message)
        for answer in (
            sign_in(alice.email, WRONG),
            sign_in("nobody@north.example", WRONG),
            sign_in(bob.email),
        )
    }
    assert len(answers) == 1
    assert answers.pop()[0] == "refused"
    assert not UserSession.objects.exists()


def test_an_unknown_account_takes_as_much_work_as_a_known_one(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing once is all that takes time, whether to compare with a hash or to make one."""
    hashed: list[str] = []
    for name in ("encode", "verify"):
        plain = getattr(Argon2PasswordHasher, name)

        def counted(self: Any, *args: Any, plain: Any = plain, name: str = name) -> Any:
            hashed.append(name)
            return plain(self, *args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    sign_in(alice.email, WRONG)
    assert hashed == ["verify"]
    sign_in("nobody@north.example", WRONG)
    assert hashed == ["verify", "encode"]


def test_charlie_is_nobody_at_north(charlie: User, tenant: Tenant) -> None:
    assert sign_in(charlie.email).state == "refused"


def test_an_unverified_customer_is_mailed_again(tenant: Tenant) -> None:
    user = actions.create_user(
        email="dora@north.example", password=people.PASSWORD, verified=False, acting_user=None
    )
    assert sign_in(user.email).state == "unverified"
    assert sign_in(user.email, WRONG).state == "refused"
    assert OutboxMail.objects.filter(to=user.email, template="verify_email").count() == 1
    assert not UserSession.objects.exists()


def test_an_unverified_mailbox_cannot_be_filled(tenant: Tenant) -> None:
    user = actions.create_user(
        email="dora@north.example", password=people.PASSWORD, verified=False, acting_user=None
    )
    for _ in range(9):
        assert sign_in(user.email).state == "unverified"
    assert OutboxMail.objects.filter(to=user.email).count() == 4


# Throttling


@pytest.mark.parametrize("who", ["alice@north.example", "nobody@north.example"])
def test_too_many_tries_on_an_account_stop_even_the_right_password(alice: User, who: str) -> None:
    for _ in range(10):
        assert sign_in(who, WRONG).state == "refused"
    answer = sign_in(who)
    assert answer.state == "throttled"
    assert answer.message == "Too many attempts. Try again in 15 minutes."
    assert not UserSession.objects.exists()


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(alice: User) -> None:
    for _ in range(12):
        sign_in(alice.email, WRONG, request=visit("198.51.100.7"))
    assert sign_in(alice.email, request=visit("198.51.100.7")).state == "throttled"
    assert sign_in(alice.email).state == "signed_in"


@pytest.mark.parametrize("who", ["alice@north.example", "nobody@north.example"])
def test_many_networks_together_come_to_an_end(alice: User, who: str) -> None:
    for number in range(100):
        request = visit(f"198.51.{number // 5}.7")
        assert sign_in(who, WRONG, request=request).state == "refused"
    assert sign_in(who).state == "throttled"
    assert not UserSession.objects.exists()


def test_the_wait_that_is_told_is_the_wait_there_is(alice: User) -> None:
    for _ in range(10):
        sign_in(alice.email, WRONG)
    oldest = SignInAttempt.objects.order_by("pk")[:1].get()
    SignInAttempt.objects.filter(pk=oldest.pk).update(
        created_at=timezone.now() - timedelta(minutes=12, seconds=30)
    )
    assert "in 3 minutes" in sign_in(alice.email).message
    SignInAttempt.objects.filter(pk=oldest.pk).update(
        created_at=timezone.now() - timedelta(minutes=14, seconds=30)
    )
    assert "in 1 minute." in sign_in(alice.email).message
    SignInAttempt.objects.filter(pk=oldest.pk).update(
        created_at=timezone.now() - timedelta(minutes=15)
    )
    assert sign_in(alice.email).state == "signed_in"


def test_an_ipv6_visitor_is_his_whole_network(alice: User) -> None:
    for number in range(10):
        sign_in(alice.email, WRONG, request=visit(f"2001:db8:1:2::{number:x}"))
    request = visit("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert sign_in(alice.email, request=request).state == "throttled"
    assert sign_in(alice.email, request=visit("2001:db8:1:3::1")).state == "signed_in"


def test_the_wait_ends(alice: User) -> None:
    for _ in range(11):
        sign_in(alice.email, WRONG)
    SignInAttempt.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    assert sign_in(alice.email).state == "signed_in"


def test_tries_while_stopped_do_not_prolong_the_wait(alice: User) -> None:
    for _ in range(10):
        sign_in(alice.email, WRONG)
    for _ in range(5):
        assert sign_in(alice.email).state == "throttled"
    SignInAttempt.objects.exclude(outcome="throttled").update(
        created_at=timezone.now() - timedelta(minutes=16)
    )
    assert sign_in(alice.email).state == "signed_in"


def test_one_address_cannot_try_many_accounts(alice: User) -> None:
    for number in range(60):
        sign_in(f"person{number}@north.example", WRONG, request=visit("198.51.100.7"))
    assert sign_in(alice.email, request=visit("198.51.100.7")).state == "throttled"
    assert sign_in(alice.email, request=visit("198.51.100.8")).state == "signed_in"


def test_a_forged_forwarding_header_does_not_change_the_address(alice: User) -> None:
    for number in range(60):
        request = visit("198.51.100.7", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
        sign_in(f"person{number}@north.example", WRONG, request=request)
    request = visit("198.51.100.7", HTTP_X_FORWARDED_FOR="192.0.2.200")
    assert sign_in(alice.email, request=request).state == "throttled"


def test_behind_our_proxy_its_entry_counts(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    request = visit("10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.66, 198.51.100.7")
    assert sessions.address_of(request) == "198.51.100.7"


def test_the_other_tenant_is_not_held_up(alice: User, tenant: Tenant, other_tenant: Tenant) -> None:
    twin = people.make_customer(other_tenant, "twin")
    for _ in range(11):
        sign_in(twin.email, WRONG)
    with tenant_context(other_tenant):
        assert sign_in(twin.email).state == "signed_in"


# The second step


def test_a_second_factor_must_follow(alice: User) -> None:
    enrol(alice)
    request = visit()
    assert sign_in(alice.email, request=request).state == "second_factor"
    assert not UserSession.objects.exists()
    assert selectors.user_by_session(finish(request)) is None
    assert pending_user(request) == alice
    answer = actions.finish_sign_in(request=request, code=people.current_code(alice))
    assert answer.state == "signed_in"
    user = selectors.user_by_session(finish(request))
    assert user == alice and user.second_factor_passed


def test_a_code_works_once(alice: User) -> None:
    enrol(alice)
    code = people.current_code(alice)
    first, second = visit(), visit()
    for request in (first, second):
        sign_in(alice.email, request=request)
    assert actions.finish_sign_in(request=first, code=code).state == "signed_in"
    assert actions.finish_sign_in(request=second, code=code).state == "refused"
    assert UserSession.objects.filter(user=alice).count() == 1


def test_an_older_code_does_not_work_after_a_newer(alice: User) -> None:
    enrol(alice)
    older, newer = people.current_code(alice), people.current_code(alice, later_steps=1)
    first, second = visit(), visit()
    for request in (first, second):
        sign_in(alice.email, request=request)
    assert actions.finish_sign_in(request=first, code=newer).state == "signed_in"
    assert actions.finish_sign_in(request=second, code=older).state == "refused"


@pytest.mark.parametrize(
    "code", ["", "000000", "12345", "1234567", "abcdef", "１２３４５６", "'--"]
)
def test_nonsense_is_refused(alice: User, code: str) -> None:
    enrol(alice)
    request = visit()
    sign_in(alice.email, request=request)
    assert actions.finish_sign_in(request=request, code=code).state == "refused"
    assert not UserSession.objects.exists()


def test_codes_far_from_now_are_refused(alice: User) -> None:
    enrol(alice)
    for steps in (-3, 3):
        request = visit()
        sign_in(alice.email, request=request)
        code = people.current_code(alice, later_steps=steps)
        assert actions.finish_sign_in(request=request, code=code).state == "refused"
        TotpDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)


def test_guessing_codes_is_slowed_down_but_not_for_ever(alice: User) -> None:
    enrol(alice)
    request = visit()
    sign_in(alice.email, request=request)
    for _ in range(3):
        actions.finish_sign_in(request=request, code="000000")
    code = people.current_code(alice)
    assert actions.finish_sign_in(request=request, code=code).state == "refused"
    TotpDevice.objects.update(
        throttling_failure_count=40,
        throttling_failure_timestamp=timezone.now() - timedelta(minutes=16),
    )
    assert actions.finish_sign_in(request=request, code=code).state == "signed_in"


def test_the_password_step_is_forgotten_after_ten_minutes(alice: User) -> None:
    enrol(alice)
    request = visit()
    sign_in(alice.email, request=request)
    user_id, auth_hash, since = request.session["pending_sign_in"]
    request.session["pending_sign_in"] = [user_id, auth_hash, since - 601]
    code = people.current_code(alice)
    assert actions.finish_sign_in(request=request, code=code).state == "refused"


def test_a_new_password_ends_a_pending_step(alice: User) -> None:
    enrol(alice)
    request = visit()
    sign_in(alice.email, request=request)
    alice.set_password("another-Horse-8")
    alice.save()
    code = people.current_code(alice)
    assert actions.finish_sign_in(request=request, code=code).state == "refused"


def test_no_password_no_second_step(alice: User) -> None:
    enrol(alice)
    answer = actions.finish_sign_in(request=visit(), code=people.current_code(alice))
    assert answer.state == "refused"


# Trusted browsers


def trusted_token(user: User) -> str:
    request = visit()
    sign_in(user.email, request=request)
    answer = actions.finish_sign_in(request=request, code=people.current_code(user), trust=True)
    assert answer.trusted_token
    return str(answer.trusted_token)


def test_a_trusted_browser_skips_the_second_step(alice: User) -> None:
    token = trusted_token(enrol(alice))
    assert token not in str(TrustedDevice.objects.values().get())
    assert sign_in(alice.email, trusted_token=token).state == "signed_in"
    assert sign_in(alice.email, trusted_token=token + "x").state == "second_factor"


def test_it_is_trusted_for_its_own_user_only(alice: User, bob: User) -> None:
    token = trusted_token(enrol(alice))
    assert sign_in(enrol(bob).email, trusted_token=token).state == "second_factor"


def test_trust_ends(alice: User) -> None:
    token = trusted_token(enrol(alice))
    TrustedDevice.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(alice.email, trusted_token=token).state == "second_factor"


def test_a_forgotten_browser_is_trusted_no_longer(alice: User, bob: User) -> None:
    token = trusted_token(enrol(alice))
    device = TrustedDevice.objects.get()
    assert not actions.forget_device(user=bob, device_id=device.pk, acting_user=bob)
    assert sign_in(alice.email, trusted_token=token).state == "signed_in"
    assert actions.forget_device(user=alice, device_id=device.pk, acting_user=alice)
    assert sign_in(alice.email, trusted_token=token).state == "second_factor"


def test_staff_show_the_second_factor_every_time(staff_of: Callable[..., User]) -> None:
    owner = staff_of("owner")
    request = visit()
    sign_in(owner.email, request=request)
    answer = actions.finish_sign_in(request=request, code=people.current_code(owner), trust=True)
    assert answer.state == "signed_in" and not answer.trusted_token
    assert not TrustedDevice.objects.exists()


def test_others_cannot_lock_alice_out_of_her_trusted_browser(alice: User) -> None:
    token = trusted_token(enrol(alice))
    for number in range(100):
        sign_in(alice.email, WRONG, request=visit(f"198.51.100.{number}"))
    assert sign_in(alice.email).state == "throttled"
    assert sign_in(alice.email, trusted_token=token).state == "signed_in"


# Sessions


def test_a_revoked_session_is_over(
    alice: User, bob: User, client_for: Callable[..., people.Browser]
) -> None:
    browser = client_for(alice)
    row = UserSession.objects.get(user=alice)
    assert not actions.revoke_session(user=bob, session_id=row.pk, acting_user=bob)
    assert selectors.user_by_session(row.session_key) == alice
    assert actions.revoke_session(user=alice, session_id=row.pk, acting_user=alice)
    assert selectors.user_by_session(row.session_key) is None
    assert not Session.objects.filter(session_key=row.session_key).exists()
    browser.get("/brand/theme.css")
    assert not UserSession.objects.filter(user=alice).exists()


def test_a_session_that_is_not_listed_is_ended(
    alice: User, client_for: Callable[..., people.Browser]
) -> None:
    browser = client_for(alice)
    key = browser.cookies["session"].value
    UserSession.objects.all().delete()
    assert selectors.user_by_session(key) is None
    browser.get("/brand/theme.css")
    assert not Session.objects.filter(session_key=key).exists()


def test_the_history_tells_how_each_try_ended(alice: User, bob: User) -> None:
    sign_in(alice.email, WRONG)
    sign_in(alice.email)
    assert [row.outcome for row in selectors.sign_ins_of(alice)] == ["signed_in", "wrong"]
    assert not selectors.sign_ins_of(bob).exists()
    assert alice.email not in str(list(SignInAttempt.objects.values()))


def test_signing_out_leaves_nothing(alice: User) -> None:
    request = visit()
    sign_in(alice.email, request=request)
    key = finish(request)
    actions.sign_out(request=request)
    assert selectors.user_by_session(key) is None
    assert not UserSession.objects.exists()
