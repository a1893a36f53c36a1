class Failed(Exception):
    """Not taken now; worth another try. ``after_seconds`` is what the provider asked for."""

    def __init__(self, words: str, after_seconds: int = 0) -> None:
        super().__init__(words)
        self.after_seconds = after_seconds


class Hopeless(Exception):
    """Refused for good: trying again changes nothing."""


class Gone(Exception):
    """Whom it is for is no more; nobody needs to look at it. ``endpoint`` is a browser's."""

    def __init__(self, words: str, endpoint: str = "") -> None:
        super().__init__(words)
        self.endpoint = endpoint


def judge(status: int, headers: dict[str, str]) -> None:
    """What an HTTP status says about another try: raises Failed, Hopeless or Gone, or nothing."""
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise Gone(f"HTTP {status}")
    if status in (408, 425, 429) or status >= 500:
        text = headers.get("retry-after", "")
        raise Failed(
            f"HTTP {status}",
            int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0,
        )
    raise Hopeless(f"HTTP {status}")
