from django.utils.translation import gettext_lazy as _

from tenants import registry

GROUP = _("Seeing as somebody else")


def declare_settings() -> None:
    registry.declare(
        registry.Boolean(
            name="impersonation.by_platform",
            label=_("The platform's support may see pages as somebody here sees them"),
            help=_("Read-only, with a reason; owners are mailed each time. Off ends what is open."),
            default=True,
            group=GROUP,
        )
    )
    registry.declare(
        registry.Boolean(
            name="impersonation.tell_customer",
            label=_("Customers are told when somebody sees their pages as they do"),
            default=True,
            group=GROUP,
        )
    )
    registry.declare(
        registry.Integer(
            name="impersonation.minutes",
            label=_("Minutes after which seeing as somebody else ends by itself"),
            default=30,
            minimum=5,
            maximum=120,
            group=GROUP,
        )
    )
