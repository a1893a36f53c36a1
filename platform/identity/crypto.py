"""Secrets at rest: encrypted when they must be read again, hashed when they need not."""

import hashlib
import hmac
import re
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

_KEY_ID = re.compile(r"mk_[0-9a-f]{20}\Z", re.ASCII)


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(data: bytes) -> bytes:
    """Encrypted with the newest of MARQUE_ENCRYPTION_KEYS."""
    return _fernet(tuple(settings.MARQUE_ENCRYPTION_KEYS)).encrypt(data)


def decrypt(data: bytes) -> bytes:
    """The plain bytes; raises cryptography.fernet.InvalidToken if no key fits."""
    return _fernet(tuple(settings.MARQUE_ENCRYPTION_KEYS)).decrypt(data)


def rotate(data: bytes) -> bytes:
    """The same plain bytes, encrypted again with the newest key."""
    return _fernet(tuple(settings.MARQUE_ENCRYPTION_KEYS)).rotate(data)


def new_token() -> str:
    """A random secret of 256 bits that fits in an address."""
    return secrets.token_urlsafe(32)


def new_key_id() -> str:
    """The public id of a new API key."""
    return "mk_" + secrets.token_hex(10)


def is_key_id(text: str) -> bool:
    """Whether ``text`` has the form of :func:`new_key_id`: nothing else is worth a query."""
    return _KEY_ID.match(text) is not None


def hash_token(token: str) -> str:
    """Hex SHA-256 of a random secret. Fit only for secrets nobody could guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(text: str, *, purpose: str) -> str:
    """Hex HMAC of something guessable (an e-mail address), useless without the server's key."""
    key = f"{purpose}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
