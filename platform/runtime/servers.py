"""Asking the servers whether they answer: the database and Redis, embedded or not."""

import psycopg
import redis

from runtime import given
from runtime.errors import RuntimeProblem


def database_problem(database_url: str, timeout_s: int = 3) -> str:
    """Why no database answers at this address; empty when one does."""
    try:
        psycopg.connect(database_url, connect_timeout=timeout_s).close()
    except (psycopg.Error, ValueError) as error:
        return _first_line(error)
    return ""


def redis_problem(redis_url: str, timeout_s: float = 3) -> str:
    """Why no Redis answers at this address; empty when one does."""
    try:
        connection = redis.Redis.from_url(
            redis_url, socket_connect_timeout=timeout_s, socket_timeout=timeout_s
        )
        try:
            connection.ping()
        finally:
            connection.close()
    except (redis.RedisError, OSError, ValueError) as error:
        return _first_line(error)
    return ""


def check_given(database_url: str, redis_url: str) -> None:
    """Refuse addresses from the environment that lead nowhere; empty ones are not looked at."""
    if database_url:
        given.database_parameters(database_url)
        problem = database_problem(database_url, timeout_s=5)
        if problem:
            raise RuntimeProblem(
                f"DATABASE_URL leads to no database ({problem}): correct it, or unset it to use "
                "the embedded PostgreSQL."
            )
    if redis_url:
        problem = redis_problem(redis_url, timeout_s=5)
        if problem:
            raise RuntimeProblem(
                f"REDIS_URL leads to no Redis ({problem}): correct it, or unset it to use the "
                "embedded Valkey."
            )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].strip()
