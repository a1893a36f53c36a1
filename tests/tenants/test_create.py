"""Creating a firm: it trades at once, or nothing of it is left."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import schema_context, schema_exists, tenant_context

from audit import selectors as audit
from identity import selectors as identity
from identity.models import User
from messaging.models import OutboxMail
from tenants import actions, onboarding, schemas, selectors, templates_data
from tenants.errors import TenantError
from tenants.models import Domain, Tenant
from whole_production import PRODUCTION
from world import World

pytestmark = pytest.mark.slow


@pytest.fixture
def public(world: World) -> Iterator[None]:
    """Django at a committed database, in the public schema."""
    with world.connected(), schema_context("public"):
        yield


def create(slug: str = "newfirm", **options: Any) -> Tenant:
    defaults = {
        "slug": slug,
        "name": "New Firm",
        "domain": f"{slug}.localhost",
        "owner_email": f"owner@{slug}.example",
        "acting_user": None,
    }
    return actions.create_tenant(**(defaults | options))


def test_a_firm_is_open_at_once_with_all_of_its_template(public: None, settings: Any) -> None:
    settings.DEVELOPMENT = True  # outside development a delivered mail loses its text
    tenant = create(fees={"taker_ppm": 900})
    assert selectors.tenant_by_host("newfirm.localhost") == tenant
    with tenant_context(tenant):
        from trading.instruments.models import Instrument

        wanted = {item["symbol"] for item in templates_data.load("spot-exchange")["instruments"]}
        assert set(Instrument.objects.values_list("symbol", flat=True)) == wanted
        owner = identity.staff().get()
        assert (owner.email, owner.role) == ("owner@newfirm.example", "owner")
        mail = OutboxMail.objects.get(template="staff_invitation")
        assert "http://newfirm.localhost" in mail.text and "New Firm" in mail.subject
        assert audit.verify_chain().is_whole
    record = audit.records_of(tenant).get()
    assert record.action == "tenants.create_tenant"


def test_a_step_that_fails_leaves_nothing(public: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onboarding, "_steps", dict(onboarding._steps))

    def fail(**_: Any) -> None:
        raise RuntimeError("no")

    onboarding.register(fail, order=99)
    with pytest.raises(RuntimeError):
        create()
    assert not Tenant.objects.filter(slug="newfirm").exists()
    assert not Domain.objects.filter(domain="newfirm.localhost").exists()
    assert not schema_exists("newfirm")
    assert selectors.tenant_by_host("newfirm.localhost") is None


def test_what_a_crash_left_behind_is_cleared_away(public: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA newfirm")
        cursor.execute("CREATE TABLE newfirm.identity_user (id int)")
    assert create().slug == "newfirm"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"slug": "north"}, "already a firm"),
        ({"slug": "public", "domain": "x.localhost"}, "reserved"),
        ({"slug": "Bad_Name", "domain": "x.localhost"}, "small letters"),
        ({"slug": "x" * 33, "domain": "x.localhost"}, "small letters"),
        ({"domain": "north.localhost"}, "already belongs"),
        ({"domain": "operator.localhost"}, "already belongs"),
        ({"domain": "under_score.localhost"}, "no host name"),
        ({"domain": "a b"}, "no host name"),
        ({"domain": "http://x.localhost/"}, "no host name"),
        ({"template": "nothing"}, "no template"),
        ({"owner_email": "nobody"}, "e-mail"),
        ({"brand": {"colours": {"light": {"primary": "red"}}}}, "colour"),
    ],
)
def test_bad_wishes_are_refused_in_words(
    platform_tenant: Tenant, options: dict[str, Any], problem: str
) -> None:
    before = list(Tenant.objects.values_list("slug", flat=True))
    with pytest.raises((TenantError, ValidationError), match=problem):
        create(**options)
    assert list(Tenant.objects.values_list("slug", flat=True)) == before
    assert not schema_exists("newfirm")


def test_only_operators_who_manage_tenants_may(public: None) -> None:
    with schema_context("public"):
        auditor = User.objects.get(email="auditor@marque.example")
    with schema_context("aurora"):
        owner = User.objects.get(email="owner@aurora.example")
        alice = User.objects.get(email="alice@aurora.example")
    for someone in (auditor, owner, alice):
        with pytest.raises(PermissionDenied):
            create(acting_user=someone)
    assert not Tenant.objects.filter(slug="newfirm").exists()
    with schema_context("public"):
        operator = User.objects.get(email="operator@marque.example")
    tenant = create(acting_user=operator)
    record = audit.records_of(tenant).get()
    assert (record.actor_kind, record.actor_id) == ("operator", operator.pk)


def test_the_command_says_what_it_did(public: None) -> None:
    out = StringIO()
    arguments = ["newfirm", "--name", "新公司", "--domain", "newfirm.localhost"]
    arguments += ["--owner", "owner@newfirm.example", "--language", "zh-hans"]
    call_command("create_tenant", *arguments, stdout=out, skip_checks=True)
    assert "新公司 is open at http://newfirm.localhost" in out.getvalue()
    with pytest.raises(CommandError, match="already a firm"):
        call_command("create_tenant", *arguments, skip_checks=True)


def test_seeding_again_changes_nothing(public: None, world: World) -> None:
    def figures() -> dict[str, list[int]]:
        rows = {}
        for name in ("public", "aurora", "longmen"):
            with schema_context(name):
                rows[name] = [
                    User.objects.count(),
                    audit.records().count(),
                    OutboxMail.objects.count(),
                ]
        return rows

    before = figures()
    output = world.manage("seed_demo", "--skip-checks")
    assert figures() == before
    for word in ("aurora.localhost", "longmen.localhost", "finance@longmen.example", "mailbox"):
        assert word in output


def test_the_demo_code_signs_in(public: None, world: World) -> None:
    from identity import actions as sign_in
    from tenants import demo_data
    from visits import visit

    with schema_context("aurora"):
        request = visit()
        answer = sign_in.sign_in(
            request=request, email="owner@aurora.example", password=demo_data.PASSWORD
        )
        assert answer.state == "second_factor"
        states = []
        # A code is good for a minute at most, and a busy machine may take longer to ask for one.
        while len(states) < 3 and "signed_in" not in states:
            asked = ("demo_code", "owner@aurora.example", "--code-only", "--skip-checks")
            code = world.manage(*asked).strip()
            states.append(sign_in.finish_sign_in(request=request, code=code).state)
        assert states[-1] == "signed_in"
    told = world.manage("demo_code", "owner@aurora.example", "--skip-checks")
    assert "otpauth://totp/" in told and "secret=" in told


def test_demo_data_stay_out_of_production(world: World) -> None:
    import subprocess

    servers = {name: world.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    environ = world.environ | PRODUCTION | servers
    for command in (["seed_demo"], ["demo_code", "owner@aurora.example"]):
        result = subprocess.run(
            world._command((*command, "--skip-checks")),
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode != 0
        assert "development" in result.stderr


def test_a_failed_creation_gives_the_lock_back(public: None) -> None:
    with pytest.raises(TenantError):
        create(domain="aurora.localhost")
    with schemas.creation_lock():
        pass


def test_domains_are_added_and_taken_away(public: None) -> None:
    tenant = Tenant.objects.get(slug="aurora")
    actions.add_domain(tenant=tenant, domain="Trade.Aurora.Example.", acting_user=None)
    assert selectors.tenant_by_host("trade.aurora.example") == tenant
    assert selectors.primary_host(tenant) == "aurora.localhost"
    actions.set_primary_domain(tenant=tenant, domain="trade.aurora.example", acting_user=None)
    assert selectors.primary_host(tenant) == "trade.aurora.example"
    with pytest.raises(TenantError):
        actions.add_domain(tenant=tenant, domain="longmen.localhost", acting_user=None)
    actions.remove_domain(tenant=tenant, domain="trade.aurora.example", acting_user=None)
    assert selectors.tenant_by_host("trade.aurora.example") is None
    assert selectors.primary_host(tenant) == "aurora.localhost"
    with pytest.raises(TenantError, match="at least one"):
        actions.remove_domain(tenant=tenant, domain="aurora.localhost", acting_user=None)
