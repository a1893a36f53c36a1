from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "wallets.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic
        from trading.commands.signals import command_refused
        from wallets.campaigns.handlers import on_command_refused

        command_refused.connect(on_command_refused, dispatch_uid="campaigns.rejected")
        periodic.register("wallets.campaigns.tasks.settle", every_seconds=60)
