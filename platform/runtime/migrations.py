"""Which schemas lack migrations: asked with one query each, so that a second start is quick."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql


def schemas_behind() -> list[str]:
    """The schemas in which a migration of the code is not applied, ``public`` first."""
    wanted = set(MigrationLoader(None).disk_migrations)
    return [schema for schema in schemas() if not wanted <= _applied(schema)]


def schemas() -> list[str]:
    """``public`` and every tenant's schema, as far as there are any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.tenants_tenant') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return ["public"]
        cursor.execute(
            "SELECT schema_name FROM public.tenants_tenant WHERE schema_name <> 'public' ORDER BY 1"
        )
        return ["public", *(row[0] for row in cursor.fetchall())]


def _applied(schema: str) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema}.django_migrations"])
        if not cursor.fetchone()[0]:
            return set()
        cursor.execute(
            sql.SQL("SELECT app, name FROM {}").format(sql.Identifier(schema, "django_migrations"))
        )
        return set(cursor.fetchall())
