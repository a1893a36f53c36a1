"""Settings declared for the rooms below this one, and where those rooms read them."""

from django.utils.translation import gettext_lazy as _

from identity import policy
from messaging import brand_source
from tenants import brands, links, registry, selectors
from tenants.models import Tenant

SIGN_IN = _("Sign-in")


def declare_settings() -> None:
    registry.declare(
        registry.Boolean(
            name="identity.sign_up_open",
            label=_("New customers may sign up"),
            default=True,
            group=SIGN_IN,
        )
    )
    registry.declare(
        registry.Choice(
            name="identity.customer_second_factor",
            label=_("Second factor of customers"),
            help=_("Staff always need one."),
            choices=[("optional", _("Recommended")), ("required", _("Required"))],
            default="optional",
            group=SIGN_IN,
        )
    )
    registry.declare(
        registry.Integer(
            name="identity.trusted_device_days",
            label=_("Days a browser stays trusted"),
            default=30,
            minimum=1,
            maximum=365,
            group=SIGN_IN,
        )
    )
    registry.declare(
        registry.Integer(
            name="identity.attempts_per_account",
            label=_("Wrong sign-ins per account and network address in a quarter of an hour"),
            default=10,
            minimum=3,
            maximum=100,
            group=SIGN_IN,
        )
    )
    registry.declare(
        registry.Integer(
            name="identity.attempts_per_account_anywhere",
            label=_("Wrong sign-ins per account in a quarter of an hour, from anywhere"),
            help=_("A low number lets strangers lock customers out; trusted browsers always pass."),
            default=100,
            minimum=20,
            maximum=10_000,
            group=SIGN_IN,
        )
    )
    registry.declare(
        registry.Integer(
            name="identity.attempts_per_address",
            label=_("Wrong sign-ins per network address in a quarter of an hour"),
            default=60,
            minimum=5,
            maximum=10_000,
            group=SIGN_IN,
        )
    )


def identity_policy() -> policy.Policy:
    """The current tenant's rules for its users."""
    tenant = selectors.current_tenant()
    return policy.Policy(
        sign_up_open=not tenant.is_platform and registry.get("identity.sign_up_open", tenant),
        customer_second_factor=registry.get("identity.customer_second_factor", tenant),
        trusted_device_days=registry.get("identity.trusted_device_days", tenant),
        attempts_per_account=registry.get("identity.attempts_per_account", tenant),
        attempts_per_account_anywhere=registry.get(
            "identity.attempts_per_account_anywhere", tenant
        ),
        attempts_per_address=registry.get("identity.attempts_per_address", tenant),
    )


def mail_brand() -> brand_source.MailBrand:
    """The current tenant's brand, as mail needs it."""
    tenant = selectors.current_tenant()
    return mail_brand_of(tenant, brands.view_of(tenant))


def mail_brand_of(tenant: Tenant, brand: brands.BrandView) -> brand_source.MailBrand:
    """Any state of a tenant's brand, as mail needs it."""
    site = links.site_address(tenant)
    logo = f"{site}/brand/logo.png?v={brand.version}" if brand.logo_png else ""
    if brand.is_draft and logo:
        logo = f"data:image/png;base64,{brand.logo_png}"
    return brand_source.MailBrand(
        name=brand.name,
        site_address=site,
        languages=brand.languages,
        default_language=brand.default_language,
        primary=brand.light["primary"],
        on_primary=brand.light["on_primary"],
        signature=_by_language(brand, "mail_signature"),
        support_address=brand.support_address,
        mail_from=brand.mail_from,
        look=brand.mail_look,
        logo_address=logo,
        footer=_by_language(brand, "mail_footer"),
    )


def _by_language(brand: brands.BrandView, key: str) -> dict[str, str]:
    return {language: table[key] for language, table in brand.texts.items() if table.get(key)}
