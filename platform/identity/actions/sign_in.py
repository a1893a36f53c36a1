"""Signing in, in one or two steps.

The password comes first. Who has a second factor and no trusted browser is not signed in then:
his session only remembers for ten minutes that the password was right.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from django.contrib import auth
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from identity import gate, sessions, throttling
from identity.actions import devices, second_factor
from identity.actions.sign_up import send_verification
from identity.errors import IdentityError
from identity.models import SignInAttempt, TotpDevice, User
from identity.models.user import normalize_email

PENDING_SECONDS = 600
_PENDING = "pending_sign_in"

State = Literal["signed_in", "second_factor", "refused", "throttled", "unverified"]


@dataclass(frozen=True)
class SignIn:
    """What came of a step. ``message`` can be shown; ``trusted_token`` goes into the cookie
    :data:`identity.cookies.TRUSTED_DEVICE` (see :func:`identity.cookies.set_trusted_device`)."""

    state: State
    user: User | None = None
    message: str = ""
    trusted_token: str = ""

    @property
    def refusal(self) -> IdentityError:
        """What an action that cannot answer with a step would have raised."""
        return IdentityError(self.state, self.message)


def sign_in(*, request: HttpRequest, email: str, password: str, trusted_token: str = "") -> SignIn:
    """Check a password. ``signed_in``, or ``second_factor`` when a code must follow."""
    email = normalize_email(email)
    trusted = devices.trusted_device(trusted_token)
    is_trusted = trusted is not None and trusted.user.email == email
    try:
        attempt = throttling.begin(request, throttling.Kind.SIGN_IN, email, trusted=is_trusted)
    except IdentityError as error:
        return SignIn("throttled", message=error.message)
    user = _user_with_password(email, password)
    if user is None:
        known = User.objects.filter(email=email).first()
        throttling.finish(attempt, throttling.Outcome.WRONG, known)
        return SignIn("refused", message=_("The e-mail or the password is not right."))
    if user.email_verified_at is None and not user.is_staff:
        throttling.finish(attempt, throttling.Outcome.DONE, user)
        _mail_again(request, user)
        return SignIn(
            "unverified", message=_("Open the link we have just mailed you, then sign in.")
        )
    has_device = TotpDevice.objects.filter(user=user, confirmed=True).exists()
    if has_device and not (is_trusted and not user.is_staff):
        throttling.finish(attempt, throttling.Outcome.SECOND_FACTOR, user)
        request.session.cycle_key()
        request.session[_PENDING] = [user.pk, user.get_session_auth_hash(), int(time.time())]
        return SignIn("second_factor", user=user)
    sentence = gate.refusal(request, user)
    if sentence:
        return _kept_out(user, attempt, sentence)
    if trusted is not None and is_trusted:
        devices.note_use(trusted, request)
    _start(request, user, attempt)
    return SignIn("signed_in", user=user)


def finish_sign_in(*, request: HttpRequest, code: str, trust: bool = False) -> SignIn:
    """Check the code (or a recovery code) after a right password."""
    user = pending_user(request)
    if user is None:
        return SignIn("refused", message=_("That took too long. Begin again with the password."))
    try:
        attempt = throttling.begin(request, throttling.Kind.SIGN_IN, user.email)
    except IdentityError as error:
        return SignIn("throttled", message=error.message)
    device = second_factor.accept_code(user, code)
    if device is None:
        throttling.finish(attempt, throttling.Outcome.WRONG_CODE, user)
        return SignIn(
            "refused", message=_("That code is not right, or it was used already. Try the next.")
        )
    request.session.pop(_PENDING, None)
    sentence = gate.refusal(request, user)
    if sentence:
        return _kept_out(user, attempt, sentence)
    _start(request, user, attempt, device=device)
    token = ""
    if trust and not user.is_staff:
        token = devices.trust_device(request=request, user=user)
    return SignIn("signed_in", user=user, trusted_token=token)


def pending_user(request: HttpRequest) -> User | None:
    """Whose password was right in this session less than ten minutes ago, if anyone's."""
    pending = request.session.get(_PENDING)
    if not pending:
        return None
    user_id, auth_hash, since = pending
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or time.time() - since > PENDING_SECONDS:
        return None
    return user if user.get_session_auth_hash() == auth_hash else None


def sign_out(*, request: HttpRequest) -> None:
    """End the session."""
    auth.logout(request)


def _kept_out(user: User, attempt: SignInAttempt, sentence: str) -> SignIn:
    # It stays “not finished”, and so counts as a try: asking again and again is slowed down.
    throttling.finish(attempt, throttling.Outcome.PENDING, user)
    return SignIn("refused", message=sentence)


def _user_with_password(email: str, password: str) -> User | None:
    user = User.objects.filter(email=email).first()
    if user is None:
        make_password(password)  # the time a check takes, for an account that is not there
        return None
    right = user.check_password(password)
    return user if right and user.is_active else None


def _mail_again(request: HttpRequest, user: User) -> None:
    # Counted with the sign-ups: nobody can have a stranger's mailbox filled.
    with suppress(IdentityError):
        attempt = throttling.begin(request, throttling.Kind.SIGN_UP, user.email)
        with transaction.atomic():
            send_verification(user)
        throttling.finish(attempt, throttling.Outcome.DONE, user)


def _start(
    request: HttpRequest, user: User, attempt: SignInAttempt, device: TotpDevice | None = None
) -> None:
    auth.login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    throttling.finish(attempt, throttling.Outcome.SIGNED_IN, user)
    request.session[sessions.PASSWORD_AT] = int(time.time())
    if device is not None:
        sessions.mark_second_factor(request, device)
