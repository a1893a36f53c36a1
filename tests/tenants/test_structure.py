"""A fresh schema gets its tables by a record; where there is none that fits, by the migrations."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.db import connection
from django_tenants.utils import schema_exists

from runtime import folders
from tenants import structure


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_records_are_what_the_migrations_say() -> None:
    """Runs them all in a database of their own, lays the tables beside them, compares both."""
    done = subprocess.run(
        [sys.executable, str(folders.ROOT / "manage.py"), "write_structure", "--check"],
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def tables_of(schema_name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [schema_name])
        return int(cursor.fetchone()[0])


@pytest.fixture
def empty(db: None) -> str:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA emptiness")
    assert schema_exists("emptiness")
    return "emptiness"


def test_an_empty_schema_is_filled_and_a_filled_one_left_alone(empty: str) -> None:
    assert structure.lay(empty)
    made = tables_of(empty)
    assert made == tables_of("north")
    assert not structure.lay(empty)
    assert tables_of(empty) == made


@pytest.mark.parametrize("change", [{"digest": "of-other-migrations"}, {"server": 999}])
def test_a_record_that_does_not_fit_is_not_used(
    empty: str, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    known = structure.read(structure.path_of(empty))
    assert known is not None
    monkeypatch.setattr(structure, "read", lambda path: replace(known, **change))
    assert not structure.lay(empty)
    assert tables_of(empty) == 0


def test_no_record_and_a_torn_one_are_not_used(empty: str, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(structure, "path_of", lambda schema_name: tmp_path / "firm.sql")
    assert not structure.lay(empty)
    (tmp_path / "firm.sql").write_text("CREATE TABLE nothing (id int)")
    assert not structure.lay(empty)
    assert tables_of(empty) == 0


def test_a_record_is_read_as_it_was_written(tmp_path) -> None:
    known = structure.read(structure.path_of("north"))
    assert known is not None
    assert known.digest == structure.digest()
    (tmp_path / "firm.sql").write_text(known.text())
    assert structure.read(tmp_path / "firm.sql") == known
