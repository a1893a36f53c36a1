import base64
import io
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import segno
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto, links, policy, roles, sessions
from identity.actions import devices
from identity.errors import IdentityError
from identity.models import RecoveryCode, TotpDevice, User
from identity.models.second_factor import DIGITS, STEP_SECONDS, new_secret
from messaging import actions as messaging
from messaging import notices
from messaging.models import SECURITY

RECOVERY_CODES = 10
_WAITING = "waiting_second_factor"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs; shown until it is confirmed."""

    secret_text: str  # base32, in groups of four
    uri: str
    qr_svg: str


def begin_enrolment(*, request: HttpRequest, user: User, issuer: str) -> Enrolment:
    """Make a new secret, or show the one still waiting for its first code in this session.

    The secret waits in the session alone: no other one may see it or confirm it. Who has a
    second factor already must have shown it lately.
    """
    if TotpDevice.objects.filter(user=user, confirmed=True).exists():
        sessions.require_recent(request)
    secret = _waiting_secret(request, user)
    if secret is None:
        secret = new_secret()
        request.session[_WAITING] = [user.pk, crypto.encrypt(secret).decode()]
    return enrolment_of(user, secret, issuer)


def _waiting_secret(request: HttpRequest, user: User) -> bytes | None:
    user_id, encrypted = request.session.get(_WAITING, (0, ""))
    if user_id != user.pk:
        return None
    try:
        return crypto.decrypt(encrypted.encode())
    except InvalidToken:  # the server's keys are others now
        return None


def forget_enrolment(request: HttpRequest) -> None:
    """Drop a secret still waiting for its first code: whoever had the session may have seen it."""
    request.session.pop(_WAITING, None)


def enrolment_of(user: User, secret: bytes, issuer: str) -> Enrolment:
    secret_text = base64.b32encode(secret).decode()
    label = quote(f"{issuer}:{user.email}")
    query = urlencode(
        {"secret": secret_text, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS},
        quote_via=quote,
    )
    uri = f"otpauth://totp/{label}?{query}"
    svg = io.BytesIO()
    segno.make(uri, error="m").save(svg, kind="svg", scale=4, border=2, xmldecl=False, svgns=True)
    grouped = " ".join(secret_text[i : i + 4] for i in range(0, len(secret_text), 4))
    return Enrolment(secret_text=grouped, uri=uri, qr_svg=svg.getvalue().decode())


def confirm_enrolment(*, request: HttpRequest, user: User, code: str) -> list[str]:
    """Take the new authenticator into use with its first code; returns fresh recovery codes.

    The former authenticator, recovery codes, trusted browsers and other sessions stop working.
    Raises IdentityError for a wrong code.
    """
    secret = _waiting_secret(request, user)
    if secret is None:
        raise IdentityError("not_enrolling", _("Begin again: there is no code to confirm."))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        former = TotpDevice.objects.filter(user=user, confirmed=True)
        if former.exists():
            sessions.require_recent(request)
        device = _device(user, secret)
        if not device.accepts(_digits(code)):
            raise IdentityError("wrong_code", _("That code is not right. Try the next one."))
        former.delete()
        device.save()
        devices.forget_all_devices(user=user, acting_user=user)
        keep_key = request.session.session_key
        devices.revoke_other_sessions(user=user, keep_key=keep_key, acting_user=user)
        codes = _replace_recovery_codes(user)
        audit.record("identity.enrol_second_factor", user, acting_user=user)
        _tell(user, "second_factor_on")
    forget_enrolment(request)
    sessions.rotate(request)
    sessions.mark_second_factor(request, device)
    return codes


def _device(user: User, secret: bytes) -> TotpDevice:
    return TotpDevice(
        user=user,
        name="authenticator",
        confirmed=True,
        secret_encrypted=crypto.encrypt(secret),
    )


def enrol_with_secret(*, user: User, secret: bytes, acting_user: Any) -> TotpDevice:
    """Give a user a known, confirmed authenticator: for demo data and tests, never from a page."""
    with transaction.atomic():
        TotpDevice.objects.filter(user=user).delete()
        device = _device(user, secret)
        device.save()
        audit.record("identity.enrol_second_factor", user, acting_user=acting_user)
    return device


def check_second_factor(*, request: HttpRequest, code: str) -> None:
    """Show the second factor again before something sensitive; raises IdentityError."""
    device = accept_code(request.user, code)  # type: ignore[arg-type]
    if device is None:
        raise IdentityError(
            "wrong_code", _("That code is not right, or it was used already. Try the next.")
        )
    sessions.mark_second_factor(request, device)


def accept_code(user: User, code: str) -> TotpDevice | None:
    """Use up a code or a recovery code of ``user``; None if it is neither. The device is
    returned in both cases: it is what the session is verified by."""
    with transaction.atomic():
        device = TotpDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return None
        digits = _digits(code)
        if len(digits) == DIGITS and digits.isdigit():
            return device if device.verify_token(digits) else None
        allowed, _details = device.verify_is_allowed()
        if not allowed:
            return None
        if not _use_recovery_code(user, digits):
            device.throttle_increment()
            return None
        audit.record("identity.use_recovery_code", user, acting_user=user)
        _tell(user, "recovery_code_used")
        return device


def new_recovery_codes(*, request: HttpRequest | None, user: User) -> list[str]:
    """Replace the recovery codes; the plain ones are returned only here."""
    sessions.require_recent(request)
    with transaction.atomic():
        codes = _replace_recovery_codes(user)
        audit.record("identity.new_recovery_codes", user, acting_user=user)
    return codes


def disable_second_factor(*, request: HttpRequest | None, user: User) -> None:
    """Do without a second factor; staff, and customers of a strict tenant, may not."""
    if user.is_staff or policy.current().customer_second_factor == "required":
        raise IdentityError("second_factor_required", _("The second factor is required here."))
    sessions.require_recent(request)
    with transaction.atomic():
        _remove_second_factor(user)
        audit.record("identity.disable_second_factor", user, acting_user=user)
        _tell(user, "second_factor_off")
    if request is not None:
        sessions.rotate(request)


def reset_second_factor(*, user: User, acting_user: User, reason: str) -> None:
    """Staff take a lost authenticator away; the user signs in anew and enrols another one."""
    roles.require(acting_user, "staff.manage" if user.is_staff else "customers.edit")
    if user.pk == acting_user.pk:
        raise IdentityError("own_account", _("Someone else has to do this for you."))
    with transaction.atomic():
        _remove_second_factor(user)
        devices.revoke_other_sessions(user=user, keep_key=None, acting_user=acting_user)
        audit.record("identity.reset_second_factor", user, acting_user=acting_user, reason=reason)
        _tell(user, "second_factor_off")


def _remove_second_factor(user: User) -> None:
    TotpDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    devices.forget_all_devices(user=user, acting_user=user)


def _replace_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=_recovery_hash(user, _digits(code))) for code in codes
    )
    return codes


def _use_recovery_code(user: User, code: str) -> bool:
    return bool(
        RecoveryCode.objects.filter(
            user=user, code_hash=_recovery_hash(user, code), used_at=None
        ).update(used_at=timezone.now())
    )


def _recovery_hash(user: User, code: str) -> str:
    return crypto.keyed_hash(f"{user.pk}:{code}", purpose="recovery-code")


def _digits(code: str) -> str:
    return code.replace(" ", "").replace("-", "").strip().lower()


def _tell(user: User, template: str) -> None:
    messaging.tell(
        user=user,
        kind=SECURITY,
        template=template,
        path=links.security(user),
        notice_path="/security",
        tone=notices.Tone.WARN,
    )
