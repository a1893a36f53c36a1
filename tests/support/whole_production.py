"""An environment with which MARQUE_DEBUG=0 is accepted."""

from cryptography.fernet import Fernet

KEY = Fernet.generate_key().decode()
PRODUCTION = {
    "MARQUE_DEBUG": "0",
    "DATABASE_URL": "postgresql://marque@db.example/marque",
    "REDIS_URL": "redis://cache.example/0",
    "MARQUE_SECRET_KEY": "k" * 40,
    "MARQUE_ENCRYPTION_KEYS": KEY,
    "MARQUE_HTTPS": "1",
    "MARQUE_TRUSTED_PROXIES": "1",
    "MARQUE_OPERATOR_HOSTS": "operator.example",
    "MARQUE_SMTP_HOST": "mail.example",
    "MARQUE_MAIL_FROM": "no-reply@example.com",
}
