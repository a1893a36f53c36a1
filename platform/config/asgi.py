"""The web process: the raw fast path for orders and streams in front of Django."""

import os
from importlib.util import find_spec

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_asgi_application()

if find_spec("api.gateway"):
    from api.gateway import Gateway

    application = Gateway(django_application)
else:
    application = django_application
