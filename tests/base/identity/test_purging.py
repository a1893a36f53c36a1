"""What has run out is deleted, what lives stays."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

import people
from identity import actions, selectors, tasks
from identity.models import OneTimeToken, SignInAttempt, TrustedDevice, User, UserSession
from visits import visit


def test_only_what_has_run_out_goes(
    alice: User, bob: User, client_for: Callable[..., people.Browser]
) -> None:
    keys = {user.pk: client_for(user).cookies["session"].value for user in (alice, bob)}
    for user in (alice, bob):
        actions.trust_device(request=visit(), user=user)
        actions.request_password_reset(request=visit(), email=user.email)
    past = timezone.now() - timedelta(days=400)
    Session.objects.filter(session_key=keys[alice.pk]).update(expire_date=past)
    UserSession.objects.filter(user=alice).update(created_at=past)
    TrustedDevice.objects.filter(user=alice).update(expires_at=past)
    OneTimeToken.objects.filter(user=alice).update(expires_at=past)
    SignInAttempt.objects.create(user=alice, email_hash="x", created_at=past)
    living = SignInAttempt.objects.exclude(created_at=past).count()

    tasks.purge_expired()

    for model in (UserSession, TrustedDevice, OneTimeToken):
        assert not model.objects.filter(user=alice).exists(), model
        assert model.objects.filter(user=bob).count() == 1, model
    assert not Session.objects.filter(session_key=keys[alice.pk]).exists()
    assert selectors.user_by_session(keys[bob.pk]) == bob
    assert SignInAttempt.objects.count() == living
