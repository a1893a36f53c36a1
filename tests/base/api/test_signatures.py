"""What is signed, and what is refused before anything is looked up."""

import pytest

from api import signatures
from api.errors import ApiError, Refusal

NOW = 1_763_640_000_000
SECRET = b"a secret that is long enough"


def credentials(**changes: str) -> signatures.Credentials:
    fields = {
        "key": "mk_0123456789abcdef0123",
        "timestamp": str(NOW),
        "nonce": "abcdefgh",
        "signature": "",
    }
    return signatures.Credentials(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"timestamp": str(NOW - 5_001)}, Refusal.STALE_TIMESTAMP),
        ({"timestamp": str(NOW + 5_001)}, Refusal.STALE_TIMESTAMP),
        ({"timestamp": str(NOW // 1000)}, Refusal.BAD_TIMESTAMP),
        ({"timestamp": ""}, Refusal.BAD_TIMESTAMP),
        ({"timestamp": "١٧٦٣٦٤٠٠٠٠٠٠٠"}, Refusal.BAD_TIMESTAMP),
        ({"timestamp": f"{NOW}\n"}, Refusal.BAD_TIMESTAMP),
        ({"window": "60001"}, Refusal.BAD_TIMESTAMP),
        ({"window": "0"}, Refusal.BAD_TIMESTAMP),
        ({"window": "-1"}, Refusal.BAD_TIMESTAMP),
        ({"timestamp": str(NOW - 60_001), "window": "60000"}, Refusal.STALE_TIMESTAMP),
        ({"nonce": "short"}, Refusal.BAD_NONCE),
        ({"nonce": "with:colon:"}, Refusal.BAD_NONCE),
        ({"nonce": "x" * 65}, Refusal.BAD_NONCE),
        ({"key": ""}, Refusal.UNKNOWN_KEY),
        ({"key": "mk_0123456789abcdef012"}, Refusal.UNKNOWN_KEY),
        ({"key": "mk_0123456789ABCDEF0123"}, Refusal.UNKNOWN_KEY),
        ({"key": "mk_0123456789abcdef0123\x00"}, Refusal.UNKNOWN_KEY),
    ],
)
def test_malformed_or_stale_credentials(changes: dict[str, str], code: Refusal) -> None:
    with pytest.raises(ApiError) as refused:
        signatures.check_form(credentials(**changes), NOW)
    assert refused.value.code is code


def test_a_wider_window_lets_an_older_timestamp_in() -> None:
    signatures.check_form(credentials(timestamp=str(NOW - 59_000), window="60000"), NOW)


def test_the_signature_covers_every_part() -> None:
    sent = credentials()
    text = signatures.signed_text(sent, "POST", "/api/v1/orders?a=1", b"{}")
    signature = signatures.sign(SECRET, text)
    signatures.check_signature(SECRET, signature, text)
    signatures.check_signature(SECRET, signature.upper(), text)
    changed = [
        signatures.signed_text(sent, "PUT", "/api/v1/orders?a=1", b"{}"),
        signatures.signed_text(sent, "POST", "/api/v1/orders?a=2", b"{}"),
        signatures.signed_text(sent, "POST", "/api/v1/orders?a=1", b"{ }"),
        signatures.signed_text(credentials(nonce="abcdefgi"), "POST", "/api/v1/orders?a=1", b"{}"),
        signatures.signed_text(credentials(window="9000"), "POST", "/api/v1/orders?a=1", b"{}"),
    ]
    for other in changed:
        with pytest.raises(ApiError) as refused:
            signatures.check_signature(SECRET, signature, other)
        assert refused.value.code is Refusal.BAD_SIGNATURE
    for wrong in ("", "é" * 64, signature[:-1], signature + "0"):
        with pytest.raises(ApiError):
            signatures.check_signature(SECRET, wrong, text)


def test_a_window_cannot_be_moved_into_the_nonce() -> None:
    with_window = signatures.signed_text(credentials(window="9000"), "GET", "/")
    # The same bytes without the header would need a nonce with colons, which is refused.
    moved = credentials(nonce=":9000:abcdefgh")
    assert signatures.signed_text(moved, "GET", "/") == with_window
    with pytest.raises(ApiError) as refused:
        signatures.check_form(moved, NOW)
    assert refused.value.code is Refusal.BAD_NONCE
