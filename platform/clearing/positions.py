"""How far clearing has come for each tenant, so that the journal is kept for the slowest."""

from django_tenants.utils import schema_context

from clearing import database, selectors


def cleared() -> dict[str, int]:
    """The last seq in each tenant's tables, suspended and quarantined tenants too."""
    found = {}
    for schema_name in database.tenant_schemas().values():
        with schema_context(schema_name):
            found[f"clearing of {schema_name}"] = selectors.cleared_seq()
    return found
