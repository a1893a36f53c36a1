import re
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.timezone import now

from audit import actions as audit
from tenants import brands, directory
from tenants.actions.guards import audit_schema, require_over
from tenants.errors import TenantError
from tenants.models import Brand, Tenant

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_FIELDS = frozenset(
    {
        "name",
        "colours",
        "logo_svg",
        "texts",
        "languages",
        "default_language",
        "support_address",
        "mail_from",
    }
)
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
    unknown = set(changes) - _FIELDS
    if unknown:
        raise TypeError(f"a brand has no {', '.join(sorted(unknown))}")
    with transaction.atomic():
        brand = Brand.objects.select_for_update().get(tenant_id=tenant.pk)
        if expected_version is not None and expected_version != brand.version:
            raise TenantError("changed_meanwhile", "Someone else has just changed the brand.")
        old = {name: getattr(brand, name) for name in changes}
        for name, value in changes.items():
            setattr(brand, name, value)
        check_brand(brand)
        brand.version += 1
        brand.changed_at = now()
        brand.save()
        with audit_schema(acting_user):
            audit.record(
                "tenants.change_brand",
                ("tenants.brand", tenant.slug),
                old=old,
                new=changes,
                acting_user=acting_user,
                reason=reason,
            )
        directory.publish_after_commit()
    return brand


def check_brand(brand: Brand) -> None:
    """Raise ValidationError for anything that would break a page or let a script in."""
    problems: dict[str, str] = {}
    if not brand.name.strip():
        problems["name"] = "Give the brand a name."
    if bad := _bad_colours(brand.colours):
        problems["colours"] = bad
    known = {code for code, _ in settings.LANGUAGES}
    if not brand.languages or not set(brand.languages) <= known:
        problems["languages"] = f"Choose from {', '.join(sorted(known))}."
    if brand.default_language not in brand.languages:
        problems["default_language"] = "The default must be one of the brand's languages."
    if bad := _bad_texts(brand.texts, known):
        problems["texts"] = bad
    if bad := bad_logo(brand.logo_svg):
        problems["logo_svg"] = bad
    for field in ("support_address", "mail_from"):
        if getattr(brand, field):
            try:
                validate_email(getattr(brand, field))
            except ValidationError:
                problems[field] = "Enter an e-mail address."
    if problems:
        raise ValidationError(problems)


def _bad_colours(colours: Any) -> str:
    if not isinstance(colours, dict) or not set(colours) <= {"light", "dark"}:
        return "Colours are given for light and dark."
    for scheme, table in colours.items():
        for name, value in table.items():
            if name not in brands.COLOURS[scheme]:
                return f"There is no colour {name}."
            if not isinstance(value, str) or not _COLOUR.match(value):
                return f"{name}: write a colour as #rrggbb in small letters."
    return ""


def _bad_texts(texts: Any, languages: set[str]) -> str:
    for language, table in texts.items():
        if language not in languages:
            return f"There is no language {language}."
        for key, text in table.items():
            if key not in brands.TEXTS:
                return f"There is no text {key}."
            if not isinstance(text, str) or len(text) > MAX_TEXT_CHARACTERS:
                return f"{key}: at most {MAX_TEXT_CHARACTERS} characters."
    return ""


def bad_logo(svg: str) -> str:
    """What is wrong with a logo, or an empty text. It stands inside pages, so it must be drawing
    and nothing else: no script, no style sheet, no address outside itself."""
    if not svg:
        return ""
    if len(svg) > MAX_LOGO_CHARACTERS:
        return f"The logo has more than {MAX_LOGO_CHARACTERS} characters."
    if "<!" in svg or "<?" in svg:
        return "Leave out comments, declarations and processing instructions."
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return "This is no well-formed SVG."
    if _local(root.tag) != "svg":
        return "The outermost element must be svg."
    for element in root.iter():
        if _local(element.tag) not in _LOGO_ELEMENTS:
            return f"The element {_local(element.tag)} is not allowed in a logo."
        for name, value in element.attrib.items():
            if bad := _bad_attribute(_local(name), value):
                return bad
    return ""


def _bad_attribute(name: str, value: str) -> str:
    if name.lower().startswith("on") or name == "style":
        return f"The attribute {name} is not allowed in a logo."
    if name == "href" and not value.startswith("#"):
        return "A logo may only refer to itself."
    folded = value.lower()
    if "javascript:" in folded or ("url(" in folded and "url(#" not in folded):
        return "A logo may only refer to itself."
    return ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
