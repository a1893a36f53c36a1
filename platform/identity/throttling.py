"""Counting tries in the database, so that no restart forgets them.

Three counts stop a door for a while: an account's tries from one network, a network's tries on
any account, and, far higher, an account's tries from anywhere. So nobody can lock the owner out
from elsewhere with a handful of wrong passwords, and many networks together still cannot guess.

The try is written before it is counted: many at once cannot all slip under the limit. The
account is counted by what was typed, whether or not it exists, so the answer tells nothing.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from identity import crypto, policy, sessions
from identity.errors import IdentityError
from identity.models import SignInAttempt
from identity.models.user import normalize_email

Kind = SignInAttempt.Kind
Outcome = SignInAttempt.Outcome

_COUNTED = [Outcome.PENDING, Outcome.WRONG, Outcome.WRONG_CODE]
# Sign-ups and resets each send a mail: here success counts as well.
_COUNTED_MAIL = [*_COUNTED, Outcome.DONE]
MAILS_PER_ACCOUNT = 4
MAILS_PER_ACCOUNT_ANYWHERE = 12
MAILS_PER_NETWORK = 30
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
    """Write a try. Raises IdentityError("throttled"), which says how long to wait, if there were
    too many; call outside of a database transaction, which would forget the try with it.

    A ``trusted`` browser is not held up by what others try on the account.
    """
    attempt = SignInAttempt.objects.create(
        kind=kind,
        email_hash=crypto.keyed_hash(normalize_email(email), purpose="sign-in"),
        address=sessions.address_of(request),
        network=sessions.network_of(request),
        user_agent=sessions.user_agent_of(request),
    )
    wait = _wait(attempt, trusted=trusted)
    if wait > timedelta():
        finish(attempt, Outcome.THROTTLED)
        minutes = -(-wait // timedelta(minutes=1))
        raise IdentityError(
            "throttled",
            ngettext(
                "Too many attempts. Try again in %(minutes)d minute.",
                "Too many attempts. Try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes},
        )
    return attempt


def finish(attempt: SignInAttempt, outcome: SignInAttempt.Outcome, user: object = None) -> None:
    """Write how the try ended."""
    attempt.outcome = outcome
    if user is not None:
        attempt.user_id = user.pk  # type: ignore[attr-defined]
    attempt.save(update_fields=["outcome", "user"])


def _wait(attempt: SignInAttempt, *, trusted: bool) -> timedelta:
    """How long until the try would be allowed; nothing if it is."""
    rules = policy.current()
    mails = attempt.kind != Kind.SIGN_IN
    window = timedelta(seconds=rules.attempt_window_seconds)
    others = SignInAttempt.objects.exclude(pk=attempt.pk).filter(
        kind=attempt.kind,
        outcome__in=_COUNTED_MAIL if mails else _COUNTED,
        created_at__gt=timezone.now() - window,
    )
    on_account = others.filter(email_hash=attempt.email_hash)
    limits: list[tuple[models.QuerySet[SignInAttempt], int]] = []
    if attempt.network:
        most = MAILS_PER_NETWORK if mails else rules.attempts_per_address
        limits.append((others.filter(network=attempt.network), most))
    if not trusted:
        most = MAILS_PER_ACCOUNT if mails else rules.attempts_per_account
        limits.append((on_account.filter(network=attempt.network), most))
        most = MAILS_PER_ACCOUNT_ANYWHERE if mails else rules.attempts_per_account_anywhere
        limits.append((on_account, most))
    return max(_left(tries, most, window) for tries, most in limits) if limits else timedelta()


def _left(tries: "models.QuerySet[SignInAttempt]", most: int, window: timedelta) -> timedelta:
    """How long until fewer than ``most`` tries are younger than ``window``."""
    newest = tries.order_by("-created_at").values_list("created_at", flat=True)
    # The oldest of the newest ``most``: as soon as it no longer counts, one more may be tried.
    decisive = newest[most - 1 : most].first()
    return timedelta() if decisive is None else decisive + window - timezone.now()
