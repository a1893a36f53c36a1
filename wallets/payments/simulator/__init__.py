"""A card gateway to try things on: a real HTTP service that behaves badly when it is told to.

`python -m wallets.payments.simulator --port PORT [--file STATE]`; it listens on the loopback only
and needs nothing of the product but `providers.hosted.signing`.
"""
