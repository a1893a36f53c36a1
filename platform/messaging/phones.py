"""A customer's number for SMS: typed, proved by a code sent to it, taken away."""

import hmac
import re
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto
from messaging import outbox, provider_rows
from messaging.models import SECURITY, Channel, Phone

CODE_MINUTES = 10
MOST_WRONG = 5  # of one code
MOST_CODES_A_DAY = 5  # each SMS costs the firm, and may annoy a stranger
_E164 = re.compile(r"\+[1-9][0-9]{7,14}\Z", re.ASCII)


class PhoneError(ValueError):
    """A sentence for the customer."""


def is_offered() -> bool:
    """Whether the firm sends SMS at all."""
    return provider_rows.active(Channel.SMS) is not None


def confirmed_number(user_id: int) -> str:
    """Where SMS of a customer go; "" while he confirmed none or the firm sends none."""
    if not is_offered():
        return ""
    row = Phone.objects.filter(user_id=user_id, confirmed_at__isnull=False).first()
    return row.number if row else ""


def set_number(*, number: str, acting_user: Any) -> None:
    """Send a code to a number; it counts once the code is typed. Raises PhoneError."""
    number = re.sub(r"[ ()/.-]", "", number)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not _E164.match(number):
        raise PhoneError(_("Write the number with its country code, such as +46 70 123 45 67."))
    if not is_offered():
        raise PhoneError(_("This firm sends no SMS."))
    code = f"{secrets.randbelow(10**6):06d}"
    now = timezone.now()
    with transaction.atomic():
        row, _is_new = Phone.objects.select_for_update().get_or_create(user_id=acting_user.pk)
        if row.first_code_at is None or now - row.first_code_at > timedelta(days=1):
            row.first_code_at, row.codes_sent = now, 0
        if row.codes_sent >= MOST_CODES_A_DAY:
            raise PhoneError(_("Too many codes were sent today. Try again tomorrow."))
        row.codes_sent += 1
        row.number, row.confirmed_at, row.wrong_codes = number, None, 0
        row.code_hash = _hash(acting_user.pk, number, code)
        row.code_expires_at = now + timedelta(minutes=CODE_MINUTES)
        row.save()
        audit.record("messaging.set_phone", row, acting_user=acting_user)
        outbox.queue(
            channel=Channel.SMS,
            kind=SECURITY,
            to=number,
            user_id=acting_user.pk,
            template="phone_code",
            language=acting_user.language,
            subject=_("Code for your number"),
            text=_("%(code)s is the code that confirms this number. Give it to nobody.")
            % {"code": code},
        )


def confirm_number(*, code: str, acting_user: Any) -> None:
    """The code that was sent. Raises PhoneError; wrong ones are counted and kept."""
    with transaction.atomic():
        row = Phone.objects.select_for_update().filter(user_id=acting_user.pk).first()
        is_open = row is not None and row.confirmed_at is None and row.code_hash
        if row is None or not is_open or (row.code_expires_at or timezone.now()) <= timezone.now():
            raise PhoneError(_("This code has run out. Send a new one."))
        if row.wrong_codes >= MOST_WRONG:
            raise PhoneError(_("Too many wrong codes. Send a new one."))
        right = hmac.compare_digest(
            row.code_hash, _hash(acting_user.pk, row.number, code.strip().replace(" ", ""))
        )
        if right:
            row.confirmed_at, row.code_hash = timezone.now(), ""
            audit.record("messaging.confirm_phone", row, acting_user=acting_user)
        else:
            row.wrong_codes += 1
        row.save()
    if not right:
        raise PhoneError(_("The code is not right."))


def remove_number(*, acting_user: Any) -> None:
    """No SMS from now on. The row stays, so that codes of a day are counted on."""
    with transaction.atomic():
        row = Phone.objects.select_for_update().filter(user_id=acting_user.pk).first()
        if row is None or not row.number:
            return
        row.number, row.confirmed_at, row.code_hash = "", None, ""
        row.save()
        audit.record("messaging.remove_phone", row, acting_user=acting_user)


def _hash(user_id: int, number: str, code: str) -> str:
    return crypto.keyed_hash(f"{user_id}:{number}:{code}", purpose="phone-code")
