"""A firm's settings for KYC."""

from django.utils.translation import gettext_lazy as _

from tenants import registry
from tenants.switches import Switch

VERIFICATION = Switch(
    "verification",
    _("Verification"),
    _("Customers send cases and documents, staff decide them. Tiers hold as they are."),
    ("/verification", "/backoffice/verification/"),
)

GROUP = _("Verification of customers")


def declare_settings() -> None:
    for setting in (
        registry.Integer(
            name="kyc.review_hours",
            label=_("Hours in which a case should be decided"),
            default=24,
            minimum=1,
            maximum=24 * 30,
            group=GROUP,
        ),
        registry.Integer(
            name="kyc.screening_threshold",
            label=_("Names on lists count from this likeness on, in percent"),
            help=_("Lower finds more, and more that is nothing."),
            default=85,
            minimum=60,
            maximum=100,
            group=GROUP,
        ),
        registry.Text(
            name="kyc.high_risk_countries",
            label=_("Countries of high risk"),
            help=_("Two letters each, separated by blanks; a customer's case becomes high risk."),
            default="IR KP MM",
            max_length=800,
            group=GROUP,
        ),
        registry.Integer(
            name="kyc.expiry_notice_days",
            label=_("Days before a document runs out that the customer is asked for a new one"),
            default=30,
            minimum=1,
            maximum=365,
            group=GROUP,
        ),
        registry.Integer(
            name="kyc.retention_years",
            label=_("Years that what a customer showed is kept after he left"),
            default=5,
            minimum=1,
            maximum=30,
            group=GROUP,
        ),
        registry.Boolean(
            name="kyc.checks_decide_low_risk",
            label=_("Providers' checks approve cases of low risk"),
            help=_(
                "Off: a person decides every case. On: one of low risk is approved as soon as all "
                "checks are clear and nothing else was found."
            ),
            default=False,
            group=GROUP,
        ),
    ):
        registry.declare(setting)
