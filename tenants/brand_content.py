"""What a brand is made of, as one value: for drafts, versions, and what two persons changed."""

import copy
import hashlib
import json
from typing import Any

from tenants.models import Brand

FIELDS = (
    "name", "colours", "logo_svg", "logo_png", "texts", "languages", "default_language",
    "support_address", "mail_from", "mail_look",
)  # fmt: skip


def content_of(brand: Brand) -> dict[str, Any]:
    """Every field of a brand, as it is kept in drafts and versions."""
    return {name: copy.deepcopy(getattr(brand, name)) for name in FIELDS}


def with_content(brand: Brand, content: dict[str, Any]) -> Brand:
    """``brand`` with ``content`` over it, not saved; what an older content lacks stays."""
    for name in FIELDS:
        if name in content:
            setattr(brand, name, copy.deepcopy(content[name]))
    return brand


def digest(content: dict[str, Any]) -> str:
    """By which a content is known again: what was looked at is what is published."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def merged(base: Any, mine: Any, theirs: Any) -> Any:
    """Mine, but theirs where I left the base as it was; colours and texts one by one.

    Where both changed the same thing, mine stands.
    """
    if isinstance(mine, dict) and isinstance(theirs, dict):
        before = base if isinstance(base, dict) else {}
        found = {
            name: merged(before.get(name), mine.get(name), theirs.get(name))
            for name in {**theirs, **mine}
        }
        return {name: value for name, value in found.items() if value is not None}
    return theirs if mine == base else mine


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Path, old and new of all that differs, such as ``colours/light/primary``."""
    return [
        (path, old_leaves.get(path), new_leaves.get(path))
        for old_leaves, new_leaves in [(_leaves(old), _leaves(new))]
        for path in sorted({**old_leaves, **new_leaves})
        if old_leaves.get(path) != new_leaves.get(path)
    ]


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for name, each in value.items():
        found |= _leaves(each, f"{path}/{name}" if path else name)
    return found
