"""A gateway with a hosted payment page, JSON over HTTPS, and events signed with HMAC."""

from wallets.payments.providers.hosted.client import HostedGateway

__all__ = ["HostedGateway"]
