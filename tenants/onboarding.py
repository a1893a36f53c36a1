"""What a new tenant is furnished with. Rooms above register their step in ``AppConfig.ready``."""

from collections.abc import Callable
from typing import Any, Protocol

from tenants.models import Tenant


class Step(Protocol):
    """Called inside the tenant's schema, in the creating transaction. ``template`` is the
    template's data (see :mod:`tenants.templates_data`); ``acting_user`` None is the system."""

    def __call__(self, *, tenant: Tenant, template: dict[str, Any], acting_user: Any) -> None: ...


_steps: dict[str, tuple[int, Step]] = {}


def register(step: Step, *, order: int = 50) -> None:
    """Run ``step`` for each new tenant; lower ``order`` first, then as registered."""
    name = getattr(step, "__module__", "") + "." + getattr(step, "__qualname__", repr(step))
    _steps[name] = (order, step)


def steps() -> list[Callable[..., None]]:
    return [step for _, step in sorted(_steps.values(), key=lambda pair: pair[0])]
