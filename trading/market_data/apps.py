from django.apps import AppConfig


class MarketDataConfig(AppConfig):
    name = "trading.market_data"
    label = "market_data"
    default_auto_field = "django.db.models.BigAutoField"
