"""`manage.py engine` on a real engine: what is printed, and that faults end with status 1."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.trading.engine.process import operated
from tests.trading.engine.process.running import TENANT, RunningEngine
from tests.trading.engine.process.test_archiving import SMALL, durable, fill
from trading.commands import keeping, parquet, tasks
from trading.engine import archive, journal


@pytest.fixture
def running(tmp_path: Path, settings: Any) -> Iterator[RunningEngine]:
    with RunningEngine(tmp_path / "engine") as engine:
        settings.ENGINE_DIR = engine.engine_dir
        settings.ENGINE_SOCKET = engine.socket_path
        yield engine


@pytest.fixture
def orders(running: RunningEngine) -> dict[str, int]:
    return operated.live(running)


def said(*arguments: object) -> str:
    out = io.StringIO()
    call_command("engine", *map(str, arguments), stdout=out)
    return out.getvalue()


def refused(*arguments: object) -> tuple[str, str]:
    """What is said on both ends; the process ends with status 1."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("engine", *map(str, arguments), stdout=out)
    assert error.value.returncode == 1
    return out.getvalue(), str(error.value)


def test_status(running: RunningEngine, orders: dict[str, int]) -> None:
    assert running.popen is not None
    text = said("status")
    assert f"process {running.popen.pid} runs" in text and "1.0 MiB in 1 segment" in text
    assert "snapshot     none" in text and "followers    none" in text
    document = json.loads(said("status", "--json"))
    assert (document["state"], document["accounts"]) == ("running", 21)
    running.stop()
    assert "does not run" in said("status")
    document = json.loads(said("status", "--json"))
    assert (document["state"], document["open_orders"]) == ("stopped", None)
    assert document["snapshot"]["seq"] == document["seq"]
    assert document["snapshot"]["age_seconds"] >= 0


def test_snapshot_and_verify(running: RunningEngine, orders: dict[str, int]) -> None:
    assert "The snapshot at seq " in said("snapshot")
    text = said("verify")
    assert "Began with the beginning." in text and "Proved " in text
    assert "Snapshots that hold the same state: seq " in text and "State hash at seq " in text
    part = said("verify", "--to", 7)
    assert "Proved 7 records, seq 1 to 7" in part
    running.kill()
    assert "No engine runs" in refused("snapshot")[1]


def test_verify_of_a_forged_record(running: RunningEngine, orders: dict[str, int]) -> None:
    running.kill()
    operated.forge(running.engine_dir, 47)
    out, error = refused("verify")
    assert "Proved 46 records" in out and "record with seq 47" in error
    assert "State hash" not in out


def test_a_damaged_journal_is_told_by_all(
    running: RunningEngine, orders: dict[str, int], tmp_path: Path
) -> None:
    running.kill()
    path, group = operated.group_of(running.engine_dir, 20)
    operated.flip(path, group.offset + 40)
    out, error = refused("status")
    assert "does not run" in out and "is damaged" in error
    for arguments in (
        ("verify",),
        ("inspect", 20),
        ("why", orders["open"], "--tenant", TENANT),
        ("export", "--out", tmp_path / "out"),
    ):
        assert f"the record with seq {group.first_seq}" in refused(*arguments)[1]
    assert "seq      3" in said("inspect", 3)


def test_inspect(running: RunningEngine, orders: dict[str, int]) -> None:
    text = said("inspect", 1)
    assert 'command  OpenVenue code="north"' in text
    assert "tenant   1" in text and "source   direct" in text
    assert "There is no record with seq 9999" in refused("inspect", 9999)[1]
    with pytest.raises(CommandError, match="whole number"):
        said("inspect", "nine")


def test_why(running: RunningEngine, orders: dict[str, int]) -> None:
    text = said("why", orders["traded"], "--tenant", TENANT)
    assert text.startswith(f"Order {orders['traded']} of tenant 1\nseq ")
    assert "as maker, with order" in text and "it is closed: CANCELED." in text
    assert "has no order 9999" in refused("why", 9999, "--tenant", TENANT)[1]


def test_why_by_slug(running: RunningEngine, orders: dict[str, int], tenant: Any) -> None:
    error = refused("why", 9999, "--tenant", tenant.slug)[1]
    assert f"Tenant {tenant.id} has no order 9999" in error
    assert "no tenant with the slug nobody" in refused("why", 1, "--tenant", "nobody")[1]


def test_export(running: RunningEngine, orders: dict[str, int], tmp_path: Path) -> None:
    text = said("export", "--event", "Traded", "--out", tmp_path / "trades.csv")
    assert "3 Traded" in text
    assert len((tmp_path / "trades.csv").read_text().splitlines()) == 4
    assert "1 AssetCreated" in said("export", "--from", 1, "--to", 2, "--out", tmp_path / "all")
    assert "exists already" in refused("export", "--out", tmp_path / "all")[1]


@pytest.mark.skipif(parquet.is_installed(), reason="pyarrow is installed")
def test_parquet_says_what_it_needs(
    running: RunningEngine, orders: dict[str, int], tmp_path: Path
) -> None:
    out = tmp_path / "trades.parquet"
    error = refused("export", "--event", "Traded", "--format", "parquet", "--out", out)[1]
    assert "pip install pyarrow" in error
    assert not out.exists()


@pytest.mark.skipif(not parquet.is_installed(), reason="pyarrow is not installed")
def test_parquet(running: RunningEngine, orders: dict[str, int], tmp_path: Path) -> None:
    import pyarrow.parquet

    out = tmp_path / "events"
    said("export", "--format", "parquet", "--out", out)
    credited = pyarrow.parquet.read_table(out / "FundsCredited.parquet")
    assert {int(units) for units in credited["amount_units"].to_pylist()} == {10**15}
    accepted = pyarrow.parquet.read_table(out / "OrderAccepted.parquet")
    assert "seller" in accepted["client_order_id"].to_pylist()


@pytest.fixture
def small(tmp_path: Path, settings: Any) -> Iterator[RunningEngine]:
    """An engine with much to be archived."""
    with RunningEngine(tmp_path / "small", *SMALL) as engine:
        settings.ENGINE_DIR = engine.engine_dir
        settings.ENGINE_SOCKET = engine.socket_path
        settings.ENGINE_SEGMENTS_KEPT = 2
        operated.live(engine)
        fill(engine)
        yield engine


def test_archive(small: RunningEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    last = durable(small)
    monkeypatch.setattr(keeping, "_readers", [lambda: {"clearing": last}, lambda: {"mail": 0}])
    text = said("archive", "--dry-run")
    assert "up to seq 0; later ones mail" in text and "nothing to be archived" in text
    monkeypatch.setattr(keeping, "_readers", [lambda: {"clearing": last}])
    text = said("archive", "--dry-run")
    assert "To be archived: seq 1 to " in text
    assert not archive.archive_dir(small.engine_dir).exists()
    assert "Archived " in said("archive")
    assert "There was nothing to be archived or removed." in said("archive")
    assert len(journal.list_segments(small.engine_dir)) == 2
    assert "archive      " in said("status")
    assert "Proved " in said("verify")


def test_nothing_is_archived_while_a_reader_cannot_be_asked(
    small: RunningEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> dict[str, int]:
        raise OSError("nobody there")

    before = journal.list_segments(small.engine_dir)
    monkeypatch.setattr(keeping, "_readers", [away])
    assert "(nobody there): nothing is archived" in refused("archive")[1]
    tasks.archive_journal()
    assert journal.list_segments(small.engine_dir) == before


def test_the_worker_archives_by_policy(
    small: RunningEngine, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    last = durable(small)
    monkeypatch.setattr(keeping, "_readers", [lambda: {"clearing": last}])
    settings.ENGINE_ARCHIVE_COMPRESSION = "gzip"
    tasks.archive_journal()
    assert len(journal.list_segments(small.engine_dir)) == 2
    assert {each.path.suffix for each in archive.list_archived(small.engine_dir)} == {".gz"}
    settings.ENGINE_DIR = small.engine_dir / "elsewhere"
    tasks.archive_journal()  # on a machine without the journal


def test_every_reader_of_the_journal_is_asked(tenant: Any) -> None:
    assert f"clearing of {tenant.schema_name}" in keeping.positions()
    assert "the publisher" in keeping.positions()
