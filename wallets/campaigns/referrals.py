"""Who brought whom: codes of customers, and one referral a customer."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import actions as audit
from identity.models import User
from wallets.campaigns.errors import CampaignError
from wallets.campaigns.models import Referral, ReferralCode

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another
LENGTH = 8
DAYS_TO_TELL = 30  # after the address was confirmed


def code_of(user: Any) -> ReferralCode:
    """The customer's own code; made on the first call."""
    known = ReferralCode.objects.filter(user_id=user.pk).first()
    if known is not None:
        return known
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return ReferralCode.objects.get_or_create(user_id=user.pk, defaults={"code": code})[0]


def note_referral(*, user: Any, code: str, acting_user: Any) -> Referral:
    """Keep who brought ``user``, by his code; the same once more is no error.

    CampaignError: unknown_code, own_code (he himself, also by another address of his mailbox or
    an account that belongs together with his), known (somebody else brought him), too_late,
    circular (he brought the other one).
    """
    row = ReferralCode.objects.select_related("user").filter(code=code.strip().upper()).first()
    if row is None or not row.user.is_active or row.user.is_staff:
        raise CampaignError("unknown_code", "There is no such code.", "code")
    with transaction.atomic():
        # Both rows, in one order: two who name each other at once are seen one after the other.
        both = User.objects.select_for_update().filter(pk__in=[user.pk, row.user_id])
        people = {person.pk: person for person in both.order_by("pk")}
        referred, referrer = people[user.pk], people[row.user_id]
        known = Referral.objects.filter(referred=referred).first()
        if known is not None and known.referrer_id == referrer.pk:
            return known
        if known is not None:
            raise CampaignError("known", "It is known already who brought you.", "code")
        if _is_oneself(referred, referrer):
            raise CampaignError("own_code", "This is your own code.", "code")
        if Referral.objects.filter(referred=referrer, referrer=referred).exists():
            raise CampaignError("circular", "You brought this customer yourself.", "code")
        since = referred.email_verified_at
        if since and since < timezone.now() - timedelta(days=DAYS_TO_TELL):
            raise CampaignError("too_late", "Codes are for new customers only.", "code")
        referral = Referral.objects.create(referred=referred, referrer=referrer)
        audit.record(
            "campaigns.note_referral", referral, new={"referrer": referrer.pk},
            acting_user=acting_user,
        )  # fmt: skip
    return referral


def _is_oneself(one: User, other: User) -> bool:
    if one.pk == other.pk or mailbox_of(one.email) == mailbox_of(other.email):
        return True
    groups = [
        set(each.accounts.exclude(trade_group=0).values_list("trade_group", flat=True))
        for each in (one, other)
    ]  # fmt: skip
    return bool(groups[0] & groups[1])


def mailbox_of(email: str) -> str:
    """The mailbox behind an address: what follows a plus is the owner's own mark, and dots count
    for nothing at Google."""
    name, _, host = email.lower().partition("@")
    name = name.partition("+")[0]
    if host in ("gmail.com", "googlemail.com"):
        name, host = name.replace(".", ""), "gmail.com"
    return f"{name}@{host}"
