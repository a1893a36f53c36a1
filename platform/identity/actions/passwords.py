from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import links, sessions, throttling
from identity.actions import api_keys, devices, second_factor, tokens
from identity.actions.profile import set_password
from identity.actions.sign_up import send_verification
from identity.errors import IdentityError
from identity.models import User, UserSession
from identity.models.user import normalize_email
from messaging import actions as messaging
from messaging import notices
from messaging.models import SECURITY


def request_password_reset(*, request: HttpRequest, email: str) -> None:
    """Mail a link if the address has an account; the visitor sees no difference."""
    attempt = throttling.begin(request, throttling.Kind.RESET, email)
    with throttling.same_time(), transaction.atomic():
        user = User.objects.filter(email=normalize_email(email), is_active=True).first()
        if user is not None and user.email_verified_at is None and not user.is_staff:
            send_verification(user)  # where he chooses his first password
        elif user is not None:
            token = tokens.issue(user, tokens.Purpose.RESET_PASSWORD)
            messaging.send_mail(
                "reset_password",
                user.email,
                {"path": links.password_reset(user, token)},
                language=user.language,
            )
    throttling.finish(attempt, throttling.Outcome.DONE)


def reset_password(*, token: str, password: str) -> User:
    """Set a new password by a mailed link. All sessions and API keys end, no browser stays
    trusted; the second factor is asked for as before."""
    with transaction.atomic():
        user = tokens.redeem(token, tokens.Purpose.RESET_PASSWORD)
        set_password(user, password)
        devices.revoke_other_sessions(user=user, keep_key=None, acting_user=user)
        devices.forget_all_devices(user=user, acting_user=user)
        api_keys.revoke_all_api_keys(user=user, acting_user=user)
        audit.record("identity.reset_password", user, acting_user=user)
        _tell(user)
    return user


def change_password(*, request: HttpRequest, current: str, password: str) -> None:
    """Set a new password from a session. Other sessions end, this one gets a new key."""
    user: User = request.user  # type: ignore[assignment]
    sessions.require_recent(request)
    _check_password(request, user, current)
    old_key = request.session.session_key
    with transaction.atomic():
        set_password(user, password)
        second_factor.forget_enrolment(request)
        devices.revoke_other_sessions(user=user, keep_key=old_key, acting_user=user)
        devices.forget_all_devices(user=user, acting_user=user)
        audit.record("identity.change_password", user, acting_user=user)
        _tell(user)
        update_session_auth_hash(request, user)
        UserSession.objects.filter(session_key=old_key).update(
            session_key=request.session.session_key
        )


def confirm_password(*, request: HttpRequest, password: str) -> None:
    """Show the password again before something sensitive, for who has no second factor.

    Wrong ones count as tries to sign in; raises IdentityError.
    """
    user: User = request.user  # type: ignore[assignment]
    _check_password(request, user, password)
    sessions.mark_password(request)


def _check_password(request: HttpRequest, user: User, password: str) -> None:
    attempt = throttling.begin(request, throttling.Kind.SIGN_IN, user.email)
    if not user.check_password(password):
        throttling.finish(attempt, throttling.Outcome.WRONG, user)
        raise IdentityError("wrong_password", _("The password is not right."))
    attempt.delete()


def _tell(user: User) -> None:
    messaging.tell(
        user=user,
        kind=SECURITY,
        template="password_changed",
        path=links.forgotten_password(user),
        notice_path="/security",
        tone=notices.Tone.WARN,
    )
