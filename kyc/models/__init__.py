"""Tables of KYC. Personal data stands in them encrypted only, or as a keyed hash."""

from kyc.models.cases import (
    OPEN_STATES,
    CaseNote,
    CaseRequest,
    CaseState,
    KycCase,
    Origin,
)
from kyc.models.checks import (
    AGAINST,
    OUTSTANDING,
    CheckProvider,
    CheckState,
    ProviderCheck,
    ProviderWord,
)
from kyc.models.documents import Document
from kyc.models.profiles import IdentityKey, KycProfile, Risk, SubjectKind
from kyc.models.screening import (
    Hit,
    HitState,
    ListEntry,
    ListKind,
    ListVersion,
    Screening,
    WatchList,
)
from kyc.models.tiers import FormVersion, Tier

__all__ = [
    "AGAINST",
    "OPEN_STATES",
    "OUTSTANDING",
    "CaseNote",
    "CaseRequest",
    "CaseState",
    "CheckProvider",
    "CheckState",
    "Document",
    "FormVersion",
    "Hit",
    "HitState",
    "IdentityKey",
    "KycCase",
    "KycProfile",
    "ListEntry",
    "ListKind",
    "ListVersion",
    "Origin",
    "ProviderCheck",
    "ProviderWord",
    "Risk",
    "Screening",
    "SubjectKind",
    "Tier",
    "WatchList",
]
