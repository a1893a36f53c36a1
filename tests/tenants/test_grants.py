"""What the doors' role can do to the books with SQL of its own: read them."""

import os
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import errors

from runtime import given
from tenants import grants
from tenants.models import Tenant
from world import World, with_database

APP_URL = os.environ.get("DATABASE_APP_URL", "")
pytestmark = pytest.mark.skipif(not APP_URL, reason="there is no second role here")


@pytest.fixture
def lesser(tenant: Tenant) -> "Iterator[psycopg.Connection[Any]]":
    """A connection as the lesser role, in north's schema."""
    address = with_database(APP_URL, connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True, options="-c search_path=north,public") as own:
        yield own


BOOKS = ("ledger_journalentry", "ledger_posting", "ledger_entrynote", "ledger_balance")
FORBIDDEN = [
    *(
        statement.format(table=table)
        for table in BOOKS
        for statement in (
            "DELETE FROM {table}",
            "TRUNCATE {table}",
            "INSERT INTO {table} SELECT * FROM {table}",
            "ALTER TABLE {table} DISABLE TRIGGER ALL",
            "DROP TABLE {table}",
            "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION ledger_refuse_change()",
        )
    ),
    "UPDATE ledger_posting SET units = 1",
    "UPDATE ledger_journalentry SET kind = 1",
    "UPDATE ledger_balance SET units = 1",
    "UPDATE ledger_ledgeraccount SET classification = 'income'",
    "UPDATE clearing_checkpoint SET seq = 0",
    "DELETE FROM ledger_unchecked",
    "INSERT INTO ledger_unchecked VALUES (1, 1)",
    "DELETE FROM ledger_custodyaccount",
    "UPDATE audit_auditrecord SET reason = ''",
    "DELETE FROM audit_auditrecord",
    "DROP TRIGGER ledger_entries_fixed ON ledger_journalentry",
    "DROP TRIGGER ledger_entries_balance ON ledger_unchecked",
    "CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NEW; END'",
    "DROP FUNCTION ledger_refuse_change CASCADE",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id int)",
    "DROP SCHEMA north CASCADE",
    "ALTER ROLE current_user CREATEDB",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_books_are_out_of_its_reach(lesser: "psycopg.Connection[Any]", statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        lesser.execute(statement)


def test_it_cannot_become_the_owner(lesser: "psycopg.Connection[Any]") -> None:
    owner = given.login(settings.DATABASE_URL)["USER"]
    assert lesser.execute("SELECT current_user").fetchone() != (owner,)
    with pytest.raises(errors.InsufficientPrivilege):
        lesser.execute(f"SET ROLE {owner}")


def test_it_reads_and_works(lesser: "psycopg.Connection[Any]") -> None:
    for table in BOOKS:
        lesser.execute(f"SELECT count(*) FROM {table}")
    with lesser.transaction(force_rollback=True):
        lesser.execute(
            "INSERT INTO ledger_custodyaccount (line, part, name, details, opened_at) "
            "VALUES (3, 9, 'x', '', now())"
        )
        lesser.execute("UPDATE instruments_asset SET name = name")
        lesser.execute("DELETE FROM commands_relaystop")


def test_every_table_has_the_rights_that_are_declared(lesser: "psycopg.Connection[Any]") -> None:
    rows = lesser.execute(
        "SELECT relname, has_table_privilege(oid, 'SELECT'), has_table_privilege(oid, 'INSERT'), "
        "has_table_privilege(oid, 'UPDATE'), has_table_privilege(oid, 'DELETE'), "
        "has_table_privilege(oid, 'TRUNCATE') FROM pg_class "
        "WHERE relnamespace = 'north'::regnamespace AND relkind IN ('r', 'p')"
    ).fetchall()
    assert len(rows) > 30
    for table, reads, *can in rows:
        declared = grants.rights_on(table).split(", ")
        wanted = [right in declared for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE")]
        assert (reads, can) == (True, wanted), table


@pytest.mark.slow
def test_a_firm_is_made_by_a_process_of_the_lesser_role(world: World) -> None:
    """As the operator's web does: the tables are the owner's, and the role is let in."""
    app, owner = with_database(APP_URL, world.database), world.database_url
    world.manage("prepare")
    made = subprocess.run(
        world._command(
            (
                *("create_tenant", "third", "--name", "Third", "--domain", "third.localhost"),
                *("--owner", "owner@third.example", "--skip-checks"),
            )
        ),
        env=world.environ | {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with psycopg.connect(app, autocommit=True, options="-c search_path=third,public") as lesser:
        (count,) = lesser.execute("SELECT count(*) FROM ledger_ledgeraccount").fetchone() or (0,)
        assert count > 0
        (tables_owner,) = lesser.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'third'"
        ).fetchone() or ("",)
        assert tables_owner == given.login(owner)["USER"]
        with pytest.raises(errors.InsufficientPrivilege):
            lesser.execute("DELETE FROM ledger_journalentry")
