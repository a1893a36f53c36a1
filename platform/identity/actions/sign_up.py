from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import links, policy, signals, throttling
from identity.actions import tokens
from identity.errors import IdentityError
from identity.models import User
from identity.models.user import normalize_email
from messaging import actions as messaging


def sign_up(*, request: HttpRequest, email: str, password: str, language: str = "") -> None:
    """Create a customer and mail him a link, or tell the mailbox's owner that he is one already.

    The visitor sees no difference. Raises IdentityError when sign-up is closed or was tried too
    often from here.
    """
    if not policy.current().sign_up_open:
        raise IdentityError("sign_up_closed", _("New customers cannot sign up at the moment."))
    attempt = throttling.begin(request, throttling.Kind.SIGN_UP, email)
    if attempt.outcome == throttling.Outcome.THROTTLED:
        raise IdentityError("throttled", _("Too many attempts. Try again in a quarter of an hour."))
    email = normalize_email(email)
    password_hash = make_password(password)  # before the look-up: a known address costs it too
    with throttling.same_time(), transaction.atomic():
        user = _create_if_new(email, password_hash, language)
        if user is None:
            user = User.objects.select_for_update().get(email=email)
            if user.email_verified_at is not None or user.is_staff:
                _tell_existing(user)
                user = None
            else:
                _replace(user, password_hash, language)
        if user is not None:
            send_verification(user)
            audit.record("identity.sign_up", user, acting_user=user)
    throttling.finish(attempt, throttling.Outcome.DONE)


def _create_if_new(email: str, password_hash: str, language: str) -> User | None:
    try:
        with transaction.atomic():
            return User.objects.create(
                email=email,
                password=password_hash,
                language=language,
                password_changed_at=timezone.now(),
            )
    except IntegrityError:
        return None


def _replace(user: User, password_hash: str, language: str) -> None:
    """Whoever signed up before has not proven the address: his password must not be the one
    that the link of this sign-up verifies."""
    user.password = password_hash
    user.password_changed_at = timezone.now()
    user.language = language
    user.save(update_fields=["password", "password_changed_at", "language"])


def _tell_existing(user: User) -> None:
    messaging.send_mail(
        "already_customer", user.email, {"path": links.sign_in(user)}, language=user.language
    )


def send_verification(user: User) -> None:
    """Mail a link that proves the address; earlier links stop working."""
    token = tokens.issue(user, tokens.Purpose.VERIFY_EMAIL)
    messaging.send_mail(
        "verify_email", user.email, {"path": links.verification(token)}, language=user.language
    )


def resend_verification(*, request: HttpRequest, email: str) -> None:
    """Mail the link again if the address waits for it; the visitor sees no difference."""
    attempt = throttling.begin(request, throttling.Kind.SIGN_UP, email)
    if attempt.outcome == throttling.Outcome.THROTTLED:
        raise IdentityError("throttled", _("Too many attempts. Try again in a quarter of an hour."))
    with throttling.same_time(), transaction.atomic():
        user = User.objects.filter(
            email=normalize_email(email), email_verified_at=None, is_active=True, is_staff=False
        ).first()
        if user is not None:
            send_verification(user)
    throttling.finish(attempt, throttling.Outcome.DONE)


def verify_email(*, token: str) -> User:
    """Redeem the link. Rooms that wait for a verified customer act in the same transaction."""
    with transaction.atomic():
        user = tokens.redeem(token, tokens.Purpose.VERIFY_EMAIL)
        mark_verified(user, acting_user=user)
    return user


def mark_verified(user: User, *, acting_user: Any) -> None:
    """The address is proven; call inside a database transaction."""
    if user.email_verified_at is not None:
        return
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])
    signals.email_verified.send(sender=User, user=user)
    audit.record("identity.verify_email", user, acting_user=acting_user)
