"""Bad input and bad luck: a clear error, nothing half-written, and it goes on by itself."""

import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django_tenants.utils import tenant_context

from clearing import database, projections, selectors
from clearing.models import Quarantine
from clearings import clearing, counts, durable_seq, execute, make_traders
from runtime import environment, postgres
from tenants.models import Tenant
from traders import send_all
from trading.accounts.models import AccountRole
from trading.engine import commands, journal
from trading.engine.client import EngineClient
from trading.orders.models import Trade
from wallets.ledger import projections as ledger_projections
from wallets.ledger.models import EntryKind, JournalEntry, Posting
from wallets.ledger.verify import verify_books


class Floor:
    """One tenant whose traders trade; what clearing does of it is the tests' affair."""

    def __init__(self, world, engine, tenant):
        self.world = world
        self.client = EngineClient(engine.socket)
        self.tenant = tenant
        self.traders = make_traders(world, tenant)
        self.rng = random.Random(5)

    def trade(self, count=300):
        """Send orders; the seq that clearing has to come to."""
        send_all(self.client, self.tenant.pk, self.traders.commands(self.rng, count))
        return durable_seq(self.client)

    def wait_cleared(self, seq):
        self.world.wait_for(lambda: selectors.cleared_seq() >= seq)

    def wait_quarantined(self, *words):
        aside = self.world.wait_for(selectors.quarantine)
        for word in words:
            assert word in aside.error
        return aside

    def is_whole(self):
        assert selectors.quarantine() is None
        assert verify_books(self.tenant) == []


@pytest.fixture
def floor(world):
    """Cleared up to now, with no clearing running."""
    with world.engine() as engine, world.connected():
        tenant = Tenant.objects.get(slug="aurora")
        with world.process("relay", "--skip-checks"):
            made = Floor(world, engine, tenant)
        with tenant_context(tenant):
            last = made.trade()
            with clearing():
                made.wait_cleared(last)
            yield made


def goes_on(floor, before, last):
    """Clearing comes to `last` by itself, the alert goes, and the books are whole."""
    floor.wait_cleared(last)
    floor.world.wait_for(lambda: selectors.quarantine() is None)
    aside = Quarantine.objects.get()
    assert aside.seq == before["seq"] and aside.released_at is not None
    floor.is_whole()


@pytest.mark.slow
def test_an_unbalanced_entry(floor, monkeypatch):
    before, postings_of = counts(), ledger_projections._postings_of

    def one_unit_too_much(kinds):
        entry_ids, lines, ledger_ids, units = postings_of(kinds)
        units = units.copy()
        units[len(units) // 2] += 1
        return entry_ids, lines, ledger_ids, units

    monkeypatch.setattr(ledger_projections, "_postings_of", one_unit_too_much)
    last = floor.trade()
    with clearing():
        floor.wait_quarantined("CheckViolation", "does not sum to zero")
        assert counts() == before
        monkeypatch.setattr(ledger_projections, "_postings_of", postings_of)
        goes_on(floor, before, last)


@pytest.mark.slow
def test_an_account_that_sql_does_not_know(floor):
    before = counts()
    stranger, asset_id = 77_777, floor.traders.instruments[0].quote_id
    send_all(
        floor.client,
        floor.tenant.pk,
        [
            commands.CreateAccount(account_id=stranger, group_id=1, state=1),
            commands.CreditFunds(
                account_id=stranger, asset_id=asset_id, amount_units=5, reason=1, reference_id=1
            ),
        ],
    )
    last = durable_seq(floor.client)
    with clearing():
        floor.wait_quarantined("UnknownLedgerAccount", f"account {stranger}")
        assert counts() == before
        execute(
            "CREATE TEMPORARY TABLE one AS "
            f"SELECT * FROM accounts_account WHERE role = {int(AccountRole.CUSTOMER)} LIMIT 1; "
            f"UPDATE one SET id = {stranger}, name = 'Stranger'; "
            "INSERT INTO accounts_account SELECT * FROM one"
        )
        goes_on(floor, before, last)


@pytest.mark.slow
def test_an_id_that_is_there_already(floor):
    newest = Trade.objects.order_by("-id").first()
    execute(
        "CREATE TEMPORARY TABLE double AS SELECT * FROM orders_trade "
        f"WHERE id = {newest.pk}; UPDATE double SET id = id + 1; "
        "INSERT INTO orders_trade SELECT * FROM double"
    )
    before = counts()
    last = floor.trade()
    with clearing():
        floor.wait_quarantined("UniqueViolation", f"({newest.pk + 1})")
        assert counts() == before
        execute(f"DELETE FROM orders_trade WHERE id = {newest.pk + 1}")
        goes_on(floor, before, last)


@pytest.mark.slow
def test_damaged_bytes_in_the_journal(floor):
    before = counts()
    last = floor.trade()
    segment = journal.list_segments(settings.ENGINE_DIR)[-1]
    path = journal.segment_path(settings.ENGINE_DIR, segment.first_seq)
    good = path.read_bytes()
    at = good.rstrip(b"\0").__len__() - 2_000
    put(path, at, good[at] ^ 0xFF)
    with clearing() as running:
        error = floor.world.wait_for(lambda: running.error)
    assert isinstance(error, journal.JournalDamaged), error
    assert str(path) in str(error)
    damaged = counts()
    assert before["seq"] <= damaged["seq"] < last  # whole groups before the damage are good
    put(path, at, good[at])
    with clearing():
        floor.wait_cleared(last)
        floor.is_whole()


def put(path, at, byte):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes([byte]))


@pytest.mark.slow
def test_the_connection_is_lost_in_the_middle_of_a_batch(floor, monkeypatch):
    before, lost = counts(), []

    def cut(cursor, tables):
        if not lost and len(tables["Traded"]):
            lost.append(counts_elsewhere(floor.tenant.schema_name))
            with database.connect() as other:
                other.execute(
                    "SELECT pg_terminate_backend(%s)", [cursor.connection.info.backend_pid]
                )

    monkeypatch.setattr(projections, "_registered", [cut, *projections._registered])
    last = floor.trade()
    with clearing():
        floor.wait_cleared(last)
        # Everything of the batch was written when it was cut, and nobody saw any of it.
        assert lost == [before["ledger_posting"]]
        assert not Quarantine.objects.exists()
        floor.is_whole()


def counts_elsewhere(schema_name):
    with database.connect() as other:
        return other.execute(f"SELECT count(*) FROM {schema_name}.ledger_posting").fetchone()[0]


@pytest.fixture
def small_disk():
    """A folder on a file system of 5 MB that PostgreSQL's server may write in."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    folder = Path(tempfile.mkdtemp(prefix="marque-small-", dir="/tmp"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=5m,mode=0777", "tmpfs", folder], check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("this system mounts nothing")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def admin():
    """The superuser of the sandbox's server."""
    remembered = environment.read_remembered(Path(os.environ["MARQUE_DATA_DIR"]))
    if "postgres_admin_password" not in remembered:
        pytest.skip("this PostgreSQL is somebody else's")
    return psycopg.connect(
        host="127.0.0.1",
        port=urlsplit(settings.DATABASE_URL).port,
        user=postgres.ADMIN,
        password=remembered["postgres_admin_password"],
        dbname="postgres",
        autocommit=True,
    )


def assert_whole_up_to(seq):
    entries, trades = JournalEntry.objects, Trade.objects
    assert trades.aggregate(last=Max("seq"))["last"] <= seq
    assert entries.aggregate(last=Max("seq"))["last"] <= seq
    assert trades.count() == entries.filter(kind=EntryKind.SPOT_FILL).count()
    posted = Posting.objects.values("entry_id").distinct()
    assert posted.count() == entries.count()
    assert not posted.exclude(entry_id__in=entries.values("id")).exists()


@pytest.mark.slow
def test_the_disk_is_full(floor, small_disk):
    place = small_disk / "tablespace"
    place.mkdir()
    owner = subprocess.run(
        ["ps", "-o", "user=", "-C", "postgres"], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    shutil.chown(place, owner)
    with admin() as server:
        server.execute("DROP TABLESPACE IF EXISTS small")
        server.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        server.execute("GRANT CREATE ON TABLESPACE small TO PUBLIC")
    try:
        execute("ALTER TABLE ledger_posting_0 SET TABLESPACE small")
        before = counts()
        (small_disk / "ballast").write_bytes(bytes(5 * 1024 * 1024 - 400_000))
        last = floor.trade(4_000)
        with clearing():
            floor.wait_quarantined("DiskFull", "could not extend file")
            # A smaller part may have found room since; what is there is whole up to a seq.
            with transaction.atomic():
                execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                assert before["seq"] <= selectors.cleared_seq() < last
                assert_whole_up_to(selectors.cleared_seq())
            (small_disk / "ballast").unlink()
            floor.wait_cleared(last)
            floor.world.wait_for(lambda: selectors.quarantine() is None)
            floor.is_whole()
    finally:
        execute("ALTER TABLE ledger_posting_0 SET TABLESPACE pg_default")
        with admin() as server:
            server.execute("DROP TABLESPACE small")
