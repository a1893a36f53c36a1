"""A brand is prepared as a draft, published as a version, and led back to an earlier one."""

from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants import brand_content
from tenants.actions.brand import change_brand, check_brand
from tenants.actions.guards import audit_schema, label_of, require_over
from tenants.errors import TenantError
from tenants.models import Brand, BrandDraft, BrandVersion, Tenant


def save_draft(*, tenant: Tenant, content: dict[str, Any], acting_user: Any) -> BrandDraft:
    """Keep what the brand shall be, whole (see `brand_content.FIELDS`); nobody outside sees it.

    The first save begins the draft from the published version. ValidationError says which field
    is wrong and why.
    """
    require_over(tenant, acting_user, tenant_capability="brand.change")
    with transaction.atomic():
        brand = Brand.objects.select_for_update().get(tenant_id=tenant.pk)
        draft = BrandDraft.objects.filter(tenant_id=tenant.pk).first()
        before = draft.content if draft else brand_content.content_of(brand)
        version = brand.version
        check_brand(brand_content.with_content(brand, content))
        whole = brand_content.content_of(brand)
        changed = brand_content.differences(before, whole)
        if draft is None:
            draft = BrandDraft(tenant_id=tenant.pk, base_version=version)
        draft.content, draft.changed_at = whole, now()
        draft.changed_by = label_of(acting_user)
        draft.save()
        _record("tenants.save_brand_draft", tenant, acting_user, changed)
    return draft


def discard_draft(*, tenant: Tenant, acting_user: Any, reason: str = "") -> None:
    """Throw the draft away; what is published stays."""
    require_over(tenant, acting_user, tenant_capability="brand.change")
    with transaction.atomic():
        brand = Brand.objects.select_for_update().get(tenant_id=tenant.pk)
        draft = _draft(tenant)
        changed = brand_content.differences(draft.content, brand_content.content_of(brand))
        draft.delete()
        _record("tenants.discard_brand_draft", tenant, acting_user, changed, reason)


def publish_draft(
    *, tenant: Tenant, acting_user: Any, reason: str = "", expected_digest: str | None = None
) -> Brand:
    """Put the draft in force as a new version.

    ``expected_digest`` is of the content that was looked at (`brand_content.digest`).
    TenantError("changed_meanwhile") where the draft is another by now, or where another version
    was published since it was begun: bring it up to date first.
    """
    require_over(tenant, acting_user, tenant_capability="brand.change")
    with transaction.atomic():
        brand = Brand.objects.select_for_update().get(tenant_id=tenant.pk)
        draft = _draft(tenant)
        if draft.base_version != brand.version:
            raise TenantError(
                "changed_meanwhile",
                _(
                    "The published brand was changed since this draft was begun. Bring the draft "
                    "up to date, look at it, and publish it then."
                ),
            )
        if expected_digest not in (None, brand_content.digest(draft.content)):
            raise TenantError(
                "changed_meanwhile",
                _("Somebody has just changed the draft. Look at what it is now, then publish it."),
            )
        changes = _changes(brand, draft.content)
        draft.delete()
        if not changes:
            return brand
        return change_brand(tenant=tenant, acting_user=acting_user, reason=reason, **changes)


def bring_draft_up_to_date(*, tenant: Tenant, acting_user: Any) -> BrandDraft:
    """Take over into the draft what was published since it was begun, but for what the draft
    itself changes."""
    require_over(tenant, acting_user, tenant_capability="brand.change")
    with transaction.atomic():
        brand = Brand.objects.select_for_update().get(tenant_id=tenant.pk)
        draft = _draft(tenant)
        base = BrandVersion.objects.get(tenant_id=tenant.pk, version=draft.base_version)
        now_in_force = brand_content.content_of(brand)
        whole = brand_content.merged(base.content, draft.content, now_in_force)
        changed = brand_content.differences(draft.content, whole)
        draft.content, draft.base_version, draft.changed_at = whole, brand.version, now()
        draft.changed_by = label_of(acting_user)
        draft.save()
        _record("tenants.update_brand_draft", tenant, acting_user, changed)
    return draft


def restore_version(
    *, tenant: Tenant, version: int, acting_user: Any, reason: str, expected_version: int
) -> Brand:
    """Put an earlier version in force again, as a new one. ``expected_version`` is the one that
    it is compared with; TenantError where another is in force by now. A draft stays."""
    require_over(tenant, acting_user, tenant_capability="brand.change")
    with transaction.atomic():
        brand = Brand.objects.select_for_update().get(tenant_id=tenant.pk)
        row = BrandVersion.objects.filter(tenant_id=tenant.pk, version=version).first()
        if row is None:
            raise TenantError("unknown_version", _("The brand has no such version."))
        changes = _changes(brand, row.content)
        if not changes:
            raise TenantError("nothing_changed", _("The brand is like that already."))
        return change_brand(
            tenant=tenant,
            acting_user=acting_user,
            reason=reason,
            expected_version=expected_version,
            **changes,
        )


def _draft(tenant: Tenant) -> BrandDraft:
    draft = BrandDraft.objects.select_for_update().filter(tenant_id=tenant.pk).first()
    if draft is None:
        raise TenantError(
            "no_draft", _("There is no draft any more: somebody published it, or threw it away.")
        )
    return draft


def _changes(brand: Brand, content: dict[str, Any]) -> dict[str, Any]:
    return {
        name: content[name]
        for name in brand_content.FIELDS
        if name in content and content[name] != getattr(brand, name)
    }


def _record(
    action: str, tenant: Tenant, acting_user: Any, changed: list[tuple[str, Any, Any]],
    reason: str = "",
) -> None:  # fmt: skip
    """What became different, field by field; a logo only as that it did."""

    def told(path: str, value: Any) -> Any:
        return "(a logo)" if path.startswith("logo_") and value else value

    with audit_schema(acting_user):
        audit.record(
            action,
            ("tenants.brand", tenant.slug),
            old={path: told(path, old) for path, old, _ in changed},
            new={path: told(path, new) for path, _, new in changed},
            acting_user=acting_user,
            reason=reason,
        )
