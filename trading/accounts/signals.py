"""What accounts tell upper rooms, in the transaction that it happens in."""

from django.dispatch import Signal

# account: a customer's, with its CreateAccount queued
account_opened = Signal()
