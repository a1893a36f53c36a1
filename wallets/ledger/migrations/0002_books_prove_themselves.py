"""Triggers that keep the ledger whole, whoever writes: balanced at commit, never changed.

A statement that inserts entries or postings notes the range of entry ids it touched; at commit
a deferred trigger checks that range in one pass over the primary keys. That costs a few percent
of a bulk load and nothing can be committed that does not balance, has no postings, or has no
entry. The functions name their schema themselves, because at commit the search path may be
another one.
"""

from django.db import migrations

CREATE = """
ALTER TABLE ledger_ledgeraccount ADD CONSTRAINT ledger_account_id_parts CHECK (
    id = (coalesce(account_id, 0) << 24) | (asset_id << 4) | line);

ALTER TABLE ledger_balance SET (fillfactor = 50);

CREATE TABLE ledger_unchecked (first_entry_id bigint NOT NULL, last_entry_id bigint NOT NULL);

CREATE FUNCTION ledger_note_entries() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE first_id bigint; last_id bigint;
BEGIN
    SELECT min(id), max(id) INTO first_id, last_id FROM added;
    IF first_id IS NOT NULL THEN
        EXECUTE format('INSERT INTO %I.ledger_unchecked VALUES ($1, $2)', TG_TABLE_SCHEMA)
            USING first_id, last_id;
    END IF;
    RETURN NULL;
END $body$;

CREATE FUNCTION ledger_note_postings() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE first_id bigint; last_id bigint;
BEGIN
    SELECT min(entry_id), max(entry_id) INTO first_id, last_id FROM added;
    IF first_id IS NOT NULL THEN
        EXECUTE format('INSERT INTO %I.ledger_unchecked VALUES ($1, $2)', TG_TABLE_SCHEMA)
            USING first_id, last_id;
    END IF;
    RETURN NULL;
END $body$;

CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE pending bigint; bad record;
BEGIN
    EXECUTE format('DELETE FROM %I.ledger_unchecked
                    WHERE first_entry_id >= $1 AND last_entry_id <= $2', TG_TABLE_SCHEMA)
        USING NEW.first_entry_id, NEW.last_entry_id;
    GET DIAGNOSTICS pending = ROW_COUNT;
    IF pending = 0 THEN
        RETURN NULL;  -- another row with this range was checked already
    END IF;
    EXECUTE format('
        SELECT coalesce(entry.id, posted.entry_id) AS entry_id,
               entry.id IS NULL AS no_entry, posted.entry_id IS NULL AS no_postings,
               posted.unknown_account
        FROM (SELECT id FROM %1$I.ledger_journalentry WHERE id BETWEEN $1 AND $2) entry
        FULL JOIN (
            SELECT entry_id, bool_or(total <> 0) AS unbalanced,
                   bool_or(asset_id IS NULL) AS unknown_account
            FROM (SELECT posting.entry_id, account.asset_id, sum(posting.units) AS total
                  FROM %1$I.ledger_posting posting
                  LEFT JOIN %1$I.ledger_ledgeraccount account
                         ON account.id = posting.ledger_account_id
                  WHERE posting.entry_id BETWEEN $1 AND $2
                  GROUP BY posting.entry_id, account.asset_id) sums
            GROUP BY entry_id) posted ON posted.entry_id = entry.id
        WHERE entry.id IS NULL OR posted.entry_id IS NULL
           OR posted.unbalanced OR posted.unknown_account
        LIMIT 1', TG_TABLE_SCHEMA)
        INTO bad USING NEW.first_entry_id, NEW.last_entry_id;
    IF bad.entry_id IS NULL THEN
        RETURN NULL;
    ELSIF bad.no_entry THEN
        RAISE EXCEPTION 'postings of entry % have no journal entry', bad.entry_id
            USING ERRCODE = 'check_violation';
    ELSIF bad.no_postings THEN
        RAISE EXCEPTION 'journal entry % has no postings', bad.entry_id
            USING ERRCODE = 'check_violation';
    ELSIF bad.unknown_account THEN
        RAISE EXCEPTION 'journal entry % posts to an unknown ledger account', bad.entry_id
            USING ERRCODE = 'check_violation';
    END IF;
    RAISE EXCEPTION 'journal entry % does not sum to zero', bad.entry_id
        USING ERRCODE = 'check_violation';
END $body$;

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% is never changed or deleted: write a reversing entry', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $body$;

CREATE TRIGGER ledger_entries_noted AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_entries();
CREATE TRIGGER ledger_postings_noted AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_postings();
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_unchecked
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entries();
CREATE TRIGGER ledger_entries_fixed BEFORE UPDATE OR DELETE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_postings_fixed BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

DROP = """
DROP TRIGGER ledger_postings_fixed ON ledger_posting;
DROP TRIGGER ledger_entries_fixed ON ledger_journalentry;
DROP TRIGGER ledger_postings_noted ON ledger_posting;
DROP TRIGGER ledger_entries_noted ON ledger_journalentry;
DROP TABLE ledger_unchecked;
DROP FUNCTION ledger_note_entries, ledger_note_postings, ledger_check_entries, ledger_refuse_change;
ALTER TABLE ledger_balance RESET (fillfactor);
ALTER TABLE ledger_ledgeraccount DROP CONSTRAINT ledger_account_id_parts;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
