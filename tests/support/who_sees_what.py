"""Which role opens which page: the table in tests/base/backoffice/who_sees_what.txt.

It is written down apart from the product on purpose: what `identity.roles` and the pages say must
agree with it, so no page and no right is changed by oversight. `python -m
tests.support.who_sees_what` prints it as the product has it now; whoever puts that into the file
says so in the review.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "base" / "backoffice" / "who_sees_what.txt"
ROLES = ("owner", "admin", "finance", "compliance", "support", "auditor")
FIRM, PLATFORM = "firm", "platform"
HEAD = """\
# Who sees what: a line for each page of the staff's web, a column for each role.
# ● opens it, · is refused. The product is compared with this table; see
# tests/support/who_sees_what.py.
"""


def read() -> dict[str, dict[str, frozenset[str]]]:
    """For each web its pages, and the roles that open them."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    pages: dict[str, frozenset[str]] = {}
    for line in FILE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            pages = found.setdefault(line.strip("[]").split()[0], {})
            continue
        name, *marks = line.split()
        assert name not in pages, f"{name} stands twice in {FILE.name}"
        assert len(marks) == len(ROLES) and set(marks) <= {"●", "·"}, line
        pages[name] = frozenset(
            role for role, mark in zip(ROLES, marks, strict=True) if mark == "●"
        )
    return found


def written(pages: Iterable[Any], capabilities: dict[str, frozenset[str]], web: str) -> str:
    """The table of one web as its pages and roles have it."""
    rows = sorted(pages, key=lambda page: (page.route.split("/")[0], page.route, page.name))
    width = max(len(page.name) for page in rows) + 2
    lines = [f"[{web}]", "#".ljust(width) + "  ".join(ROLES)]
    group = None
    for page in rows:
        if page.route.split("/")[0] != group:
            group = page.route.split("/")[0]
            lines.append(f"# {group or 'home'}")
        marks = (
            ("●" if not page.capability or page.capability in capabilities[role] else "·").ljust(
                len(role)
            )
            for role in ROLES
        )
        lines.append((page.name.ljust(width) + "  ".join(marks)).rstrip())
    return "\n".join(lines) + "\n"


def main() -> None:
    import django

    django.setup()
    from backoffice.operator import PAGES as OPERATOR_PAGES
    from backoffice.tenant import PAGES as TENANT_PAGES
    from identity import roles

    sys.stdout.write(
        HEAD
        + "\n"
        + written(TENANT_PAGES, roles.TENANT_CAPABILITIES, FIRM)
        + "\n"
        + written(OPERATOR_PAGES, roles.OPERATOR_CAPABILITIES, PLATFORM)
    )


if __name__ == "__main__":
    main()
