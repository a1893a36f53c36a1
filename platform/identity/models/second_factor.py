import hmac
import secrets
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from identity import crypto

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE_STEPS = 1
MAX_WAIT = timedelta(minutes=15)


class TotpDevice(ThrottlingMixin, Device):
    """A TOTP authenticator (RFC 6238). The secret is stored encrypted; a code works once."""

    secret_encrypted = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(confirmed=True), name="identity_totp_one_each"
            )
        ]

    @property
    def secret(self) -> bytes:
        return crypto.decrypt(bytes(self.secret_encrypted))

    def get_throttle_factor(self) -> float:
        return 1.0

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        """As django-otp has it (the wait doubles with each failure), but at most 15 minutes."""
        since = self.throttling_failure_timestamp
        if since is not None and timezone.now() - since >= MAX_WAIT:
            return True, None
        return super().verify_is_allowed()

    def verify_token(self, token: str) -> bool:
        """Whether ``token`` is a current, unused code. Call inside a database transaction with
        the row locked, so that one code cannot be used twice at the same moment."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        if not self.accepts(token):
            self.throttle_increment()
            return False
        self.throttle_reset(commit=False)
        self.save()
        return True

    def accepts(self, token: str) -> bool:
        """Whether ``token`` is a current, unused code; remembers it as used, without saving."""
        step = self._step_of(token)
        if step is None:
            return False
        self.last_step = step
        return True

    def _step_of(self, token: str) -> int | None:
        """The unused time step whose code is ``token``."""
        if len(token) != DIGITS or not token.isascii() or not token.isdigit():
            return None
        totp = TOTP(self.secret, STEP_SECONDS, 0, DIGITS)
        totp.time = time.time()
        now_step = totp.t()
        for step in range(now_step - TOLERANCE_STEPS, now_step + TOLERANCE_STEPS + 1):
            if step > self.last_step and hmac.compare_digest(code_of(self.secret, step), token):
                return step
        return None


class RecoveryCode(models.Model):
    """A single-use code for the day the authenticator is lost; only its hash is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="identity_recovery_unique")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


def new_secret() -> bytes:
    """A fresh TOTP secret of 160 bits (RFC 4226, section 4)."""
    return secrets.token_bytes(20)


def code_of(secret: bytes, step: int) -> str:
    """The code of one 30-second time step."""
    totp = TOTP(secret, STEP_SECONDS, 0, DIGITS)
    totp.time = step * STEP_SECONDS
    return f"{totp.token():0{DIGITS}d}"


def current_step() -> int:
    return int(time.time()) // STEP_SECONDS
