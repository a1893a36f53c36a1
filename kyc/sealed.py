"""Personal data at rest: JSON, encrypted with the server's keys."""

import json
from typing import Any

from identity import crypto


def seal(value: Any) -> bytes:
    """``value`` (JSON) as encrypted bytes."""
    return crypto.encrypt(json.dumps(value, ensure_ascii=False, sort_keys=True).encode())


def unseal(data: bytes | memoryview, default: Any = None) -> Any:
    """What was sealed; ``default`` for an empty column (nothing there yet, or erased)."""
    plain = bytes(data)
    return json.loads(crypto.decrypt(plain)) if plain else default
