"""A firm's settings for rules."""

from tenants import registry


def declare_settings() -> None:
    registry.declare(
        registry.Integer(
            name="riskrules.keep_days",
            label="Days for which judged facts are kept, to test rules against",
            default=90,
            minimum=7,
            maximum=730,
            group="Risk rules",
        )
    )
