from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_replacements"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="activation_ticks",
            field=models.BigIntegerField(
                default=0, help_text="Where a trailing stop begins to follow; 0: at once."
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="limit_offset_ticks",
            field=models.BigIntegerField(
                default=0, help_text="How far behind its trigger a trailing stop's limit price is."
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="trailing_distance_bp",
            field=models.IntegerField(
                default=0,
                help_text="How far a trailing stop is from the extreme it follows; else 0.",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="trigger_ns",
            field=models.BigIntegerField(
                default=0, help_text="Not before this time, nanoseconds since 1970; 0: no matter."
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="trigger_source",
            field=models.SmallIntegerField(
                choices=[(0, "Last price"), (1, "Mark price"), (2, "Index price")],
                default=0,
                help_text="Whose price it waits for.",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="waiting_seq",
            field=models.BigIntegerField(default=0, help_text="When it began to wait last."),
        ),
        migrations.AddField(
            model_name="order",
            name="activated_seq",
            field=models.BigIntegerField(default=0, help_text="When it began to follow."),
        ),
        migrations.AddField(
            model_name="order",
            name="triggered_seq",
            field=models.BigIntegerField(default=0, help_text="When it was sent on."),
        ),
        migrations.AlterField(
            model_name="order",
            name="order_type",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Limit"),
                    (2, "Market"),
                    (3, "Stop market"),
                    (4, "Stop limit"),
                    (5, "Take-profit market"),
                    (6, "Take-profit limit"),
                    (7, "Trailing stop market"),
                    (8, "Trailing stop limit"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="trigger_ticks",
            field=models.BigIntegerField(
                default=0,
                help_text="The price a stop or take-profit order waits or waited for; else 0. A "
                "trailing stop's when it became active, and from when it fires the one it fired "
                "at.",
            ),
        ),
    ]
