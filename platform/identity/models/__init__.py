from identity.models.access import ApiKey, OneTimeToken, SignInAttempt
from identity.models.grants import AccessReview, ReviewedAccess, RoleChange
from identity.models.second_factor import RecoveryCode, TotpDevice
from identity.models.sessions import TrustedDevice, UserSession
from identity.models.user import User

__all__ = [
    "AccessReview",
    "ApiKey",
    "OneTimeToken",
    "RecoveryCode",
    "ReviewedAccess",
    "RoleChange",
    "SignInAttempt",
    "TotpDevice",
    "TrustedDevice",
    "User",
    "UserSession",
]
