"""Trades in partitions by id; what stands becomes the first of them."""

from django.db import migrations

PARTITION = """
DO $body$
DECLARE bound bigint;
BEGIN
    SELECT ((coalesce(max(id), 0) >> 19) + 1) << 19 INTO bound FROM orders_trade;
    ALTER TABLE orders_trade RENAME TO orders_trade_0;
    ALTER INDEX orders_trade_pkey RENAME TO orders_trade_0_pkey;
    ALTER INDEX trade_maker RENAME TO orders_trade_0_maker;
    ALTER INDEX trade_taker RENAME TO orders_trade_0_taker;
    CREATE TABLE orders_trade (
        LIKE orders_trade_0 INCLUDING CONSTRAINTS, PRIMARY KEY (id)
    ) PARTITION BY RANGE (id);
    CREATE INDEX trade_maker ON orders_trade (maker_account_id, id);
    CREATE INDEX trade_taker ON orders_trade (taker_account_id, id);
    EXECUTE format('ALTER TABLE orders_trade ATTACH PARTITION orders_trade_0 '
                   'FOR VALUES FROM (MINVALUE) TO (%s)', bound);
END $body$;
"""

UNDO = """
ALTER TABLE orders_trade RENAME TO orders_trade_parts;
CREATE TABLE orders_trade (LIKE orders_trade_parts INCLUDING CONSTRAINTS);
INSERT INTO orders_trade SELECT * FROM orders_trade_parts;
DROP TABLE orders_trade_parts;
ALTER TABLE orders_trade ADD PRIMARY KEY (id);
CREATE INDEX trade_maker ON orders_trade (maker_account_id, id);
CREATE INDEX trade_taker ON orders_trade (taker_account_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_day_orders")]

    operations = [migrations.RunSQL(PARTITION, UNDO)]
