from django.apps import AppConfig


class ClearingConfig(AppConfig):
    name = "clearing"
    label = "clearing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clearing import positions, projections
        from clearing import selectors as clearing
        from clearing.rebuilding import selectors as rebuilds
        from trading.commands import keeping
        from trading.fees.projections import project_tiers
        from trading.instruments.projections import project_states
        from trading.market_data import selectors as market_data
        from trading.market_data.projections import project_candles
        from wallets.reconciliation import resolutions
        from wallets.reconciliation.models import Way

        market_data.register_cleared_seq(clearing.cleared_seq)
        projections.register(project_candles)
        projections.register(project_states)
        projections.register(project_tiers)
        keeping.register(positions.cleared)
        resolutions.register(Way.REBUILD, rebuilds.is_mended)
