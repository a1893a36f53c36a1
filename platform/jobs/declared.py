from django.utils.translation import gettext_lazy as _

from tenants import registry


def declare_settings() -> None:
    registry.declare(
        registry.Integer(
            name="jobs.days_kept",
            label=_("Days that a file made in the background is kept"),
            help=_("Then it is removed, and links to it lead nowhere."),
            default=3,
            minimum=1,
            maximum=30,
            group=_("Reports"),
        )
    )
