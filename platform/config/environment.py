"""Values from the environment, each refused at start when it makes no sense."""

import base64
import hashlib
import os

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable; anything else than a clear word is an error."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {text!r}.")


def required_secret(name: str, *, debug: bool) -> str:
    """A secret of at least 32 characters; only in development there is a well-known one."""
    secret = os.environ.get(name, "")
    if not secret and debug:
        return f"development-only-{name.lower()}-not-for-production"
    if len(secret) < 32:
        raise ImproperlyConfigured(f"Set {name} to a random text of at least 32 characters.")
    return secret


def encryption_keys(name: str, *, debug: bool) -> list[str]:
    """Fernet keys, newest first, separated by commas."""
    keys = [key.strip() for key in os.environ.get(name, "").split(",") if key.strip()]
    if not keys and debug:
        digest = hashlib.sha256(b"development-only encryption key").digest()
        return [base64.urlsafe_b64encode(digest).decode()]
    if not keys:
        raise ImproperlyConfigured(
            f"Set {name} to one or more Fernet keys (newest first, separated by commas)."
        )
    for key in keys:
        try:
            if len(base64.urlsafe_b64decode(key)) != 32:
                raise ValueError
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name}: a key is not 32 bytes of url-safe base64."
            ) from error
    return keys
