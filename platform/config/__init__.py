"""Wiring only. Importing it gives tasks their Celery application, in whatever process."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
