import hashlib
import re
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants import brand_content, brands, directory, logos
from tenants.actions.guards import audit_schema, label_of, require_over
from tenants.errors import TenantError
from tenants.models import Brand, BrandVersion, Tenant

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_LINK = re.compile(r"https://[^\s<>\"'|]{4,300}\Z")
MAX_LINKS = 8
MAX_LOGO_CHARACTERS = 60_000
MAX_TEXT_CHARACTERS = 2_000
_LOGO_ELEMENTS = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title"}
    | {"desc", "defs", "text", "tspan", "linearGradient", "radialGradient", "stop"}
    | {"clipPath", "use"}
)


def change_brand(
    *, tenant: Tenant, acting_user: Any, reason: str = "", expected_version: int | None = None,
    **changes: Any,
) -> Brand:  # fmt: skip
    """Change some of a brand's fields; seen everywhere within about a second.

    ValidationError says which field is wrong and why. ``expected_version`` as for settings.
    """
    require_over(tenant, acting_user, tenant_capability="brand.change")
    unknown = set(changes) - set(brand_content.FIELDS)
    if unknown:
        raise TypeError(f"a brand has no {', '.join(sorted(unknown))}")
    with transaction.atomic():
        brand = Brand.objects.select_for_update().get(tenant_id=tenant.pk)
        if expected_version is not None and expected_version != brand.version:
            raise TenantError("changed_meanwhile", _("Someone else has just changed the brand."))
        old = {name: getattr(brand, name) for name in changes}
        for name, value in changes.items():
            setattr(brand, name, value)
        check_brand(brand)
        brand.version += 1
        brand.changed_at = now()
        brand.save()
        keep_version(brand, label_of(acting_user), reason)
        with audit_schema(acting_user):
            audit.record(
                "tenants.change_brand",
                ("tenants.brand", tenant.slug),
                old=_told(old),
                new=_told(changes),
                acting_user=acting_user,
                reason=reason,
            )
        directory.publish_after_commit()
    return brand


def keep_version(brand: Brand, published_by: str, reason: str = "") -> BrandVersion:
    """Keep what a brand is now as its version."""
    return BrandVersion.objects.create(
        tenant_id=brand.tenant_id,
        version=brand.version,
        content=brand_content.content_of(brand),
        published_by=published_by,
        reason=reason,
        published_at=brand.changed_at,
    )


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the audit trail keeps them: a picture as its digest, it stands in the version."""
    picture = values.get("logo_png")
    if not picture:
        return values
    return values | {"logo_png": "sha256:" + hashlib.sha256(picture.encode()).hexdigest()}


def check_brand(brand: Brand) -> None:
    """Raise ValidationError for anything that would break a page or let a script in."""
    problems: dict[str, str] = {}
    if not brand.name.strip():
        problems["name"] = _("Give the brand a name.")
    if bad := _bad_colours(brand.colours):
        problems["colours"] = bad
    known = {code for code, _name in settings.LANGUAGES}
    if not brand.languages or not set(brand.languages) <= known:
        problems["languages"] = _("Choose from %(names)s.") % {"names": ", ".join(sorted(known))}
    if brand.default_language not in brand.languages:
        problems["default_language"] = _("The default must be one of the brand's languages.")
    if bad := _bad_texts(brand.texts, known):
        problems["texts"] = bad
    if bad := bad_logo(brand.logo_svg):
        problems["logo_svg"] = bad
    if bad := logos.bad_picture(brand.logo_png):
        problems["logo_png"] = bad
    if brand.mail_look not in Brand.MailLook.values:
        problems["mail_look"] = _("Choose one of the looks.")
    for field in ("support_address", "mail_from"):
        if getattr(brand, field):
            try:
                validate_email(getattr(brand, field))
            except ValidationError:
                problems[field] = _("Enter an e-mail address.")
    if problems:
        raise ValidationError(problems)


def _bad_colours(colours: Any) -> str:
    if not isinstance(colours, dict) or not set(colours) <= {"light", "dark"}:
        return _("Colours are given for light and dark.")
    for scheme, table in colours.items():
        for name, value in table.items():
            if name not in brands.COLOURS[scheme]:
                return _("There is no colour %(name)s.") % {"name": name}
            if not isinstance(value, str) or not _COLOUR.match(value):
                return _("%(name)s: write a colour as #rrggbb in small letters.") % {"name": name}
    return ""


def _bad_texts(texts: Any, languages: set[str]) -> str:
    for language, table in texts.items():
        if language not in languages:
            return _("There is no language %(name)s.") % {"name": language}
        for key, text in table.items():
            if key not in brands.TEXTS:
                return _("There is no text %(name)s.") % {"name": key}
            if not isinstance(text, str) or len(text) > MAX_TEXT_CHARACTERS:
                return _("%(name)s: at most %(count)s characters.") % {
                    "name": key,
                    "count": MAX_TEXT_CHARACTERS,
                }
        if bad := bad_links(table.get("legal_links", "")):
            return bad
    return ""


def bad_links(text: str) -> str:
    """What is wrong with lines of legal links, or an empty text."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_LINKS:
        return _("Legal links: at most %(count)s lines.") % {"count": MAX_LINKS}
    for number, line in enumerate(lines, 1):
        name, _bar, address = line.partition("|")
        if not name.strip() or not _LINK.match(address.strip()):
            return _("Legal links, line %(number)s: write “Terms of use | https://…”.") % {
                "number": number
            }
    return ""


def bad_logo(svg: str) -> str:
    """What is wrong with a logo, or an empty text. It stands inside pages, so it must be drawing
    and nothing else: no script, no style sheet, no address outside itself."""
    if not svg:
        return ""
    if len(svg) > MAX_LOGO_CHARACTERS:
        return _("The logo has more than %(count)s characters.") % {"count": MAX_LOGO_CHARACTERS}
    if "<!" in svg or "<?" in svg:
        return _("Leave out comments, declarations and processing instructions.")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return _("This is no well-formed SVG.")
    if _local(root.tag) != "svg":
        return _("The outermost element must be svg.")
    for element in root.iter():
        if _local(element.tag) not in _LOGO_ELEMENTS:
            return _("The element %(name)s is not allowed in a logo.") % {
                "name": _local(element.tag)
            }
        for name, value in element.attrib.items():
            if bad := _bad_attribute(_local(name), value):
                return bad
    return ""


def _bad_attribute(name: str, value: str) -> str:
    if name.lower().startswith("on") or name == "style":
        return _("The attribute %(name)s is not allowed in a logo.") % {"name": name}
    if name == "href" and not value.startswith("#"):
        return _("A logo may only refer to itself.")
    folded = value.lower()
    if "javascript:" in folded or ("url(" in folded and "url(#" not in folded):
        return _("A logo may only refer to itself.")
    return ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
