"""The checklist from sign-up to first trade: the portal's own steps, and what is next of all."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from identity import first_steps
from identity import selectors as identity
from identity.first_steps import FirstStep
from kyc import selectors as kyc
from tenants import switches
from tenants.selectors import current_tenant
from trading.accounts.selectors import accounts_of
from trading.orders.selectors import has_traded
from wallets.ledger.selectors import has_funds


@dataclass(frozen=True)
class Line:
    """A step as one user stands to it."""

    step: FirstStep
    done: bool
    is_next: bool


def lines(user: Any) -> list[Line]:
    """Every step that is wanted of the user; the first that is not done is the next one."""
    tenant = current_tenant()
    steps = [
        step
        for step in first_steps.registered()
        if switches.closing(step.address, tenant) is None and step.is_wanted(user)
    ]
    done = [step.is_done(user) for step in steps]
    upcoming = done.index(False) if False in done else -1
    return [Line(step, done[i], i == upcoming) for i, step in enumerate(steps)]


def register() -> None:
    """The portal's own steps."""
    for step in (
        FirstStep(
            name="email",
            position=10,
            title=_("Confirm your e-mail address"),
            text=_("It opens your trading account."),
            is_done=lambda user: user.email_verified_at is not None,
        ),
        FirstStep(
            name="second-factor",
            position=20,
            title=_("Set up your second factor"),
            text=_("A code from your phone guards your funds and your keys."),
            is_done=identity.has_second_factor,
            address="/security/second-factor",
            action=_("Set up"),
        ),
        FirstStep(
            name="verification",
            position=30,
            title=_("Verify who you are"),
            text=_("It opens deposits and withdrawals."),
            is_done=lambda user: kyc.allowance(user).tier_number > 0,
            address="/verification",
            action=_("Begin"),
            is_wanted=lambda _user: any(tier.number for tier in kyc.tiers()),
        ),
        FirstStep(
            name="funds",
            position=40,
            title=_("Get funds"),
            text=_("By bank transfer, with a reference of your own."),
            is_done=lambda user: has_funds(_accounts(user)) or has_traded(_accounts(user)),
            address="/deposit",
            action=_("Deposit"),
        ),
        FirstStep(
            name="trade",
            position=50,
            title=_("Make your first trade"),
            text=_("Cost and fee are shown before you send."),
            is_done=lambda user: has_traded(_accounts(user)),
            address="/trade",
            action=_("Open the terminal"),
        ),
    ):
        first_steps.register(step)


def _accounts(user: Any) -> list[int]:
    return list(accounts_of(user).values_list("pk", flat=True))
