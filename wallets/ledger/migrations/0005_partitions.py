"""Entries and postings in partitions by entry id; what stands becomes the first of them.

A posting's key begins with its ledger account: that one index is the statement's as well. By
entry a block range index does, since entries come in order. Loading postings is then a third
cheaper, and stays so however many there are.

The check of a load looks at the rows of the statement themselves while they are at hand. What it
proves whole (every entry of the range sums to zero in every asset, has its postings, and posts to
known accounts) needs no second look at commit; whatever it does not prove is left to the deferred
check of the tables, as before. So an entry may still come in parts within one transaction, and
nothing can be committed that does not balance. Notes of what is to be checked can be taken away by
the triggers only.
"""

from django.db import migrations

PARTITION = """
DO $body$
DECLARE bound bigint;
BEGIN
    SELECT ((coalesce(max(id), 0) >> 40) + 1) << 40 INTO bound FROM ledger_journalentry;

    ALTER TABLE ledger_journalentry RENAME TO ledger_journalentry_0;
    ALTER INDEX ledger_journalentry_pkey RENAME TO ledger_journalentry_0_pkey;
    CREATE TABLE ledger_journalentry (
        LIKE ledger_journalentry_0 INCLUDING CONSTRAINTS, PRIMARY KEY (id)
    ) PARTITION BY RANGE (id);
    EXECUTE format('ALTER TABLE ledger_journalentry ATTACH PARTITION ledger_journalentry_0 '
                   'FOR VALUES FROM (MINVALUE) TO (%s)', bound);

    ALTER TABLE ledger_posting RENAME TO ledger_posting_0;
    ALTER TABLE ledger_posting_0 DROP CONSTRAINT ledger_posting_pkey;
    DROP INDEX posting_statement;
    CREATE TABLE ledger_posting (
        LIKE ledger_posting_0 INCLUDING CONSTRAINTS, PRIMARY KEY (ledger_account_id, entry_id, line)
    ) PARTITION BY RANGE (entry_id);
    CREATE INDEX posting_entry ON ledger_posting
        USING brin (entry_id) WITH (pages_per_range = 32, autosummarize = on);
    EXECUTE format('ALTER TABLE ledger_posting ATTACH PARTITION ledger_posting_0 '
                   'FOR VALUES FROM (MINVALUE) TO (%s)', bound);
END $body$;

CREATE TRIGGER ledger_entries_noted AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_entries();
CREATE TRIGGER ledger_postings_noted AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_postings();
CREATE TRIGGER ledger_entries_fixed BEFORE UPDATE OR DELETE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_postings_fixed BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE OR REPLACE FUNCTION ledger_note_postings() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE first_id bigint; last_id bigint; is_proved boolean;
BEGIN
    SELECT min(entry_id), max(entry_id) INTO first_id, last_id FROM added;
    IF first_id IS NULL THEN
        RETURN NULL;
    END IF;
    -- The asset of a ledger account is part of its id (ledger_account_id_parts).
    EXECUTE format('
        SELECT NOT EXISTS (
            SELECT FROM (SELECT DISTINCT ledger_account_id AS id FROM added) posted
            LEFT JOIN %1$I.ledger_ledgeraccount account ON account.id = posted.id
            WHERE account.id IS NULL
        ) AND NOT EXISTS (
            SELECT FROM (
                SELECT entry_id, bool_and(total = 0) AS is_balanced
                FROM (SELECT entry_id, sum(units) AS total FROM added
                      GROUP BY entry_id, (ledger_account_id >> 4) & 1048575) sums
                GROUP BY entry_id) posted
            FULL JOIN (SELECT id FROM %1$I.ledger_journalentry WHERE id BETWEEN $1 AND $2) entry
                   ON entry.id = posted.entry_id
            WHERE entry.id IS NULL OR posted.is_balanced IS NOT TRUE
        )', TG_TABLE_SCHEMA)
        INTO is_proved USING first_id, last_id;
    IF is_proved THEN
        EXECUTE format('DELETE FROM %I.ledger_unchecked
                        WHERE first_entry_id >= $1 AND last_entry_id <= $2', TG_TABLE_SCHEMA)
            USING first_id, last_id;
    ELSE
        EXECUTE format('INSERT INTO %I.ledger_unchecked VALUES ($1, $2)', TG_TABLE_SCHEMA)
            USING first_id, last_id;
    END IF;
    RETURN NULL;
END $body$;

CREATE FUNCTION ledger_keep_notes() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is to be checked is forgotten by the check only'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $body$;

CREATE TRIGGER ledger_notes_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_unchecked
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_notes();
"""

UNDO = """
DROP TRIGGER ledger_notes_kept ON ledger_unchecked;
DROP FUNCTION ledger_keep_notes;
ALTER TABLE ledger_journalentry RENAME TO ledger_journalentry_parts;
ALTER TABLE ledger_posting RENAME TO ledger_posting_parts;
CREATE TABLE ledger_journalentry (
    LIKE ledger_journalentry_parts INCLUDING CONSTRAINTS);
CREATE TABLE ledger_posting (LIKE ledger_posting_parts INCLUDING CONSTRAINTS);
INSERT INTO ledger_journalentry SELECT * FROM ledger_journalentry_parts;
INSERT INTO ledger_posting SELECT * FROM ledger_posting_parts;
DROP TABLE ledger_journalentry_parts, ledger_posting_parts;
ALTER TABLE ledger_journalentry ADD PRIMARY KEY (id);
ALTER TABLE ledger_posting ADD PRIMARY KEY (entry_id, line);
CREATE INDEX posting_statement ON ledger_posting (ledger_account_id, entry_id);
CREATE OR REPLACE FUNCTION ledger_note_postings() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE first_id bigint; last_id bigint;
BEGIN
    SELECT min(entry_id), max(entry_id) INTO first_id, last_id FROM added;
    IF first_id IS NOT NULL THEN
        EXECUTE format('INSERT INTO %I.ledger_unchecked VALUES ($1, $2)', TG_TABLE_SCHEMA)
            USING first_id, last_id;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER ledger_entries_noted AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_entries();
CREATE TRIGGER ledger_postings_noted AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_postings();
CREATE TRIGGER ledger_entries_fixed BEFORE UPDATE OR DELETE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_postings_fixed BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_chart_of_accounts")]

    operations = [
        migrations.RunSQL(
            PARTITION,
            UNDO,
            state_operations=[migrations.RemoveIndex("posting", "posting_statement")],
        ),
    ]
