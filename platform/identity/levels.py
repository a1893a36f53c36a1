"""What the roles of each firm may do: the platform's table, less what the platform withholds from
the firm, with what the firm itself changed of its roles.

The answer is kept for a moment in each process, since pages ask dozens of times: a change holds
everywhere within `FRESH_SECONDS`.
"""

import time
from collections.abc import Callable

from django_tenants.utils import schema_context

from identity.models.grants import RoleChange
from identity.schema import current_schema

FRESH_SECONDS = 2.0

_known: dict[str, tuple[float, frozenset[str], dict[str, frozenset[str]]]] = {}
_sources: list[Callable[[str], frozenset[str]]] = []


def register(withheld_from: Callable[[str], frozenset[str]]) -> None:
    """Tell who knows what the platform withholds from a firm (by its schema)."""
    _sources[:] = [withheld_from]


def withheld(schema: str) -> frozenset[str]:
    """Capabilities that nobody of the firm may have, whatever his role."""
    return _look(schema)[0]


def changed(schema: str, role: str, declared: frozenset[str]) -> frozenset[str]:
    """What a role of the firm has, of which ``declared`` is what the platform's table says."""
    kept_back, changes = _look(schema)
    return (declared ^ changes.get(role, frozenset())) - kept_back


def forget(schema: str = "") -> None:
    """Look again, after a change; "" forgets all."""
    if schema:
        _known.pop(schema, None)
    else:
        _known.clear()


def _look(schema: str) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    now = time.monotonic()
    known = _known.get(schema)
    if known is None or known[0] < now:
        known = (now + FRESH_SECONDS, _withheld(schema), _changes(schema))
        _known[schema] = known
    return known[1], known[2]


def _withheld(schema: str) -> frozenset[str]:
    return frozenset().union(*(source(schema) for source in _sources))


def _changes(schema: str) -> dict[str, frozenset[str]]:
    """By role, the capabilities that are the other way round than declared."""
    if current_schema() != schema:
        with schema_context(schema):
            return _changes(schema)
    found: dict[str, set[str]] = {}
    for role, capability in RoleChange.objects.values_list("role", "capability"):
        found.setdefault(role, set()).add(capability)
    return {role: frozenset(names) for role, names in found.items()}
