import zoneinfo

from django.utils.translation import gettext as _

from identity.errors import IdentityError
from identity.models import User


def set_language(*, user: User, language: str) -> None:
    """The language of the user's pages and mail; which there are, the brand says."""
    user.language = language
    user.save(update_fields=["language"])


def set_timezone(*, user: User, timezone: str) -> None:
    """The IANA time zone the user's pages show times in; empty means the tenant's."""
    if timezone and timezone not in zoneinfo.available_timezones():
        raise IdentityError("unknown_timezone", _("Choose a time zone from the list."))
    user.timezone = timezone
    user.save(update_fields=["timezone"])
