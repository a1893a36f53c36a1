"""A trigger that keeps the rules of a version as they were once it was proposed.

It names the schema itself: the search path may be another one.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION riskrules_keep_rules() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE version bigint; state text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        version := NEW.version_id;
    ELSE
        version := OLD.version_id;
        IF TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id THEN
            RAISE EXCEPTION 'rules of a version never change: write another one';
        END IF;
    END IF;
    EXECUTE format('SELECT state FROM %I.riskrules_ruleversion WHERE id = $1', TG_TABLE_SCHEMA)
        INTO state USING version;
    IF state NOT IN ('draft', 'tested') THEN
        RAISE EXCEPTION 'rules of a version never change once it was proposed';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $body$;

CREATE TRIGGER riskrules_keep_rules BEFORE INSERT OR UPDATE OR DELETE ON riskrules_rulerow
    FOR EACH ROW EXECUTE FUNCTION riskrules_keep_rules();
"""

DROP = """
DROP TRIGGER riskrules_keep_rules ON riskrules_rulerow;
DROP FUNCTION riskrules_keep_rules();
"""


class Migration(migrations.Migration):
    dependencies = [("riskrules", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
