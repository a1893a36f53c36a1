"""`manage.py up`: embedded PostgreSQL and Valkey, the processes, health, metrics."""
