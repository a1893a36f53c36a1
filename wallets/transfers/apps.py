from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "wallets.transfers"
    label = "transfers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import personal_data
        from tenants import periodic
        from wallets.transfers import privacy

        personal_data.register(
            personal_data.Holding(
                "own_transfers", privacy.export_transfers, privacy.erase_transfers
            )
        )
        periodic.register("wallets.transfers.tasks.advance_transfers", every_seconds=1)
