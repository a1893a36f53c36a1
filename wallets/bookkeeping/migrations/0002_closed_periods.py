"""Triggers that keep closed months closed, whoever writes.

An entry written by clearing bears the engine's time, and its note may bear another one. Neither
may lie in a closed month, unless the engine had come that far when the month was closed: so a
rebuild of old entries is let through. The functions name their schema themselves, because clearing
and the staff's web have different search paths.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION bookkeeping_check_entries() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE first_time timestamptz; closed_until timestamptz; bad record;
BEGIN
    EXECUTE format('SELECT max(ends_at) FROM %I.bookkeeping_period WHERE state <> ''reopened''',
                   TG_TABLE_SCHEMA) INTO closed_until;
    IF closed_until IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT min(time) INTO first_time FROM added;
    IF first_time IS NULL OR first_time >= closed_until THEN
        RETURN NULL;
    END IF;
    EXECUTE format('
        SELECT entry.id, period.month FROM added entry JOIN %I.bookkeeping_period period
            ON entry.time >= period.starts_at AND entry.time < period.ends_at
        WHERE period.state <> ''reopened'' AND entry.seq > period.closed_seq LIMIT 1',
        TG_TABLE_SCHEMA) INTO bad;
    IF bad.id IS NOT NULL THEN
        RAISE EXCEPTION 'journal entry % belongs to a closed month, %', bad.id,
            to_char(bad.month, 'YYYY-MM') USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $body$;

CREATE FUNCTION bookkeeping_check_note() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE closed_month date;
BEGIN
    EXECUTE format('
        SELECT month FROM %I.bookkeeping_period
        WHERE state <> ''reopened'' AND starts_at <= $1 AND ends_at > $1 AND closed_seq < $2 >> 20',
        TG_TABLE_SCHEMA) INTO closed_month USING NEW.value_time, NEW.entry_id;
    IF closed_month IS NOT NULL THEN
        RAISE EXCEPTION 'journal entry % belongs to a closed month, %', NEW.entry_id,
            to_char(closed_month, 'YYYY-MM') USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $body$;

CREATE TRIGGER bookkeeping_entries_open AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION bookkeeping_check_entries();
CREATE TRIGGER bookkeeping_notes_open BEFORE INSERT ON ledger_entrynote
    FOR EACH ROW WHEN (NEW.value_time IS NOT NULL) EXECUTE FUNCTION bookkeeping_check_note();
"""

DROP = """
DROP TRIGGER bookkeeping_notes_open ON ledger_entrynote;
DROP TRIGGER bookkeeping_entries_open ON ledger_journalentry;
DROP FUNCTION bookkeeping_check_note, bookkeeping_check_entries;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookkeeping", "0001_initial"),
        ("ledger", "0004_chart_of_accounts"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
