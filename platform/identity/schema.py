"""Which schema the current connection works in."""

from django.conf import settings
from django.db import connection


def current_schema() -> str:
    return str(connection.schema_name)


def is_public() -> bool:
    return current_schema() == settings.PUBLIC_SCHEMA_NAME
