from identity.models.access import ApiKey, OneTimeToken, SignInAttempt
from identity.models.second_factor import RecoveryCode, TotpDevice
from identity.models.sessions import TrustedDevice, UserSession
from identity.models.user import User

__all__ = [
    "ApiKey",
    "OneTimeToken",
    "RecoveryCode",
    "SignInAttempt",
    "TotpDevice",
    "TrustedDevice",
    "User",
    "UserSession",
]
