"""Mail about files that came by themselves: a link, to those who have the right at that moment."""

from identity.models import User
from jobs.models import Job
from messaging import actions as messaging
from wallets.exports import kinds


def on_file_made(job: Job) -> None:
    """Tell the recipients of a kept report; in the transaction that keeps the file."""
    if not job.parameters.get("saved_id"):
        return
    for user in User.objects.filter(pk__in=job.told, is_active=True).order_by("pk"):
        if not kinds.may(user, job.parameters):
            continue
        messaging.send_mail(
            "report_ready",
            user.email,
            {
                "name": job.title,
                "path": f"/backoffice/jobs/{job.pk}/",
                "until": job.expires_at,
                "file": job.file_name,
            },
            language=user.language,
        )
