from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="FormToken",
            fields=[
                ("token", models.UUIDField(primary_key=True, serialize=False)),
                ("schema_name", models.CharField(max_length=63)),
                ("user_id", models.BigIntegerField()),
                (
                    "address",
                    models.CharField(
                        blank=True, help_text="Where the first send led.", max_length=500
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={"db_table": "backoffice_form_token"},
        ),
    ]
