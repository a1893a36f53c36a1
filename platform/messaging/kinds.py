"""What customers are told about, and by which channels unless they choose otherwise."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from messaging.models import SECURITY, Channel


@dataclass(frozen=True)
class Kind:
    """``fixed`` are channels that cannot be turned off; ``usual`` are on until turned off."""

    name: str
    title: Any
    text: Any
    usual: frozenset[str]
    fixed: frozenset[str] = frozenset()


_ALL = frozenset({Channel.MAIL.value, Channel.SMS.value, Channel.PUSH.value})
_QUIET = frozenset({Channel.MAIL.value, Channel.PUSH.value})
_MAIL = frozenset({Channel.MAIL.value})

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            SECURITY,
            _("Security"),
            _("New password, second factor, keys. Comes at any hour."),
            _ALL,
            _MAIL,
        ),
        Kind("money", _("Deposits and withdrawals"), _("What came in, what was paid out."), _QUIET),
        Kind("verification", _("Verification"), _("Answers to your documents."), _QUIET),
        Kind("care", _("Answers from support"), _("Your questions and their answers."), _QUIET),
        Kind("account", _("Your accounts"), _("Opened, restricted, closed."), _QUIET),
    )
}
CHOSEN_CHANNELS = (Channel.MAIL, Channel.SMS, Channel.PUSH)
