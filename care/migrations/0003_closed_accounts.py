from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_further_accounts"),
        ("care", "0002_closings"),
    ]

    operations = [
        # What is closed already says so from now on in its own row as well.
        migrations.RunSQL(
            """
            UPDATE accounts_account account SET closed_at = closing.closed_at
            FROM care_accountclosing closing
            WHERE closing.account_id = account.id AND closing.reopened_at IS NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
