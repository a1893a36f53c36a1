"""A firm's settings for rules."""

from django.utils.translation import gettext_lazy as _

from tenants import registry


def declare_settings() -> None:
    registry.declare(
        registry.Integer(
            name="riskrules.keep_days",
            label=_("Days for which judged facts are kept, to test rules against"),
            default=90,
            minimum=7,
            maximum=730,
            group=_("Risk rules"),
        )
    )
