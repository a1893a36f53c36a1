"""Forgotten and changed passwords."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

import people
from audit import selectors as audit
from identity import actions, forms, selectors, sessions, signals, throttling
from identity.actions.profile import set_password
from identity.errors import IdentityError
from identity.models import OneTimeToken, TrustedDevice, User, UserSession
from messaging.models import OutboxMail
from tenants.models import Tenant
from visits import finish, link_in, visit, waiting_code

NEW = "fresh-Badger-lamp-31"


def mails(user: User, template: str) -> "models.QuerySet[OutboxMail]":
    return OutboxMail.objects.filter(to=user.email, template=template)


def reset_token(user: User) -> str:
    actions.request_password_reset(request=visit(), email=user.email)
    mail = mails(user, "reset_password").first()
    assert mail is not None
    return link_in(mail).rpartition("/")[2]


def signed_in(user: User) -> HttpRequest:
    request = visit()
    actions.sign_in(request=request, email=user.email, password=people.PASSWORD)
    finish(request)
    return request


def test_a_mailed_link_sets_a_new_password_and_ends_every_session(alice: User) -> None:
    request = signed_in(alice)
    actions.trust_device(request=request, user=alice)
    actions.reset_password(token=reset_token(alice), password=NEW)
    alice.refresh_from_db()
    assert alice.check_password(NEW) and not alice.check_password(people.PASSWORD)
    assert selectors.user_by_session(request.session.session_key) is None
    assert not UserSession.objects.exists() and not TrustedDevice.objects.exists()
    assert mails(alice, "password_changed").count() == 1


def test_the_second_factor_is_asked_for_after_a_reset(alice: User) -> None:
    from identity.models.second_factor import new_secret

    actions.enrol_with_secret(user=alice, secret=new_secret(), acting_user=None)
    actions.reset_password(token=reset_token(alice), password=NEW)
    answer = actions.sign_in(request=visit(), email=alice.email, password=NEW)
    assert answer.state == "second_factor"


def test_a_reset_ends_every_api_key(alice: User) -> None:
    keys = [
        actions.create_api_key(
            request=None, user=alice, label="bot", permissions=["read"], acting_user=alice
        ).key
        for _ in range(2)
    ]
    heard: list[str] = []

    def hear(sender: Any, public_id: str, **_: Any) -> None:
        heard.append(public_id)

    signals.api_key_changed.connect(hear)
    actions.reset_password(token=reset_token(alice), password=NEW)
    assert sorted(heard) == sorted(key.public_id for key in keys)
    assert not any(selectors.api_key_by_public_id(key.public_id) for key in keys)
    for key in keys:
        assert audit.records_of(key).filter(action="identity.revoke_api_key").count() == 1


def test_a_new_password_ends_an_enrolment_begun_before(alice: User) -> None:
    request = signed_in(alice)
    code = waiting_code(request)
    actions.change_password(request=request, current=people.PASSWORD, password=NEW)
    with pytest.raises(IdentityError) as refusal:
        actions.confirm_enrolment(request=request, user=alice, code=code)
    assert refusal.value.code == "not_enrolling"
    assert not selectors.has_second_factor(alice)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(alice: User) -> None:
    count = OutboxMail.objects.count()
    actions.request_password_reset(request=visit(), email="nobody@north.example")
    assert OutboxMail.objects.count() == count


class Clock:
    """Moves on by what is slept, and by a little whenever it is looked at."""

    now = 0.0

    def monotonic(self) -> float:
        self.now += 0.01
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_an_unknown_address_takes_as_long_as_a_known_one(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(throttling, "time", clock)
    monkeypatch.setattr(throttling, "ANSWER_SECONDS", 0.4)
    for email in (alice.email, "nobody@north.example"):
        before = clock.now
        actions.request_password_reset(request=visit(), email=email)
        assert clock.now - before == pytest.approx(0.41)


def test_the_link_works_once_and_for_an_hour(alice: User) -> None:
    token = reset_token(alice)
    OneTimeToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(IdentityError):
        actions.reset_password(token=token, password=NEW)
    token = reset_token(alice)
    actions.reset_password(token=token, password=NEW)
    with pytest.raises(IdentityError):
        actions.reset_password(token=token, password="third-Password-9")
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_a_verification_link_resets_nothing(tenant: Tenant) -> None:
    actions.sign_up(request=visit(), email="dora@north.example")
    mail = OutboxMail.objects.get(to="dora@north.example")
    with pytest.raises(IdentityError):
        actions.reset_password(token=link_in(mail).rpartition("/")[2], password=NEW)
    assert not User.objects.get(email="dora@north.example").has_usable_password()


def test_asking_too_often_is_refused(alice: User) -> None:
    for _ in range(4):
        actions.request_password_reset(request=visit(), email=alice.email)
    with pytest.raises(IdentityError):
        actions.request_password_reset(request=visit(), email=alice.email)
    assert mails(alice, "reset_password").count() == 4


def test_changing_it_keeps_this_session_and_ends_the_others(alice: User) -> None:
    here, there = signed_in(alice), signed_in(alice)
    old_key = here.session.session_key
    actions.change_password(request=here, current=people.PASSWORD, password=NEW)
    key = finish(here)
    assert key != old_key
    assert selectors.user_by_session(key) == alice
    assert selectors.user_by_session(old_key) is None
    assert selectors.user_by_session(there.session.session_key) is None


def test_changing_it_needs_the_present_one(alice: User) -> None:
    request = signed_in(alice)
    with pytest.raises(IdentityError):
        actions.change_password(request=request, current="wrong", password=NEW)
    alice.refresh_from_db()
    assert alice.check_password(people.PASSWORD)


def test_the_present_one_cannot_be_guessed_from_a_session(alice: User) -> None:
    request = signed_in(alice)
    for _ in range(10):
        with pytest.raises(IdentityError, match="not right"):
            actions.change_password(request=request, current="wrong", password=NEW)
    for action in (
        lambda: actions.change_password(request=request, current=people.PASSWORD, password=NEW),
        lambda: actions.confirm_password(request=request, password=people.PASSWORD),
    ):
        with pytest.raises(IdentityError, match="Too many"):
            action()
    alice.refresh_from_db()
    assert alice.check_password(people.PASSWORD)


def test_changing_it_needs_a_recent_proof(alice: User) -> None:
    request = signed_in(alice)
    request.session[sessions.PASSWORD_AT] -= 601
    with pytest.raises(IdentityError) as refusal:
        actions.change_password(request=request, current=people.PASSWORD, password=NEW)
    assert refusal.value.code == "step_up"
    alice.refresh_from_db()
    assert alice.check_password(people.PASSWORD)


@pytest.mark.parametrize(
    "password", ["short", "1234567890123", "password123", "dora@north.example"]
)
def test_weak_passwords_are_refused_with_a_sentence(password: str) -> None:
    with pytest.raises(IdentityError) as refusal:
        set_password(User(email="dora@north.example"), password)
    assert refusal.value.code == "weak_password" and refusal.value.message
    if "dora" not in password:  # whose it is only the action knows
        assert forms.NewPasswordForm({"password": password}).errors["password"]


def test_spaces_in_a_password_count() -> None:
    form = forms.SignInForm({"email": "a@b.example", "password": "  two spaces  "})
    assert form.is_valid() and form.cleaned_data["password"] == "  two spaces  "
