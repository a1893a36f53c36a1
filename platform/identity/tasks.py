from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from identity.models import OneTimeToken, SignInAttempt, TrustedDevice, UserSession

KEEP_HISTORY_DAYS = 180


@shared_task
def purge_expired() -> None:
    """Delete what has run out: sessions, one-time links, trusted browsers, old history."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    living = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=living).filter(
        created_at__lt=now - timedelta(hours=1)
    ).delete()
    OneTimeToken.objects.filter(expires_at__lt=now).delete()
    TrustedDevice.objects.filter(expires_at__lt=now).delete()
    SignInAttempt.objects.filter(created_at__lt=now - timedelta(days=KEEP_HISTORY_DAYS)).delete()
