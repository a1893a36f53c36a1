"""What other rooms may want to hear. All are sent inside the database transaction."""

from django.dispatch import Signal

# A user proved to own his e-mail address. Arguments: user.
email_verified = Signal()

# A key was made, changed or revoked. Arguments: public_id.
api_key_changed = Signal()

# Sessions were ended by revoking, a new password or a closed user. Arguments: user_id.
sessions_ended = Signal()
