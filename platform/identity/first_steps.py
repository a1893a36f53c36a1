"""What lies between a sign-up and a first trade: rooms register their steps in ``AppConfig.ready``.

    first_steps.register(FirstStep(
        name="verification", position=30, title=_("Prove who you are"), text=_("…"),
        is_done=lambda user: …, address="/verification", action=_("Begin"),
    ))

Pages show them by position and call the first that is not done the next one. Taken positions:
10 address, 20 second factor, 30 verification, 40 funds, 50 first trade.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.functional import Promise

Text: TypeAlias = str | Promise


@dataclass(frozen=True, kw_only=True)
class FirstStep:
    """One step. ``address`` is a path on the firm's host, empty where nothing can be clicked;
    ``is_wanted`` says whether the firm asks this user for it at all."""

    name: str
    position: int
    title: Text
    text: Text
    is_done: Callable[[Any], bool]
    address: str = ""
    action: Text = ""
    is_wanted: Callable[[Any], bool] = lambda _user: True


_steps: dict[str, FirstStep] = {}


def register(step: FirstStep) -> None:
    """Add a step; one of the same name replaces it."""
    _steps[step.name] = step


def registered() -> list[FirstStep]:
    """All steps in their order."""
    return sorted(_steps.values(), key=lambda step: (step.position, step.name))
