"""Every write of the identity room."""

from identity.actions.access import decide_access, open_review, set_role
from identity.actions.api_keys import (
    create_api_key,
    note_api_key_use,
    revoke_all_api_keys,
    revoke_api_key,
)
from identity.actions.devices import (
    forget_all_devices,
    forget_device,
    revoke_other_sessions,
    revoke_session,
    trust_device,
)
from identity.actions.passwords import (
    change_password,
    confirm_password,
    request_password_reset,
    reset_password,
)
from identity.actions.profile import set_language, set_name, set_timezone
from identity.actions.second_factor import (
    begin_enrolment,
    check_second_factor,
    confirm_enrolment,
    disable_second_factor,
    enrol_with_secret,
    new_recovery_codes,
    reset_second_factor,
)
from identity.actions.sign_in import finish_sign_in, sign_in, sign_out
from identity.actions.sign_up import resend_verification, sign_up, verify_email
from identity.actions.staff import (
    accept_invitation,
    change_role,
    create_staff,
    create_user,
    invite_staff,
    set_first_password,
    set_user_active,
)

__all__ = [
    "accept_invitation",
    "begin_enrolment",
    "change_password",
    "change_role",
    "check_second_factor",
    "confirm_enrolment",
    "confirm_password",
    "create_api_key",
    "create_staff",
    "create_user",
    "decide_access",
    "disable_second_factor",
    "enrol_with_secret",
    "finish_sign_in",
    "forget_all_devices",
    "forget_device",
    "invite_staff",
    "new_recovery_codes",
    "note_api_key_use",
    "open_review",
    "request_password_reset",
    "resend_verification",
    "reset_password",
    "reset_second_factor",
    "revoke_all_api_keys",
    "revoke_api_key",
    "revoke_other_sessions",
    "revoke_session",
    "set_first_password",
    "set_language",
    "set_name",
    "set_role",
    "set_timezone",
    "set_user_active",
    "sign_in",
    "sign_out",
    "sign_up",
    "trust_device",
    "verify_email",
]
