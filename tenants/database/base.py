"""The backend's connection; named `base` as Django wants it."""

from typing import Any

from django.db.utils import OperationalError
from django_tenants.postgresql_backend import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that gives no cursor where the schema could not be chosen.

    django-tenants goes on after a failed ``SET search_path``, for the sake of rollbacks. On a
    connection of a pool the schema that was chosen last may be another firm's.
    """

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        super()._handle_search_path(cursor)
        if self.search_path_set_schemas is None and not self._may_only_roll_back():
            raise OperationalError(
                f"The schema {self.schema_name} could not be chosen: nothing was done. Try again."
            )

    def _may_only_roll_back(self) -> bool:
        """Whether the transaction has failed, so that nothing but its end can follow."""
        status = self.connection.info.transaction_status
        return bool(status == TransactionStatus.INERROR)
