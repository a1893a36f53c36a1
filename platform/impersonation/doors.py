"""Which addresses an impersonation is for, and which stay closed to it: pure."""

BACKOFFICE = "/backoffice/"
END_PATH = "/seen-as/end"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

# What neither of the two webs' pages is made of: pictures, styles, words, the link itself.
_OF_NOBODY = ("/static/", "/brand/", "/jsi18n/", "/seen-as/", "/app.webmanifest",
              "/service-worker.js", "/offline")  # fmt: skip
# Secrets, documents, and pages that begin or prove a session of one's own.
_CLOSED = (
    "/security/", "/api-keys", "/verification/", "/verify/", "/reset/", "/invitation/",
    "/sign-in", "/sign-up", "/second-factor", "/forgot", "/check-mail", "/push", "/dev/", "/media/",
    "/backoffice/sign-in/", "/backoffice/code/", "/backoffice/enrol/", "/backoffice/forgot/",
    "/backoffice/invitation/", "/backoffice/reset/", "/backoffice/verification/",
    "/backoffice/api-keys/", "/backoffice/jobs/", "/backoffice/payment-files/",
)  # fmt: skip


def applies(path: str, *, to_staff: bool) -> bool:
    """Whether a request for ``path`` is made as the person who is seen; staff are seen in the
    backoffice alone, customers everywhere else."""
    if path.startswith(_OF_NOBODY):
        return False
    return path.startswith(BACKOFFICE) == to_staff


def is_closed(path: str) -> bool:
    """Whether an address is shown to nobody but the person himself."""
    return path.startswith(_CLOSED)
