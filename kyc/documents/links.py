"""Addresses under which one person may see one page of a document for some minutes."""

from typing import Any

from django.core import signing
from django.db import connection

SALT = "kyc.document"
VALID_SECONDS = 300


def sign(document_id: int, page: int, viewer: Any) -> str:
    """A signature that is good for this page, this viewer and this tenant only."""
    return signing.dumps([connection.schema_name, document_id, page, viewer.pk], salt=SALT)


def is_signed(signature: str, document_id: int, page: int, viewer: Any) -> bool:
    """Whether ``signature`` was made for just this, not longer than VALID_SECONDS ago."""
    try:
        value = signing.loads(signature, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return False
    return bool(value == [connection.schema_name, document_id, page, viewer.pk])
