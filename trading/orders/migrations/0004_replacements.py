from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_order_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="Replacement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order_id", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("time", models.DateTimeField()),
                ("lots", models.BigIntegerField(help_text="Remaining from then on.")),
                ("ticks", models.BigIntegerField()),
                ("old_lots", models.BigIntegerField(help_text="Remaining before.")),
                ("old_ticks", models.BigIntegerField()),
            ],
            options={
                "ordering": ["seq"],
                "indexes": [models.Index(fields=["order_id", "seq"], name="replacement_order")],
            },
        ),
    ]
