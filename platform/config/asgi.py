"""The web process: the raw fast path for orders and streams in front of Django."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_asgi_application()

# Rooms can be imported only once Django is set up.
from api.gateway import Gateway  # noqa: E402

application = Gateway(django_application)
