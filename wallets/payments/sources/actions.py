"""Every write of sources of statements: opened, changed, looked at, posted to.

What a source brings goes through the same checks as an upload, and waits for a person like one,
unless the firm said that it is taken in by itself.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto
from wallets.payments.errors import PaymentError
from wallets.payments.guards import reason_of, require_staff
from wallets.payments.models import (
    BankStatement,
    Came,
    SourceFile,
    SourceKind,
    StatementSource,
)
from wallets.payments.providers.bank import sftp
from wallets.payments.statements import actions as statements
from wallets.payments.statements.actions import KnownFile

RETRY = timedelta(minutes=5)
KEY_PREFIX = "bank_"
MOST_MINUTES = 24 * 60

log = structlog.get_logger("payments")


def open_sftp(
    *,
    name: str,
    host: str,
    port: int,
    login: str,
    folder: str,
    host_key: str,
    password: str = "",
    private_key: str = "",
    takes_in: bool = False,
    every_minutes: int = 15,
    acting_user: Any,
) -> StatementSource:
    """Name a bank's SFTP folder. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "payments.methods")
    if not (name.strip() and host.strip() and login.strip()):
        raise PaymentError(_("Name it, its server and the login."), "name")
    if not 0 < port < 65536 or not 1 <= every_minutes <= MOST_MINUTES:
        raise PaymentError(_("The port or the minutes are out of range."), "port")
    _check_opener(password, private_key)
    row = StatementSource(
        name=name.strip()[:80],
        kind=SourceKind.SFTP,
        host=host.strip(),
        port=port,
        login=login.strip(),
        folder=folder.strip(),
        host_key=_host_key(host_key),
        sealed=_seal(password, private_key),
        takes_in=takes_in,
        every_minutes=every_minutes,
        look_at=timezone.now(),
    )
    return _open(row, acting_user)


def open_api(*, name: str, takes_in: bool = False, acting_user: Any) -> tuple[StatementSource, str]:
    """Let a connector post statements; returns the row and its key, which is shown this once.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "payments.methods")
    if not name.strip():
        raise PaymentError(_("Give it a name."), "name")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    row = StatementSource(
        name=name.strip()[:80],
        kind=SourceKind.API,
        key_hash=crypto.hash_token(key),
        takes_in=takes_in,
    )
    return _open(row, acting_user), key


def change_source(
    *,
    source: StatementSource,
    reason: str,
    acting_user: Any,
    is_active: bool,
    takes_in: bool,
    host_key: str = "",
    password: str = "",
    private_key: str = "",
) -> StatementSource:
    """Switch it on or off, put in other credentials; what is empty stays.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "payments.methods")
    reason = reason_of(reason)
    with transaction.atomic():
        row = StatementSource.objects.select_for_update().get(pk=source.pk)
        old = {"is_active": row.is_active, "takes_in": row.takes_in, "host_key": row.host_key[:80]}
        row.is_active, row.takes_in = is_active, takes_in
        if row.kind == SourceKind.SFTP:
            if host_key.strip():
                row.host_key = _host_key(host_key)
            if password or private_key.strip():
                _check_opener(password, private_key)
                row.sealed = _seal(password, private_key)
            row.look_at = timezone.now() if is_active else None
        row.save()
        audit.record(
            "payments.change_statement_source",
            row,
            old=old,
            new={
                "is_active": is_active,
                "takes_in": takes_in,
                "host_key": row.host_key[:80],
                "new_opener": bool(password or private_key.strip()),
            },
            acting_user=acting_user,
            reason=reason,
        )
    return row


def look_due(now: datetime) -> int:
    """Look at every folder whose time it is; how many files were new."""
    rows = StatementSource.objects.filter(
        Q(look_at__isnull=True) | Q(look_at__lte=now), kind=SourceKind.SFTP, is_active=True
    )
    return sum(look(row, now) for row in rows)


def look(source: StatementSource, now: datetime) -> int:
    """Look at a folder once; another process that looks at the same time is left to it."""
    following = now + timedelta(minutes=source.every_minutes)
    mine = StatementSource.objects.filter(pk=source.pk, look_at=source.look_at)
    if not mine.update(look_at=following):
        return 0
    place = sftp.Place(
        host=source.host,
        port=source.port,
        login=source.login,
        folder=source.folder,
        host_key=source.host_key,
        **_unseal(source),
    )
    known = set(source.files.values_list("name", "stamp"))
    try:
        found = sftp.fetch(
            place,
            is_known=lambda name, stamp: (name, stamp) in known,
            only_public=not settings.DEVELOPMENT,
        )
    except sftp.NotReached as error:
        _note(source, now, str(error), look_at=now + min(RETRY, following - now))
        log.warning("a folder of statements was not reached", source_id=source.pk)
        return 0
    refused = ""
    for file in found:
        row = take(source=source, data=file.data, name=file.name, stamp=file.stamp)
        if row.became == Came.REFUSED:
            refused = f"{row.name}: {row.note}"
    _note(source, now, refused, found=bool(found))
    return len(found)


def post(*, source: StatementSource, data: bytes, name: str) -> SourceFile:
    """Take in what a connector posted; what became of it stands in the row."""
    now = timezone.now()
    digest = hashlib.sha256(data).hexdigest()
    row = take(
        source=source, data=data, name=name or "posted", stamp=f"{digest[:32]}:{now.timestamp()}"
    )
    refused = row.note if row.became == Came.REFUSED else ""
    _note(source, now, refused, found=True)
    return row


def source_of_key(key: str) -> StatementSource | None:
    """Whose key it is; None: nobody's here."""
    if not key.startswith(KEY_PREFIX) or len(key) > 100:
        return None
    return StatementSource.objects.filter(
        key_hash=crypto.hash_token(key), kind=SourceKind.API, is_active=True
    ).first()


def take(*, source: StatementSource, data: bytes, name: str, stamp: str) -> SourceFile:
    """Read one file, keep what became of it; both or neither."""
    name = "".join(letter for letter in name if letter.isprintable())[:255] or "unnamed"
    file = SourceFile(
        source=source, name=name, stamp=stamp, sha256=hashlib.sha256(data).hexdigest()
    )
    with transaction.atomic():
        known = source.files.filter(name=name, stamp=stamp).first()
        if known is not None:
            return known
        statement: BankStatement | None = None
        try:
            # In English, whatever a connector's request asks for: the note is kept and answered.
            with transaction.atomic(), translation.override("en"):
                statement = statements.receive_statement(source=source, data=data, file_name=name)
                if source.takes_in:
                    statements.take_in_by_source(statement=statement)
        except KnownFile as error:
            file.became, file.note = Came.KNOWN, str(error)[:300]
        except PaymentError as error:
            statement = None
            file.became, file.note = Came.REFUSED, str(error)[:300]
        else:
            file.became = Came.TAKEN
        file.statement = statement if file.became == Came.TAKEN else None
        file.save()
    return file


def _open(row: StatementSource, acting_user: Any) -> StatementSource:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record(
                "payments.open_statement_source",
                row,
                new={
                    "kind": row.kind,
                    "host": row.host,
                    "host_key": row.host_key[:80],
                    "takes_in": row.takes_in,
                },
                acting_user=acting_user,
            )
    except IntegrityError as error:
        raise PaymentError(_("There is a source of this name already."), "name") from error
    return row


def _note(
    source: StatementSource,
    now: datetime,
    error: str,
    *,
    found: bool = False,
    look_at: datetime | None = None,
) -> None:
    values: dict[str, Any] = {"looked_at": now, "error": error[:300]}
    if error:
        values["error_at"] = now
    if found:
        values["found_at"] = now
    if look_at is not None:
        values["look_at"] = look_at
    StatementSource.objects.filter(pk=source.pk).update(**values)


def _host_key(text: str) -> str:
    try:
        return sftp.check_host_key(text)
    except ValueError as error:
        raise PaymentError(str(error), "host_key") from error


def _check_opener(password: str, private_key: str) -> None:
    if bool(password) == bool(private_key.strip()):
        raise PaymentError(_("Give either a password or a private key."), "password")
    if private_key.strip():
        try:
            sftp.check_private_key(private_key)
        except ValueError as error:
            raise PaymentError(str(error), "private_key") from error


def _seal(password: str, private_key: str) -> bytes:
    value = {"password": password, "private_key": private_key.strip() and private_key}
    return crypto.encrypt(json.dumps(value).encode())


def _unseal(source: StatementSource) -> dict[str, str]:
    found: dict[str, str] = json.loads(crypto.decrypt(bytes(source.sealed)))
    return found
