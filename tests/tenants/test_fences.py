"""Caches, files, Celery tasks and logs of one tenant stay with it."""

from typing import Any

import pytest
import structlog
from celery import shared_task
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django_tenants.utils import schema_context, tenant_context

from config.celery import app
from config.tasks import WrongSchemaError
from tenants import periodic, tasks
from tenants.models import Tenant

seen: list[str] = []


@shared_task(name="tests.note_schema")
def note_schema() -> None:
    seen.append(connection.schema_name)


@pytest.fixture(autouse=True)
def _forget() -> None:
    seen.clear()


def test_a_cached_value_is_not_seen_by_the_other_tenant(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    cache.set("fence", "north's", 30)
    with tenant_context(other_tenant):
        assert cache.get("fence") is None
        cache.set("fence", "south's", 30)
    assert cache.get("fence") == "north's"
    with schema_context("public"):
        assert cache.get("fence") is None
    cache.delete("fence")
    with tenant_context(other_tenant):
        assert cache.get("fence") == "south's"
        cache.delete("fence")


def test_files_lie_in_folders_of_their_tenant(
    tenant: Tenant, other_tenant: Tenant, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("paper.txt", ContentFile(b"north"))
    assert default_storage.path(name) == str(tmp_path / "north" / "paper.txt")
    with tenant_context(other_tenant):
        assert not default_storage.exists(name)
        with pytest.raises(Exception, match=r"outside of|Detected path"):
            default_storage.open("../north/paper.txt").read()


def test_a_task_runs_where_it_was_sent_from(tenant: Tenant, other_tenant: Tenant) -> None:
    note_schema.delay()
    with tenant_context(other_tenant):
        note_schema.delay()
    connection.set_schema_to_public()
    note_schema.delay()
    assert seen == ["north", "south", "public"]
    assert connection.schema_name == "public"


def test_a_task_of_a_schema_that_is_gone_runs_nowhere(tenant: Tenant) -> None:
    connection.set_schema_to_public()
    with pytest.raises(WrongSchemaError):
        note_schema.apply(headers={"_schema_name": "gone"}, throw=True)
    assert seen == []


def test_every_task_of_the_product_is_fenced() -> None:
    from config.tasks import FencedTask

    own = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    assert len(own) > 4
    assert all(isinstance(task, FencedTask) for task in own)


def test_a_task_sent_at_commit_keeps_the_schema_of_its_cause(
    tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        from messaging import actions

        actions.send_mail("already_customer", "x@north.example", {"path": "/"})
        connection.set_schema_to_public()
        transaction.on_commit(note_schema.delay)
    assert seen == ["public"]
    with tenant_context(tenant):
        from messaging.models import OutboxMail

        assert OutboxMail.objects.get(to="x@north.example").state == "sent"


def test_periodic_work_visits_every_schema_it_means(
    tenant: Tenant, other_tenant: Tenant, platform_tenant: Tenant
) -> None:
    connection.set_schema_to_public()
    tasks.send_in_schemas("tests.note_schema", "tenant")
    assert seen == ["north", "south"]
    assert tasks.schemas_of("schema")[0] == "public"
    assert tasks.schemas_of("platform") == ["public"]


def test_registered_rounds_exist_as_tasks() -> None:
    app.loader.import_default_modules()
    names = {task.task_name for task in periodic.registered()}
    assert {"messaging.tasks.deliver_due", "identity.tasks.purge_expired"} <= names
    assert names <= set(app.tasks)
    for entry in periodic.beat_schedule().values():
        assert entry["task"] in app.tasks


def test_log_lines_carry_the_tenant(tenant: Tenant, client_for: Any) -> None:
    from config.logs import hide_personal_data

    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars, hide_personal_data]
    ) as captured:
        client_for().get("/brand/theme.css?email=dora@north.example")
    request = next(line for line in captured if line["event"] == "request")
    assert request["tenant"] == "north"
    assert request["route"] == "brand/theme.css"
    assert "dora" not in str(captured)
