"""What other rooms may want to hear about queued commands."""

from django.dispatch import Signal

# The engine refused a command at its door (results 1xx): it stands in no journal, so clearing
# will never see it. Sent by the relay inside the tenant's schema and a database transaction.
# Arguments: command (QueuedCommand), result (int).
command_refused = Signal()
