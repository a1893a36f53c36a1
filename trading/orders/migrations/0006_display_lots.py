from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_trailing_and_timed_orders"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="display_lots",
            field=models.BigIntegerField(
                default=0, help_text="An iceberg shows so many lots at a time; 0: all of them."
            ),
        ),
    ]
