"""Django's sessions in the database, asked only for keys that can be one.

A cookie may hold anything, also bytes that PostgreSQL refuses.
"""

import re
from typing import Any

from django.contrib.sessions.backends import db

_KEY = re.compile(r"[a-z0-9]{32}\Z", re.ASCII)


def is_session_key(text: Any) -> bool:
    """Whether ``text`` has the form of the keys that Django makes."""
    return isinstance(text, str) and _KEY.match(text) is not None


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: Any) -> bool:
        return is_session_key(key)
