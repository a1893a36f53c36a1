"""Numbers that stand for texts inside the engine."""

import hashlib


def client_order_key(client_order_id: str) -> int:
    """A positive 63-bit number for a client order id; 0 stands for "none given".

    Equal ids of one account give equal keys, in every process and at every time.
    """
    if not client_order_id:
        return 0
    digest = hashlib.blake2b(client_order_id.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") & ((1 << 63) - 1)) or 1
