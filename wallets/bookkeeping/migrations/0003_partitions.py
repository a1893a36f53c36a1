"""The trigger that keeps closed months closed, at the partitioned entries and each partition."""

from django.db import migrations

CREATE = """
DO $body$
DECLARE one regclass;
BEGIN
    FOR one IN
        SELECT to_regclass('ledger_journalentry')
        UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass('ledger_journalentry')
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS bookkeeping_entries_open ON %s', one);
        EXECUTE format('CREATE TRIGGER bookkeeping_entries_open AFTER INSERT ON %s
                        REFERENCING NEW TABLE AS added FOR EACH STATEMENT
                        EXECUTE FUNCTION bookkeeping_check_entries()', one);
    END LOOP;
END $body$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookkeeping", "0002_closed_periods"),
        ("ledger", "0006_archives"),
    ]

    operations = [migrations.RunSQL(CREATE, migrations.RunSQL.noop)]
