"""How long a firm's tables take: by their record, and by all migrations, in turn.

    python -m runtime.sandbox --durable python benchmarks/schemas.py --rounds 3

Each round makes an empty schema and migrates it both ways, as the opening of a firm does, and
drops them again. Wall time and the processor time of this process; PostgreSQL's own is not in it.
"""

import argparse
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tenants import structure

    call_command("prepare", verbosity=0)
    connection.ensure_connection()
    print(
        f"PostgreSQL {structure.server_version()}, Django {django.get_version()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for number in range(arguments.rounds):
        taken = {"record": timed(by_record=True), "migrations": timed(by_record=False)}
        words = ", ".join(
            f"by {name} {wall_s:.2f} s (processor {cpu_s:.2f} s)"
            for name, (wall_s, cpu_s) in taken.items()
        )
        print(f"round {number + 1}: {words}; {taken['migrations'][0] / taken['record'][0]:.0f} x")


def timed(*, by_record: bool) -> tuple[float, float]:
    """(wall seconds, processor seconds) of one schema with all its tables."""
    from tenants import schemas, structure

    begun_s, cpu_s = time.perf_counter(), time.process_time()
    with nullcontext() if by_record else structure.by_migrations_only():
        schemas.create("benchmark")
    taken = time.perf_counter() - begun_s, time.process_time() - cpu_s
    schemas.drop("benchmark")
    return taken


if __name__ == "__main__":
    main()
