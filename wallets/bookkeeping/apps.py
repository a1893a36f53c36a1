from django.apps import AppConfig


class BookkeepingConfig(AppConfig):
    name = "wallets.bookkeeping"
    label = "bookkeeping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from trading.commands.signals import command_refused
        from wallets.bookkeeping.handlers import on_command_refused

        command_refused.connect(on_command_refused, dispatch_uid="bookkeeping.rejected")
