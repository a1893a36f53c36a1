from django.db import migrations, models

import trading.instruments.fields  # noqa: F401
