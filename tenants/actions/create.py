from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from audit import actions as audit
from identity import actions as identity
from identity import roles
from tenants import directory, onboarding, registry, schemas, templates_data
from tenants.actions.brand import check_brand, keep_version
from tenants.actions.domains import clean_host
from tenants.actions.guards import audit_schema, label_of, require_operator
from tenants.errors import TenantError
from tenants.models import SLUG_VALIDATOR, Brand, Domain, SettingValue, Tenant

RESERVED_SLUGS = frozenset(
    ["public", "platform", "operator", "localhost", "information-schema", "www", "api", "template"]
)
PLATFORM_NAME = "Marque"


def create_tenant(
    *,
    slug: str,
    name: str,
    domain: str,
    owner_email: str,
    template: str = "spot-exchange",
    brand: dict[str, Any] | None = None,
    fees: dict[str, int] | None = None,
    timezone: str = "UTC",
    plan: str = "standard",
    acting_user: Any,
) -> Tenant:
    """Create a firm that trades at once: schema, domain, brand, everything its template lists,
    and an invitation for its first owner.

    ``brand`` overrides fields of the template's brand, ``fees`` its fee rates (ppm). Raises
    TenantError or ValidationError, and then leaves nothing behind. Not inside a database
    transaction of the caller's: migrations need their own.
    """
    require_operator(acting_user)
    host = clean_host(domain)
    with schema_context(settings.PUBLIC_SCHEMA_NAME), schemas.creation_lock():
        _check(slug, host, owner_email)
        data = _template_data(template, fees)
        tenant = Tenant(
            schema_name=slug.replace("-", "_"),
            slug=slug,
            name=name.strip(),
            plan=plan,
            template=template,
            timezone=timezone,
            reporting_currency=data.get("reporting_currency", "USDT"),
        )
        tenant.full_clean(exclude=["schema_name"])
        brand_row = _brand(tenant, data, brand or {})
        schemas.create(tenant.schema_name)
        try:
            with transaction.atomic():
                _furnish(tenant, brand_row, host, data, owner_email, acting_user)
        except BaseException:
            schemas.drop(tenant.schema_name)
            raise
    return tenant


def _check(slug: str, host: str, owner_email: str) -> None:
    SLUG_VALIDATOR(slug)
    if slug in RESERVED_SLUGS or slug.startswith("pg-"):
        raise TenantError("slug_reserved", _("“%(slug)s” is a reserved name.") % {"slug": slug})
    if Tenant.objects.filter(schema_name=slug.replace("-", "_")).exists():
        raise TenantError("slug_taken", _("There is already a firm “%(slug)s”.") % {"slug": slug})
    if Domain.objects.filter(domain=host).exists():
        raise TenantError("domain_taken", _("%(host)s already belongs to a firm.") % {"host": host})
    if "@" not in owner_email:
        raise ValidationError({"owner_email": _("Enter an e-mail address.")})


def _template_data(template: str, fees: dict[str, int] | None) -> dict[str, Any]:
    try:
        data = templates_data.load(template)
    except KeyError as error:
        raise TenantError(
            "unknown_template", _("There is no template “%(name)s”.") % {"name": template}
        ) from error
    return {**data, "fees": {**data.get("fees", {}), **(fees or {})}}


def _brand(tenant: Tenant, data: dict[str, Any], overrides: dict[str, Any]) -> Brand:
    texts = {language: dict(table) for language, table in data.get("texts", {}).items()}
    for language, table in overrides.get("texts", {}).items():
        texts.setdefault(language, {}).update(table)
    fields = {"name": tenant.name, "languages": ["en"], **overrides, "texts": texts}
    brand = Brand(**fields)
    check_brand(brand)
    return brand


def _furnish(
    tenant: Tenant,
    brand: Brand,
    host: str,
    data: dict[str, Any],
    owner_email: str,
    acting_user: Any,
) -> None:
    tenant.save(force_insert=True)
    Domain.objects.create(tenant=tenant, domain=host, is_primary=True)
    brand.tenant = tenant
    brand.save(force_insert=True)
    keep_version(brand, label_of(acting_user))
    for setting_name, value in data.get("settings", {}).items():
        SettingValue.objects.create(
            tenant=tenant,
            name=setting_name,
            version=1,
            value=registry.setting(setting_name).clean(value),
            changed_by="system",
            reason=f"template {tenant.template}",
        )
    # Selectors must know the tenant while its steps run, before anyone else can see it.
    with directory.including_uncommitted(), tenant_context(tenant):
        for step in onboarding.steps():
            step(tenant=tenant, template=data, acting_user=acting_user)
        identity.invite_staff(
            email=owner_email,
            role=roles.OWNER,
            language=brand.default_language,
            acting_user=None,
        )
    new = {"slug": tenant.slug, "domain": host, "template": tenant.template}
    with audit_schema(acting_user):
        audit.record("tenants.create_tenant", tenant, new=new, acting_user=acting_user)
    directory.publish_after_commit()


def ensure_platform() -> Tenant:
    """The platform's own row and its hosts; creates what is missing, changes nothing else."""
    with schema_context(settings.PUBLIC_SCHEMA_NAME), transaction.atomic():
        platform, created = Tenant.objects.get_or_create(
            schema_name=settings.PUBLIC_SCHEMA_NAME,
            defaults={"name": PLATFORM_NAME, "slug": "platform"},
        )
        languages = [code for code, _ in settings.LANGUAGES]
        brand, is_new = Brand.objects.get_or_create(
            tenant=platform, defaults={"name": PLATFORM_NAME, "languages": languages}
        )
        if is_new:
            keep_version(brand, "system")
        for index, host in enumerate(settings.OPERATOR_HOSTS):
            Domain.objects.get_or_create(
                domain=clean_host(host),
                defaults={"tenant": platform, "is_primary": created and index == 0},
            )
        directory.publish_after_commit()
    return platform
