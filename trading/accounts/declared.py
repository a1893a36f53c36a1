"""A firm's settings for accounts."""

from django.utils.translation import gettext_lazy as _

from tenants import registry

MOST_ACCOUNTS = "accounts.most_per_customer"


def declare_settings() -> None:
    registry.declare(
        registry.Integer(
            name=MOST_ACCOUNTS,
            label=_("Open accounts that a customer may have"),
            help=_("Counted without closed ones. With 1, customers open no further account."),
            default=5,
            minimum=1,
            maximum=100,
            group=_("Accounts"),
        )
    )
