"""A firm's settings for the care of its customers."""

from django.utils.translation import gettext_lazy as _

from tenants import registry

GROUP = _("Care for customers")


def declare_settings() -> None:
    for setting in (
        registry.Integer(
            name="care.answer_hours",
            label=_("Hours in which a question should be answered"),
            default=24,
            minimum=1,
            maximum=24 * 30,
            group=GROUP,
        ),
        registry.Integer(
            name="care.close_after_days",
            label=_("Days after which an answered question is closed"),
            help=_("A customer can write again and so open it."),
            default=14,
            minimum=1,
            maximum=365,
            group=GROUP,
        ),
        registry.Integer(
            name="care.reset_wait_hours",
            label=_("Hours between the second person's word and a reset second factor"),
            help=_("The customer is told and can stop it."),
            default=24,
            minimum=1,
            maximum=24 * 14,
            group=GROUP,
        ),
    ):
        registry.declare(setting)
