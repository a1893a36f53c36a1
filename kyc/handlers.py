"""What KYC does when something happens elsewhere."""

from typing import Any

from kyc import selectors
from kyc.actions import rights


def on_email_verified(sender: Any, *, user: Any, **_: Any) -> None:
    """A customer's first account was opened: it may do what tier 0 allows."""
    if not user.is_staff and selectors.first_tier_or_none() is not None:
        rights.apply_rights(user=user, acting_user=None, reason="By the customer's tier")


def on_account_opened(sender: Any, *, account: Any, **_: Any) -> None:
    """A further account may do what its owner's others may.

    His profile is locked before it is read: who holds him back at the same time has either done so
    by then, or finds this account among his. A first account is followed by the verified address.
    """
    user = account.user
    if selectors.first_tier_or_none() is None or user.accounts.count() < 2:
        return
    rights.ensure_profile(user, for_update=True)
    rights.apply_rights(user=user, acting_user=None, reason="By the customer's tier")
