"""Feature switches of a tenant: declared once, with what they mean and the addresses they close.

A room declares its own in ``AppConfig.ready``::

    switches.declare(switches.Switch("payments", "Payments", "…", ("/deposit", …)))

A switch is a declared setting ``features.<name>`` that only the platform changes, so it has its
versions, its audit record, and is in force everywhere within about a second. Off means: the
addresses answer 404 (403 for programs) at every door, and nothing on a page leads to them.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants import registry
from tenants.models import Tenant

GROUP = _("Features")


@dataclass(frozen=True)
class Switch:
    """``addresses``: beginnings of paths on the firm's hosts, each a whole name or up to a slash
    (``/deposit`` closes ``/deposit`` and ``/deposit/…``, not ``/deposits``)."""

    name: str
    label: Any
    meaning: Any
    addresses: tuple[str, ...]
    default: bool = True

    @property
    def setting(self) -> str:
        """The name of the declared setting behind it."""
        return f"features.{self.name}"

    def covers(self, path: str) -> bool:
        """Whether an address belongs to it."""
        return any(
            path == each or path.startswith(each if each.endswith("/") else f"{each}/")
            for each in self.addresses
        )


_switches: dict[str, Switch] = {}


def declare(switch: Switch) -> None:
    """Add a switch and the setting behind it."""
    registry.declare(
        registry.Boolean(
            name=switch.setting,
            label=switch.label,
            help=switch.meaning,
            default=switch.default,
            group=GROUP,
            operator_only=True,
        )
    )
    _switches[switch.name] = switch


def declared() -> list[Switch]:
    """All switches, by name."""
    return [_switches[name] for name in sorted(_switches)]


def is_on(name: str, tenant: Tenant | None = None) -> bool:
    """Whether a firm has a feature. Safe in async code when a tenant is given."""
    return bool(registry.get(_switches[name].setting, tenant))


def closing(path: str, tenant: Tenant) -> Switch | None:
    """The switch by which an address is closed at a firm, if any."""
    for switch in _switches.values():
        # Few are off, and asking that is quicker than comparing addresses.
        if not is_on(switch.name, tenant) and switch.covers(path):
            return switch
    return None


def by_name(tenant: Tenant) -> dict[str, bool]:
    """Every switch's state, for templates."""
    return {name: is_on(name, tenant) for name in _switches}
