from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import personal_data
        from portal import actions, checklist, selectors

        checklist.register()
        personal_data.register(
            personal_data.Holding(
                "preferences", selectors.export_preferences, actions.erase_preferences
            )
        )
