"""A provider of identity checks for development and tests, as a real HTTP service.

It speaks what :mod:`kyc.providers.hosted` speaks, and behaves badly on request: a word among a
person's family names says how (`behaviour`). It needs nothing of the product but the signatures.

    python -m kyc.simulator --port 8099 --callback-host 127.0.0.1:8000
"""
