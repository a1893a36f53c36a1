"""What the lesser role may do, told to PostgreSQL whenever tables were made.

The doors (web, relay, publisher and so on) connect as a role that owns nothing. It reads and writes
what people change; of the books it reads what clearing writes, and it adds to the audit trail. It
cannot change or delete either, nor switch off the triggers that keep them, whatever SQL it sends.
"""

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

# Written by clearing alone: the role only reads them.
_READ_ONLY = (
    "ledger_journalentry",
    "ledger_posting",
    "ledger_entrynote",
    "ledger_balance",
    "ledger_unchecked",
    "clearing_checkpoint",
)
# Rows are added and never changed.
_ADDED_TO = (
    "ledger_ledgeraccount",
    "ledger_custodyaccount",
    "audit_auditrecord",
    "payments_step",
    "payments_cardstep",
    "payments_methodversion",
    "tenants_brandversion",
    "riskrules_evaluation",
)

_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind IN ('r', 'p')
"""


def grant(schema_name: str, role: str = "") -> None:
    """Let the lesser role into a schema; nothing happens where there is no such role.

    To be called as the owner of the tables, after they were made.
    """
    role = role or settings.APP_DATABASE_ROLE
    if not role or role == connection.settings_dict["USER"]:
        return
    names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(role)}
    statements = [
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
        # What clearing makes later, partitions say, is read as well.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(**names))
        cursor.execute(_TABLES, [schema_name])
        for (table,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                    sql.Identifier(schema_name, table), names["role"]
                )
            )
            rights = rights_on(table)
            if rights:
                cursor.execute(
                    sql.SQL("GRANT {} ON {} TO {}").format(
                        sql.SQL(rights), sql.Identifier(schema_name, table), names["role"]
                    )
                )


def rights_on(table: str) -> str:
    """What beyond reading the role may do with a table or a partition of it."""
    if any(table == name or table.startswith(f"{name}_") for name in _READ_ONLY):
        return ""
    return "INSERT" if table in _ADDED_TO else "INSERT, UPDATE, DELETE"
