"""Steps that fill the demo tenants. Rooms above register theirs in ``AppConfig.ready``.

A step is called inside the tenant's schema as ``step(tenant=…, customers=[User…],
staff={"owner": User, "finance": User, …})`` each time ``seed_demo`` runs, so it must see for
itself what is there already.
"""

from typing import Any, Protocol

from tenants.models import Tenant


class Step(Protocol):
    def __call__(self, *, tenant: Tenant, customers: list[Any], staff: dict[str, Any]) -> None: ...


_steps: dict[str, tuple[int, Step]] = {}


def register(step: Step, *, order: int = 50) -> None:
    name = getattr(step, "__module__", "") + "." + getattr(step, "__qualname__", repr(step))
    _steps[name] = (order, step)


def steps() -> list[Step]:
    return [step for _, step in sorted(_steps.values(), key=lambda pair: pair[0])]
