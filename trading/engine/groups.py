"""What becomes durable together, and whose answers wait for it; compiled for the loop."""

from trading.engine.connection import Connection
from trading.engine.frames import end_of_answers


class Group:
    """Batches that become durable together: their records, and the answers that wait for it."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.records_bytes = 0
        self.last_seq = 0
        self.shares: list[Share] = []
        self.is_lent = False  # the writer answers it


class Share:
    """The answers of one batch, and whose they are: so many for each sender, in their order."""

    def __init__(
        self, answers: bytes, senders: list[Connection | None], counts: list[int], read_ns: int
    ) -> None:
        self.answers = answers
        self.senders = senders  # None: of the server itself
        self.counts = counts
        self.read_ns = read_ns
        self.requests = 0  # of connections
        # Where each sender's answers end, and where they lie with the writer, if they do.
        self.ends: list[int] = []
        self.places: list[int] = []

    def find_ends(self) -> None:
        """See where the answers of one sender end and those of the next begin."""
        end = 0
        for count in self.counts:
            end = end_of_answers(self.answers, end, count)
            self.ends.append(end)
