from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "wallets.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jobs import registry
        from tenants import periodic, switches
        from wallets.exports import declared, kinds, mails, making

        switches.declare(declared.KEPT_REPORTS)

        registry.register(
            making.KIND, registry.Kind(making.work, kinds.may, after=mails.on_file_made)
        )
        periodic.register("wallets.exports.tasks.ask_for_due", every_seconds=60)
