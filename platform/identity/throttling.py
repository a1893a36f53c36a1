"""Counting tries per account and per address, in the database, so that no restart forgets them.

The try is written before it is counted: many at once cannot all slip under the limit. The
account is counted by what was typed, whether or not it exists, so the answer tells nothing.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from identity import crypto, policy, sessions
from identity.models import SignInAttempt
from identity.models.user import normalize_email

Kind = SignInAttempt.Kind
Outcome = SignInAttempt.Outcome

_COUNTED = [Outcome.PENDING, Outcome.WRONG, Outcome.WRONG_CODE]
# Sign-ups and resets each send a mail: here success counts as well.
_COUNTED_MAIL = [*_COUNTED, Outcome.DONE]
MAILS_PER_ACCOUNT = 4
MAILS_PER_ADDRESS = 30
# Longer than writing and rendering a mail takes.
ANSWER_SECONDS = 0.3


@contextmanager
def same_time() -> Iterator[None]:
    """Answer after :data:`ANSWER_SECONDS`, whether or not there was anything to do."""
    begin = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, begin + ANSWER_SECONDS - time.monotonic()))


def begin(
    request: HttpRequest, kind: SignInAttempt.Kind, email: str, *, trusted: bool = False
) -> SignInAttempt:
    """Write a try and judge it: its outcome is PENDING, or THROTTLED if there were too many.

    A ``trusted`` browser is not held up by what others try on the account.
    """
    attempt = SignInAttempt.objects.create(
        kind=kind,
        email_hash=crypto.keyed_hash(normalize_email(email), purpose="sign-in"),
        address=sessions.address_of(request),
        user_agent=sessions.user_agent_of(request),
    )
    if _is_too_many(attempt, trusted=trusted):
        finish(attempt, Outcome.THROTTLED)
    return attempt


def finish(attempt: SignInAttempt, outcome: SignInAttempt.Outcome, user: object = None) -> None:
    """Write how the try ended."""
    attempt.outcome = outcome
    if user is not None:
        attempt.user_id = user.pk  # type: ignore[attr-defined]
    attempt.save(update_fields=["outcome", "user"])


def _is_too_many(attempt: SignInAttempt, *, trusted: bool) -> bool:
    rules = policy.current()
    mails = attempt.kind != Kind.SIGN_IN
    recent = SignInAttempt.objects.filter(
        kind=attempt.kind,
        outcome__in=_COUNTED_MAIL if mails else _COUNTED,
        created_at__gt=timezone.now() - timedelta(seconds=rules.attempt_window_seconds),
    )
    per_account = MAILS_PER_ACCOUNT if mails else rules.attempts_per_account
    per_address = MAILS_PER_ADDRESS if mails else rules.attempts_per_address
    if not trusted and recent.filter(email_hash=attempt.email_hash).count() > per_account:
        return True
    if attempt.address is None:
        return False
    return recent.filter(address=attempt.address).count() > per_address
