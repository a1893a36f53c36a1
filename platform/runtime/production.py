"""What development has and production must not: each refused before anything starts."""

from runtime import given as givens
from runtime.errors import RuntimeProblem
from runtime.given import Given

# What must be given with MARQUE_DEBUG=0, and what for.
_NEEDED = {
    "DATABASE_URL": "the PostgreSQL that keeps the books",
    "REDIS_URL": "the Redis or Valkey of queues, limits and streams",
    "MARQUE_SECRET_KEY": "a random text of at least 32 characters",
    "MARQUE_ENCRYPTION_KEYS": "one or more Fernet keys, newest first, separated by commas",
    "MARQUE_HTTPS": "1, because sign-ins must not travel in the clear",
    "MARQUE_TRUSTED_PROXIES": "how many proxies of your own stand in front, at least the one "
    "that ends TLS",
    "MARQUE_OPERATOR_HOSTS": "the hosts of the operator's pages, without localhost",
    "MARQUE_SMTP_HOST": "the server that sends the mail",
    "MARQUE_MAIL_FROM": "the sender where a brand names none",
}
_LISTENERS = {"MARQUE_HOST": "the web server", "MARQUE_METRICS_HOST": "the health server"}


def check(given: Given) -> None:
    """Refuse an environment that is half development, half production; all of it at once."""
    if not givens.flag(given, "MARQUE_DEBUG", default=True):
        missing = [f"{name}: {what}" for name, what in _NEEDED.items() if not _is_set(given, name)]
        if missing:
            raise RuntimeProblem(
                "\n  ".join(["With MARQUE_DEBUG=0 the environment must set:", *missing])
            )
        givens.secret(given, "MARQUE_SECRET_KEY", debug=False)
        givens.encryption_keys(given, "MARQUE_ENCRYPTION_KEYS", debug=False)
        if not given.get("MARQUE_CARD_GATEWAY_URL", "https://").startswith("https://"):
            raise RuntimeProblem("MARQUE_CARD_GATEWAY_URL must begin with https://.")
        return
    for name, what in _LISTENERS.items():
        host = given.get(name, "127.0.0.1")
        if not givens.is_loopback(host):
            raise RuntimeProblem(
                f"{name}={host} would show {what} of a development installation to other "
                f"machines: unset {name}, or set MARQUE_DEBUG=0 and what that asks for."
            )


def _is_set(given: Given, name: str) -> bool:
    if name == "MARQUE_HTTPS":
        return givens.flag(given, name, default=False)
    if name == "MARQUE_TRUSTED_PROXIES":
        return givens.whole(given, name, 0) > 0
    text = given.get(name, "").strip()
    if name == "MARQUE_OPERATOR_HOSTS":
        return bool(text) and not any("localhost" in host for host in text.split(","))
    return bool(text)
