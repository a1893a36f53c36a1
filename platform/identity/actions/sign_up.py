from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import links, policy, signals, throttling
from identity.actions import tokens
from identity.actions.profile import set_language, set_password
from identity.errors import IdentityError
from identity.models import User
from identity.models.user import normalize_email
from messaging import actions as messaging


def sign_up(*, request: HttpRequest, email: str, language: str = "") -> None:
    """Create a customer and mail him a link, or tell the mailbox's owner that he is one already.

    The password is chosen behind the link: whoever signs up with a stranger's address must leave
    nothing that its owner's link could bring to life. The visitor sees no difference. Raises
    IdentityError when sign-up is closed or was tried too often from here.
    """
    if not policy.current().sign_up_open:
        raise IdentityError("sign_up_closed", _("New customers cannot sign up at the moment."))
    attempt = throttling.begin(request, throttling.Kind.SIGN_UP, email)
    email = normalize_email(email)
    with throttling.same_time(), transaction.atomic():
        user, _is_new = User.objects.select_for_update().get_or_create(
            email=email, defaults={"password": make_password(None)}
        )
        if user.email_verified_at is not None or user.is_staff:
            _tell_existing(user)
        else:
            set_language(user=user, language=language)
            send_verification(user)
            audit.record("identity.sign_up", user, acting_user=user)
    throttling.finish(attempt, throttling.Outcome.DONE)


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
    with throttling.same_time(), transaction.atomic():
        user = User.objects.filter(
            email=normalize_email(email), email_verified_at=None, is_active=True, is_staff=False
        ).first()
        if user is not None:
            send_verification(user)
    throttling.finish(attempt, throttling.Outcome.DONE)


def verify_email(*, token: str, password: str) -> User:
    """Redeem the link and set the password chosen behind it. Rooms that wait for a verified
    customer act in the same transaction. Raises IdentityError."""
    with transaction.atomic():
        user = tokens.redeem(token, tokens.Purpose.VERIFY_EMAIL)
        set_password(user, password)
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
