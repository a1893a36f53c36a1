"""Wiring only: settings, urls, asgi, celery."""
