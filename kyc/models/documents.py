"""Uploaded documents: pages as pictures, encrypted, in a folder of the tenant's own."""

from django.conf import settings
from django.db import models

from kyc.models.cases import KycCase


class Document(models.Model):
    """One upload. Of the customer's file only a digest is kept; its pages were drawn anew."""

    case = models.ForeignKey(KycCase, on_delete=models.PROTECT, related_name="documents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40, help_text="Which document of the form it is.")
    folder = models.CharField(max_length=120, help_text="Below the store; empty once erased.")
    pages = models.PositiveSmallIntegerField()
    format = models.CharField(max_length=8, help_text="What was uploaded: JPEG, PNG, WEBP, PDF.")
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, help_text="Of the customer's file.")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, help_text="When a newer one took its place.")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["sha256"], name="kyc_document_digest")]

    def __str__(self) -> str:
        return f"document {self.pk}"
