"""Logos as they are taken in: drawings cleaned of what no drawing needs, pictures drawn anew.

What is harmless is taken out (an editor's notes, comments, a document type); what could run or
fetch something is refused with a word about it, by `tenants.actions.brand.bad_logo`, so that
nobody wonders why his logo looks different.
"""

import base64
import io
import re
import warnings
from xml.etree import ElementTree

from defusedxml import ElementTree as SafeElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MAX_DRAWING_BYTES = 300_000
MAX_PICTURE_BYTES = 2_000_000
MAX_PICTURE_PIXELS = 16_000_000
PICTURE_EDGE = 512  # pixels of the longer edge that are kept
MAX_KEPT_PICTURE = 200_000  # characters of base64
_PICTURES = ("PNG", "JPEG", "WEBP")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]*>", re.IGNORECASE)
_DROPPED = frozenset({"metadata"})
# Presentation that editors like to write into style="…": the same as attributes.
_PRESENTATION = re.compile(
    r"(fill|stroke|stop|opacity|clip|color|display|visibility|font|text)[a-z-]*\Z"
)
_FREE_OF_ADDRESSES = re.compile(r"(?i)(?!.*(url\((?!#)|expression|javascript:|@import))[^<>{}]*\Z")

_RULE = re.compile(r"\s*((?:\.[\w-]+\s*,?\s*)+)\{([^{}]*)\}")


class BadLogo(ValueError):
    """What is wrong with the file, in words for its sender."""


def clean_svg(data: bytes) -> str:
    """A drawing without what no drawing needs; BadLogo if it is none."""
    if len(data) > MAX_DRAWING_BYTES:
        raise BadLogo(_("This file is too large for a logo."))
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise BadLogo(_("This is no SVG file.")) from None
    try:
        root = SafeElementTree.fromstring(_DOCTYPE.sub("", text, count=1), forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadLogo(_("This is no well-formed SVG.")) from None
    if root.tag not in (f"{{{SVG}}}svg", "svg"):
        raise BadLogo(_("The outermost element must be svg."))
    _clean(root)
    return _written(root)


def _written(root: ElementTree.Element) -> str:
    """As text, with the usual prefixes, whatever else is registered in this process."""
    for element in root.iter():
        element.tag = element.tag.replace(f"{{{SVG}}}", "")
        for name in [name for name in element.attrib if name.startswith(f"{{{XLINK}}}")]:
            element.set("xlink:" + _local(name), element.attrib.pop(name))
            root.set("xmlns:xlink", XLINK)
    root.set("xmlns", SVG)
    return ElementTree.tostring(root, encoding="unicode").strip()


def _clean(root: ElementTree.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_foreign(child.tag) or _local(child.tag) in _DROPPED:
                parent.remove(child)
    classes = _take_classes(root)
    for element in root.iter():
        for name in [name for name in element.attrib if _is_foreign(name)]:
            del element.attrib[name]
        element.attrib.pop("data-name", None)
        for name in element.attrib.pop("class", "").split():
            element.attrib.update(classes.get(name, {}))
        declared = _declared(element.attrib.get("style", ""))
        if declared:
            del element.attrib["style"]
            element.attrib.update(declared)  # a style wins over an attribute


def _take_classes(root: ElementTree.Element) -> dict[str, dict[str, str]]:
    """What an exported style sheet says of classes, taken out of the drawing; any other sheet
    stays, to be refused."""
    found: dict[str, dict[str, str]] = {}
    for parent in list(root.iter()):
        for child in [child for child in parent if _local(child.tag) == "style"]:
            sheet = child.text or ""
            rules = [(match[1], _declared(match[2])) for match in _RULE.finditer(sheet)]
            if _RULE.sub("", sheet).strip() or not all(declared for _, declared in rules):
                continue
            parent.remove(child)
            for names, declared in rules:
                for name in names.split(","):
                    found.setdefault(name.strip().lstrip("."), {}).update(declared)
    return found


def _declared(style: str) -> dict[str, str]:
    """Presentation of a style="…"; empty where any of it is something else."""
    parts = [part.partition(":") for part in style.split(";")]
    pairs = {name.strip(): value.strip() for name, _, value in parts if name.strip()}
    is_plain = all(
        _PRESENTATION.match(name) and _FREE_OF_ADDRESSES.match(value)
        for name, value in pairs.items()
    )
    return pairs if is_plain else {}


def _is_foreign(tag: str) -> bool:
    """Of an editor's own namespace."""
    return tag.startswith("{") and not tag.startswith((f"{{{SVG}}}", f"{{{XLINK}}}"))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def clean_picture(data: bytes) -> str:
    """A PNG, JPEG or WebP as base64 of a PNG drawn anew from its pixels: nothing else of the
    file is kept. BadLogo if it is none, or too large."""
    if len(data) > MAX_PICTURE_BYTES:
        raise BadLogo(_("This file is too large for a logo."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_PICTURES) as picture:
                if picture.width * picture.height > MAX_PICTURE_PIXELS:
                    raise BadLogo(_("This picture has too many pixels for a logo."))
                drawn = ImageOps.exif_transpose(picture).convert("RGBA")
    except BadLogo:
        raise
    except Exception:  # a decoder fails in many ways, all of which mean this
        raise BadLogo(_("This is no PNG, JPEG or WebP picture.")) from None
    drawn.thumbnail((PICTURE_EDGE, PICTURE_EDGE))
    return _packed(drawn)


def _packed(picture: Image.Image) -> str:
    """The PNG in base64, smaller until it is short enough to stand in every page."""
    clean = Image.new("RGBA", picture.size)
    clean.paste(picture)
    while True:
        out = io.BytesIO()
        clean.save(out, "PNG", optimize=True)
        text = base64.b64encode(out.getvalue()).decode()
        if len(text) <= MAX_KEPT_PICTURE:
            return text
        clean = clean.resize((max(1, clean.width * 3 // 4), max(1, clean.height * 3 // 4)))


def bad_picture(text: str) -> str:
    """What is wrong with a kept picture, or an empty text."""
    if not text:
        return ""
    if len(text) > MAX_KEPT_PICTURE:
        return _("The picture is too large.")
    try:
        data = base64.b64decode(text, validate=True)
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            picture.verify()
    except Exception:
        return _("This is no PNG picture.")
    return ""
