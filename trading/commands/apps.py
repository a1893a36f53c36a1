from django.apps import AppConfig


class CommandsConfig(AppConfig):
    name = "trading.commands"
    label = "commands"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic

        periodic.register(
            "trading.commands.tasks.archive_journal", every_seconds=3_600, scope="platform"
        )
