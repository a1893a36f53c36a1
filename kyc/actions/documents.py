"""Writes of documents: taking an upload, and letting it go."""

import hashlib
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from kyc import selectors
from kyc.actions.guards import locked, require_own
from kyc.documents import checks, store
from kyc.errors import BadUpload, KycError
from kyc.models import CaseState, Document, KycCase

log = structlog.get_logger("marque.kyc")

MOST_PER_CASE = 40


def upload_document(
    *, case: KycCase, code: str, data: bytes, name: str, content_type: str, acting_user: Any
) -> Document:
    """Keep an upload for a document of the case's form; it takes the place of one before.

    Raises KycError, BadUpload (nothing is kept then), PermissionDenied.
    """
    require_own(case, acting_user)
    check_may_upload(case, code)
    try:
        accepted = checks.check(data, name=name, content_type=content_type)
    except BadUpload as error:
        _note_refused(case, code, data, error, acting_user)
        raise
    folder = store.write(accepted.pages)
    try:
        with transaction.atomic():
            case = locked(case)
            check_may_upload(case, code)
            now = timezone.now()
            case.documents.filter(code=code, replaced_at__isnull=True).update(replaced_at=now)
            document = Document.objects.create(
                case=case,
                user_id=case.user_id,
                code=code,
                folder=folder,
                pages=len(accepted.pages),
                format=accepted.format,
                size_bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
            case.requests.filter(item=f"document:{code}", answered_at__isnull=True).update(
                answered_at=now
            )
            audit.record(
                "kyc.upload_document",
                document,
                new={"case": case.pk, "document": code, "pages": document.pages},
                acting_user=acting_user,
            )
    except BaseException:
        store.remove(folder)
        raise
    return document


def check_may_upload(case: KycCase, code: str) -> None:
    """Raise KycError unless the case waits for this document."""
    if selectors.definition_of(case.form).document(code) is None:
        raise KycError(_("This form asks for no such document."))
    if case.state == CaseState.MORE_NEEDED:
        if not case.requests.filter(item=f"document:{code}").exists():
            raise KycError(_("You were not asked for this document again."))
    elif case.state != CaseState.DRAFT:
        raise KycError(_("This case is being looked at: nothing can be added just now."))
    if case.documents.count() >= MOST_PER_CASE:
        raise KycError(_("Too many files were sent for this case: ask support."))


def _note_refused(
    case: KycCase, code: str, data: bytes, error: BadUpload, acting_user: Any
) -> None:
    """A refused file that looks made to do harm is told to compliance, by the audit trail."""
    log.info("upload refused", case_id=case.pk, smells=error.smells)
    if error.smells:
        audit.record(
            "kyc.suspicious_upload",
            case,
            new={
                "document": code,
                "size_bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            },
            acting_user=acting_user,
            reason=error.message,
        )


def erase_document(document: Document) -> None:
    """Take a document's pages away for good, after the transaction; its row stays, empty."""
    folder = document.folder
    document.folder, document.erased_at = "", timezone.now()
    document.save(update_fields=["folder", "erased_at"])
    if folder:
        transaction.on_commit(lambda: store.remove(folder))
