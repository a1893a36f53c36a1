"""The tables of a fresh schema, as SQL that was written down beforehand.

Running some ninety migrations for a new firm takes half a minute, nearly all of which Django spends
on picturing the models between two migrations; the SQL itself takes a second or two. So what
they tell PostgreSQL is recorded once (`manage.py write_structure`) and a fresh schema gets just
that. `migrate_schemas` still runs afterwards, and finds nothing left to do.

A record names the migrations that it was made of by a digest of their sources. Where that is not
the digest of the present ones, or PostgreSQL is older than the one that the record was made with,
the migrations run: slower, never wrong. ADR 30.
"""

import hashlib
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django_tenants.migration_executors import StandardExecutor

HERE = Path(__file__).parent
FIRM = "firm"
_BETWEEN = "\n--;\n"
_HEAD = re.compile(
    r"-- digest (?P<digest>\w+), PostgreSQL (?P<server>\d+)\n(?P<applied>(?:-- \w+\.\w+\n)*)"
)
# Asked for one migration, or for a look: none of these wants tables at once.
_OTHER_WISHES = ("app_label", "plan", "check_unapplied", "prune", "fake", "fake_initial")
_in_use = ContextVar("structure_in_use", default=True)


@dataclass(frozen=True)
class Structure:
    """One record: what it was made of, and all statements in order."""

    digest: str
    server: int  # PostgreSQL's major version
    applied: tuple[tuple[str, str], ...]  # (app, migration) in the order that they ran
    statements: tuple[str, ...]

    def text(self) -> str:
        names = "".join(f"-- {app}.{name}\n" for app, name in self.applied)
        head = f"-- digest {self.digest}, PostgreSQL {self.server}\n{names}"
        return head + _BETWEEN.join(self.statements) + "\n"


def path_of(schema_name: str) -> Path:
    """The record for this schema: all firms share one."""
    public = schema_name == settings.PUBLIC_SCHEMA_NAME
    return HERE / f"{schema_name if public else FIRM}.sql"


def read(path: Path) -> Structure | None:
    """The record in a file; nothing when there is none, or it can't be understood."""
    if not path.exists():
        return None
    text = path.read_text()
    head = _HEAD.match(text)
    if head is None:
        return None
    names = [line[3:].split(".") for line in head["applied"].splitlines()]
    return Structure(
        head["digest"],
        int(head["server"]),
        tuple((app, name) for app, name in names),
        tuple(text[head.end() :].removesuffix("\n").split(_BETWEEN)),
    )


@cache
def digest() -> str:
    """Of the sources of all migrations, ours and the libraries', and of Django's version."""
    total = hashlib.sha256(django.get_version().encode())
    for key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        total.update(".".join(key).encode())
        total.update(inspect.getsource(sys.modules[type(migration).__module__]).encode())
    return total.hexdigest()[:16]


def server_version() -> int:
    """PostgreSQL's major version."""
    connection.ensure_connection()
    return int(connection.pg_version) // 10_000


@contextmanager
def by_migrations_only() -> Iterator[None]:
    """No record is used in this block."""
    before = _in_use.set(False)
    try:
        yield
    finally:
        _in_use.reset(before)


def lay(schema_name: str) -> bool:
    """Give an empty schema its tables by the record; False when the migrations have to do it."""
    if not _in_use.get():
        return False
    known = read(path_of(schema_name))
    if known is None or known.digest != digest() or known.server > server_version():
        return False
    connection.set_schema(schema_name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace(%s)"
            " AND relkind IN ('r', 'p', 'v', 'm') LIMIT 1",
            [schema_name],
        )
        if cursor.fetchone():
            return False
    fill(schema_name, known)
    return True


def fill(schema_name: str, known: Structure) -> None:
    """Tell PostgreSQL everything of a record, all or nothing; the schema is empty."""
    connection.set_schema(schema_name)
    with transaction.atomic(), connection.cursor() as cursor:
        # Without parameters PostgreSQL takes them all at once.
        cursor.execute(";\n".join(known.statements))
        cursor.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())",
            known.applied,
        )


class Executor(StandardExecutor):
    """Lays the tables of an empty schema before the migrations run on it."""

    codename = "laid"

    def run_migrations(self, tenants: Any = None) -> None:
        tenants = list(tenants or [])
        if not any(self.options.get(wish) for wish in _OTHER_WISHES):
            for schema_name in tenants:
                lay(schema_name)
        super().run_migrations(tenants)


def executor(codename: str | None = None) -> type[StandardExecutor]:
    """For django-tenants' setting; whatever executor is asked for by name, ours does it."""
    return Executor
