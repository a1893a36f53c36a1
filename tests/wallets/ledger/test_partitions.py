"""Entries, postings and trades in partitions: never a missing one, each as strict as the whole."""

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction

from trading.bulk import partitions
from trading.bulk.copying import Column
from trading.bulk.partitions import WANTED_BYTES, Partition, Room
from trading.instruments.models import Asset
from trading.orders.partitions import TRADES
from wallets.ledger import chart
from wallets.ledger.models import JournalEntry, Line, Posting
from wallets.ledger.partitions import ENTRIES, FIRST_WIDTH, POSTINGS

ALL = (ENTRIES, POSTINGS, TRADES)


def load(entry_ids, *, units=5, room_of_entries=None, room_of_postings=None):
    """What clearing does with an entry of two postings for each id, checked as a commit would."""
    ids = np.array(entry_ids, np.int64)
    asset_id = Asset.objects.get(code="USDT").pk
    custody, expense = (
        chart.ledger_account_id(line, 0, asset_id) for line in (Line.CUSTODY, Line.ADJUSTMENTS)
    )
    ones = np.ones(len(ids), np.int64)
    with transaction.atomic(), connection.cursor() as wrapped:
        cursor = wrapped.cursor
        (room_of_entries or Room(ENTRIES)).copy_rows(
            cursor,
            [
                Column("id", "int8", ids),
                Column("kind", "int2", ones * 4),
                Column("seq", "int8", ids >> 20),
                Column("time", "timestamptz", ones * 10**18),
                Column("reference_id", "int8", ones),
            ],
            ids,
        )
        both = np.concatenate([ids, ids])
        accounts = np.concatenate([ones * custody, ones * expense])
        (room_of_postings or Room(POSTINGS)).copy_rows(
            cursor,
            [
                Column("entry_id", "int8", both),
                Column("line", "int2", np.concatenate([ones, ones * 2])),
                Column("ledger_account_id", "int8", accounts),
                Column("units", "numeric", np.concatenate([ones * units, ones * -5])),
            ],
            both,
            np.lexsort((both, accounts)),
        )
        wrapped.execute("SET CONSTRAINTS ALL IMMEDIATE")
        wrapped.execute("SET CONSTRAINTS ALL DEFERRED")


def found(table):
    with connection.cursor() as cursor:
        return partitions.partitions(cursor.cursor, table)


def rows_of(partition):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {partition.name}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_new_firm_has_its_first_partition(tenant, table):
    only = found(table)
    assert [(p.lower, p.upper) for p in only] == [(None, table.first_width)]


def test_rows_go_where_they_belong_and_the_next_partition_is_made_ahead(tenant):
    ids = [1 << 20, FIRST_WIDTH - 1, FIRST_WIDTH, FIRST_WIDTH + 7, 3 * FIRST_WIDTH]
    load(ids)
    for table, each in ((ENTRIES, 1), (POSTINGS, 2)):
        standing = found(table)
        assert partitions.gaps(standing) == []
        assert standing[-1].upper > 3 * FIRST_WIDTH
        for partition in standing:
            inside = [i for i in ids if (partition.lower or 0) <= i < partition.upper]
            assert rows_of(partition) == each * len(inside), partition
    assert list(JournalEntry.objects.order_by("id").values_list("id", flat=True)) == ids
    assert Posting.objects.count() == 10


def test_one_is_ahead_before_the_last_is_full(tenant):
    room = Room(ENTRIES)
    load([FIRST_WIDTH // 2 - 1], room_of_entries=room)
    assert len(found(ENTRIES)) == 1
    load([FIRST_WIDTH // 2], room_of_entries=room)
    assert len(found(ENTRIES)) == 2
    load([FIRST_WIDTH // 2 + 1], room_of_entries=room)
    assert len(found(ENTRIES)) == 2


def test_a_room_of_a_transaction_that_was_rolled_back_is_not_believed(tenant):
    with pytest.raises(DatabaseError, match="does not sum to zero"):
        load([FIRST_WIDTH], units=6)
    assert len(found(POSTINGS)) == 1 and not JournalEntry.objects.exists()
    load([FIRST_WIDTH])
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("size", "width"),
    [
        (WANTED_BYTES, FIRST_WIDTH),
        (WANTED_BYTES * 2, FIRST_WIDTH // 2),
        (WANTED_BYTES * 100, FIRST_WIDTH // 4),
        (WANTED_BYTES // 3, FIRST_WIDTH * 2),
        (0, FIRST_WIDTH * 4),
    ],
)
def test_how_wide_the_next_is_follows_from_how_large_the_last_became(size, width):
    full = Partition("full", FIRST_WIDTH, 2 * FIRST_WIDTH, size)
    used = Partition("used", 2 * FIRST_WIDTH, 3 * FIRST_WIDTH, 1)
    assert partitions._next_width(ENTRIES, [full, used]) == width
    assert partitions._next_width(ENTRIES, [used]) == FIRST_WIDTH


def test_a_gap_is_found():
    first, second = Partition("a", None, 10, 0), Partition("b", 12, 20, 0)
    assert partitions.gaps([first, second]) == [(10, 12)]


@pytest.mark.parametrize("which", [0, 1], ids=["first", "made since"])
@pytest.mark.parametrize("what", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_a_partition_is_as_strict_as_the_whole(tenant, which, what):
    load([1 << 20, FIRST_WIDTH + 1])
    for table, column in ((ENTRIES, "kind"), (POSTINGS, "units")):
        name = found(table)[which].name
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            execute(what.format(name, column))
    posting = found(POSTINGS)[which]
    entry_id = (posting.lower or 1 << 20) + (1 if posting.lower else 0)
    account = Posting.objects.first().ledger_account_id
    with pytest.raises(DatabaseError, match="does not sum to zero"), transaction.atomic():
        execute(insert_one(posting.name, entry_id, account))
        execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_makes_the_check_forget(tenant):
    load([1 << 20])
    account = Posting.objects.first().ledger_account_id
    for statement in (
        "DELETE FROM ledger_unchecked",
        "UPDATE ledger_unchecked SET last_entry_id = 0",
        "TRUNCATE ledger_unchecked",
    ):
        with (
            pytest.raises(DatabaseError, match=r"by the check only|pending trigger"),
            transaction.atomic(),
        ):
            execute(insert_one("ledger_posting", 1 << 20, account))
            execute(statement)


def insert_one(table, entry_id, account):
    """A posting that unbalances its entry."""
    return (
        f"INSERT INTO {table} (entry_id, line, ledger_account_id, units) "
        f"VALUES ({entry_id}, 9, {account}, 1)"
    )


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_partitions_between_that_get_nothing_are_passed_over(tenant):
    load([1 << 20, 40 * FIRST_WIDTH])
    assert JournalEntry.objects.count() == 2 and Posting.objects.count() == 4
    assert sum(rows_of(partition) > 0 for partition in found(POSTINGS)) == 2 < len(found(POSTINGS))


def test_a_table_that_is_not_there_is_said_to_be_missing(tenant):
    nowhere = partitions.PartitionedTable("no_such_table", "id", 1, 1)
    with connection.cursor() as cursor, pytest.raises(partitions.NoPartitions, match="no_such"):
        partitions.partitions(cursor.cursor, nowhere)


TRIGGERS_OF = """
SELECT array_agg(tgname || tgtype ORDER BY tgname) FROM pg_trigger
WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal
"""


def test_every_partition_has_the_triggers_of_the_whole(tenant):
    load([1 << 20, FIRST_WIDTH + 7])
    for table in ALL:
        with connection.cursor() as cursor:
            cursor.execute(TRIGGERS_OF, [table.name])
            wanted = cursor.fetchone()
            for partition in found(table):
                cursor.execute(TRIGGERS_OF, [partition.name])
                assert cursor.fetchone() == wanted, partition.name
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS_OF, [ENTRIES.name])
        names = cursor.fetchone()[0]
    assert [name.rstrip("0123456789") for name in names] == [
        "bookkeeping_entries_open", "ledger_entries_fixed", "ledger_entries_noted",
    ]  # fmt: skip
