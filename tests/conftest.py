"""Fixtures for every test.

A test that asks for ``tenant`` (or anybody of that tenant) runs inside a database transaction in
the schema of the tenant *north*; ``other_tenant`` is *south*. Both were made by the product's own
``create_tenant`` from the template "spot-exchange", once per run.

=================  ==============================================================================
tenant             north; the connection stands in its schema
other_tenant       south; enter it with ``django_tenants.utils.tenant_context(other_tenant)``
platform_tenant    the platform itself (public schema)
alice, bob         verified customers of north, each with an account; charlie is one of south
staff_of           ``staff_of("finance")``, ``staff_of("owner", other_tenant)``: staff with a
                   second factor; ``staff_of("owner", platform_tenant)`` is an operator
client_for         ``client_for(alice)``: a browser (:class:`people.Browser`) signed in at the host
                   of its user's tenant; ``client_for(alice, tenant=other_tenant)`` brings nobody's
                   session there; ``client_for(tenant=tenant)`` is a stranger
engine             a real engine process in a passing folder; ``settings.ENGINE_SOCKET`` points at
                   it; ``engine.kill()`` and ``engine.start()`` for recovery
world              a database of its own with committed demo data and real processes: see
                   :mod:`world`
=================  ==============================================================================

Code after ``transaction.on_commit`` runs only inside
``with django_capture_on_commit_callbacks(execute=True):``. Do not use ``transaction=True``: it
would empty the tenants' tables; take ``world``.
"""

import re
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django_tenants.utils import schema_context

import lanes
import people
import world as worlds
from backoffice import counted
from engines import EngineProcess
from identity import levels
from identity.models import User
from live_exchange import Exchange
from running import Product
from tenants import actions, directory, selectors
from tenants.models import Tenant
from trading.orders import pretrade
from world import World

settings.DEVELOPMENT = False  # as in production, where a test does not say otherwise

TENANTS = {"north": "North Exchange", "south": "South Exchange"}


def _end_in_order(number: int, _frame: object) -> None:
    pytest.exit(f"ended by {signal.Signals(number).name}", returncode=128 + number)


def pytest_configure(config: pytest.Config) -> None:
    # Fixtures still end what they started: processes of a world have sessions of their own.
    signal.signal(signal.SIGTERM, _end_in_order)
    # The real hasher with the least work: tests sign in often.
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 8
    Argon2PasswordHasher.parallelism = 1
    # Inside a test's transaction only this thread sees what was written.
    settings.MARQUE_WATCH_TENANTS = False
    # Two dozen queries: for each user of a test once, and again after what he did.
    settings.MENU_COUNTS_SECONDS = 600.0
    settings.CACHES["default"]["KEY_PREFIX"] = "test"
    # Look static files up when asked for, instead of all of them for each browser.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    from config.celery import app
    from identity import throttling

    throttling.ANSWER_SECONDS = 0.0

    app.conf.task_always_eager = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lanes.sort(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> lanes.Lanes:
    return lanes.Lanes(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """A failed test tells what the processes that it worked with said last."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Product | World | Exchange):
                report.sections.append((f"last words of {name}", value.last_words()))
    return report


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database: public and the two tenants."""
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False, keepdb=keep)
        actions.ensure_platform()
        directory.forget()
        for slug, name in TENANTS.items():
            _ensure_tenant(slug, name)
        connection.set_schema_to_public()
    yield
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        connection.close()
        connection.close_pool()
        if not keep:
            teardown_databases(databases, verbosity=0)


def _ensure_tenant(slug: str, name: str) -> None:
    if Tenant.objects.filter(slug=slug).exists():
        call_command("migrate_schemas", schema_name=slug, verbosity=0, skip_checks=True)
        return
    actions.create_tenant(
        slug=slug,
        name=name,
        domain=f"{slug}.localhost",
        owner_email=f"first-owner@{slug}.example",
        brand={"languages": ["en", "zh-hans", "ru"], "mail_from": f"no-reply@{slug}.example"},
        acting_user=None,
    )


@pytest.fixture(autouse=True)
def _clean_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test inherits another's schema, or what it rolled back, from memory or from the cache."""
    monkeypatch.setattr(caches["default"], "key_prefix", secrets.token_hex(4))
    directory.forget()
    levels.forget()
    pretrade.forget()
    counted.forget(everywhere=True)
    connection.set_schema_to_public()
    yield
    directory.forget()
    levels.forget()
    connection.set_schema_to_public()


@pytest.fixture
def platform_tenant(db: None) -> Tenant:
    return Tenant.objects.get(schema_name="public")


@pytest.fixture
def tenant(db: None) -> Tenant:
    """North; the connection stands in its schema."""
    north = Tenant.objects.select_related("brand").get(slug="north")
    connection.set_tenant(north)
    return north


@pytest.fixture
def other_tenant(db: None) -> Tenant:
    with schema_context("public"):
        return Tenant.objects.select_related("brand").get(slug="south")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return people.make_customer(tenant, "alice")


@pytest.fixture
def bob(tenant: Tenant) -> User:
    return people.make_customer(tenant, "bob")


@pytest.fixture
def charlie(other_tenant: Tenant) -> User:
    return people.make_customer(other_tenant, "charlie")


@pytest.fixture
def staff_of(tenant: Tenant) -> Callable[..., User]:
    def make(role: str, of: Tenant | None = None) -> User:
        return people.make_staff(of or tenant, role)

    return make


@pytest.fixture
def client_for(tenant: Tenant) -> Callable[..., people.Browser]:
    def make(
        user: User | None = None, *, tenant: Tenant | None = None, **options: Any
    ) -> people.Browser:
        if user is None:
            return people.browser_of(tenant or selectors.current_tenant())
        home = selectors.tenant_by_schema(user.home_schema)
        assert home is not None
        browser = people.browser_of(home, user, **options)
        if tenant is None or tenant.pk == home.pk:
            return browser
        # The same cookies at another tenant's host: what a curious customer would try.
        elsewhere = people.browser_of(tenant)
        elsewhere.cookies = browser.cookies
        return elsewhere

    return make


@pytest.fixture
def engine(tmp_path: Path, settings: Any) -> Iterator[EngineProcess]:
    """A running engine; the door (``trading.commands.door``) finds it by the settings."""
    with EngineProcess(tmp_path / "engine") as process:
        settings.ENGINE_SOCKET = process.socket
        settings.ENGINE_DIR = process.directory / "journal"
        yield process


@pytest.fixture(scope="session")
def world_template(django_db_blocker: Any) -> Iterator[str]:
    name = f"world_{connection.settings_dict['NAME'].removeprefix('test_')}"
    worlds.make_template(name)
    yield name
    worlds.drop_database(name)


@pytest.fixture
def world(
    world_template: str, request: pytest.FixtureRequest, django_db_blocker: Any
) -> Iterator[worlds.World]:
    """Committed demo data in a database of its own; see :mod:`world`."""
    own = worlds.open_world(re.sub(r"\W+", "_", request.node.name)[:24].lower(), world_template)
    try:
        with django_db_blocker.unblock():
            yield own
    finally:
        own.close()
