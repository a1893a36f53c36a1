from django.db import models

from messaging.models import OutboxMail


def mails() -> models.QuerySet[OutboxMail]:
    """All mail of the current schema, newest first."""
    return OutboxMail.objects.all()


def failed_mails() -> models.QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(state=OutboxMail.State.FAILED)
