"""What customers are told, in the transaction that it is about."""

from typing import Any

from messaging import actions as messaging
from messaging.models import SECURITY
from messaging.notices import Tone

PATHS = {
    "beneficiary_added": "/beneficiaries",
    "deposit_credited": "/deposit",
    "withdrawal_requested": "/withdraw",
    "withdrawal_paid": "/withdraw",
    "withdrawal_given_back": "/withdraw",
}
TONES = {
    "beneficiary_added": Tone.WARN,
    "deposit_credited": Tone.GOOD,
    "withdrawal_paid": Tone.GOOD,
    "withdrawal_given_back": Tone.BAD,
}


def tell(template: str, user: Any, context: dict[str, Any]) -> None:
    """Tell a customer in his language, by the channels that he wants."""
    messaging.tell(
        user=user,
        kind=SECURITY if template == "beneficiary_added" else "money",
        template=template,
        context=context,
        path=PATHS[template],
        tone=TONES.get(template, Tone.INFO),
    )
