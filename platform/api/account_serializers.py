"""Shapes of opened accounts and of transfers between own accounts, for the documentation."""

from typing import Any

from rest_framework import serializers as fields

from api.serializers import OwnAccount, decimal

MOST_KEY = 60
TRANSFER_STATES = ["requested", "taken", "done", "refused", "returning", "returned"]


class OpenAccount(fields.Serializer[Any]):
    name = fields.CharField(max_length=80, help_text="Unlike your other open accounts.")
    client_account_id = fields.CharField(
        max_length=MOST_KEY, help_text="Your own id: sent twice, it opens one account."
    )


class OpenedAccount(OwnAccount):
    pass


class AskTransfer(fields.Serializer[Any]):
    from_account = fields.IntegerField()
    to_account = fields.IntegerField()
    asset = fields.CharField()
    amount = decimal("Above zero, with at most as many places as the asset has.")
    client_transfer_id = fields.CharField(
        max_length=MOST_KEY, help_text="Your own id: sent twice, it moves once."
    )


class Transfer(fields.Serializer[Any]):
    transfer_id = fields.IntegerField()
    client_transfer_id = fields.CharField(allow_null=True, help_text="null: made on a page.")
    from_account = fields.IntegerField()
    to_account = fields.IntegerField()
    asset = fields.CharField()
    amount = decimal("What goes over.")
    state = fields.ChoiceField(choices=TRANSFER_STATES)
    reason = fields.CharField(allow_null=True, help_text="The code of what refused it last.")
    created_at = fields.IntegerField(help_text="Milliseconds since 1970, UTC.")
    ended_at = fields.IntegerField(allow_null=True, help_text="null: it is under way.")


class Transfers(fields.Serializer[Any]):
    results = Transfer(many=True)
    next = fields.CharField(allow_null=True, help_text="`cursor` of the next page.")
