"""Declared settings of a tenant: name, type, default, help and form field, declared once.

A room declares its settings in ``AppConfig.ready``::

    registry.declare(registry.Integer("orders.per_second", default=50, minimum=1, help=_("…")))

and reads them with ``registry.get("orders.per_second")``, which costs two dictionary look-ups.
A change (:func:`tenants.actions.change_setting`) is seen by all processes within about a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from tenants import directory, selectors
from tenants.models import Tenant

Text_: TypeAlias = str | Promise


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One declared setting. ``operator_only``: the tenant sees it but may not change it."""

    name: str
    label: Text_
    default: Any
    help: Text_ = ""
    group: Text_ = ""
    operator_only: bool = False

    def form_field(self) -> forms.Field:
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        """``value`` as it is stored (JSON); raises ValidationError in words for its user."""
        return self.form_field().clean(value)


@dataclass(frozen=True, kw_only=True)
class Boolean(Setting):
    def form_field(self) -> forms.Field:
        return forms.BooleanField(label=self.label, help_text=self.help, required=False)


@dataclass(frozen=True, kw_only=True)
class Integer(Setting):
    minimum: int = 0
    maximum: int = 2**31 - 1

    def form_field(self) -> forms.Field:
        return forms.IntegerField(
            label=self.label,
            help_text=self.help,
            min_value=self.minimum,
            max_value=self.maximum,
        )


@dataclass(frozen=True, kw_only=True)
class Text(Setting):
    max_length: int = 200

    def form_field(self) -> forms.Field:
        return forms.CharField(
            label=self.label, help_text=self.help, max_length=self.max_length, required=False
        )


@dataclass(frozen=True, kw_only=True)
class Choice(Setting):
    choices: Sequence[tuple[str, Text_]]

    def form_field(self) -> forms.Field:
        return forms.ChoiceField(label=self.label, help_text=self.help, choices=self.choices)


_declared: dict[str, Setting] = {}


def declare(setting: Setting) -> None:
    """Add a setting; a default that its own field refuses, or a name used twice, is an error."""
    if _declared.get(setting.name, setting) != setting:
        raise ValueError(f"setting {setting.name!r} is declared twice")
    try:
        setting.clean(setting.default)
    except ValidationError as error:
        raise ValueError(f"setting {setting.name!r} has a bad default: {error}") from error
    _declared[setting.name] = setting


def declared() -> list[Setting]:
    """All settings, by name."""
    return sorted(_declared.values(), key=lambda setting: setting.name)


def setting(name: str) -> Setting:
    """The declaration; KeyError for a name nobody declared."""
    return _declared[name]


def get(name: str, tenant: Tenant | None = None) -> Any:
    """The value in force for ``tenant`` (else the current one). Safe in async code when a
    tenant is given."""
    declaration = _declared[name]
    owner = tenant or selectors.current_tenant()
    return directory.current().settings.get(owner.id, {}).get(name, declaration.default)


def values_of(tenant: Tenant) -> dict[str, Any]:
    """Every declared setting's value in force."""
    return {item.name: get(item.name, tenant) for item in declared()}
