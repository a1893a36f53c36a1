from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import personal_data
        from messaging import personal

        personal_data.register(
            personal_data.Holding("messages", personal.export_messages, personal.erase_messages)
        )
