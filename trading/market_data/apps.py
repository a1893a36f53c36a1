from django.apps import AppConfig


class MarketDataConfig(AppConfig):
    name = "trading.market_data"
    label = "market_data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from trading.commands import keeping
        from trading.market_data import selectors
        from trading.orders import pretrade

        pretrade.register_prices(selectors.last_ticks)
        keeping.register(lambda: {"the publisher": selectors.publisher_seq()})
