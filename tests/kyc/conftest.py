from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kyc_cases
from books import books
from checkers import Checker, Running
from firms import firm
from kyc.models import CheckProvider
from kyc.providers import hosted
from kyc.screening import index
from tenants.models import Tenant

__all__ = ["books", "firm"]


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Documents in a passing folder, and no index of rows that were rolled back."""
    settings.KYC_DIR = tmp_path / "kyc"
    index.forget()
    yield
    index.forget()


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Checker]:
    """The simulated provider at work, impatiently asked."""
    monkeypatch.setattr(hosted, "TIMEOUT_S", 0.4)
    running = Running()
    yield running.checker
    running.end()


@pytest.fixture
def ready(tenant: Tenant, checker: Checker) -> CheckProvider:
    """A firm with a list in force that sends persons of tier 2 to it."""
    kyc_cases.load_list()
    return checker.provider()
