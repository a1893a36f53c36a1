"""What one batch of requests made: the agreement between the core and the process around it."""

from trading.engine.layouts import ANSWER_HEADER_BYTES


class BatchOutput:
    """The outcome of ``Shard.run_batch(frames, time_ns)``.

    The process appends ``records`` to the engine journal in one write, syncs it, and only then
    hands out the answers: whole answer frames, one for each request, in the order of the requests.

    ``records`` holds whole records, seq running without gaps from ``first_seq`` to ``last_seq``.
    If nothing was journaled it is empty, ``first_seq`` is ``last_seq + 1`` and nothing needs a
    sync; queries and refusals at the door still have their answers, which may be handed out once
    seq ``last_seq`` is durable.
    """

    __slots__ = ("answers", "first_seq", "last_seq", "records")

    def __init__(self, records: bytes, answers: bytes, first_seq: int, last_seq: int) -> None:
        self.records = records
        self.answers = answers
        self.first_seq = first_seq
        self.last_seq = last_seq

    @property
    def answer_ends(self) -> list[int]:
        """Where each answer ends in ``answers``."""
        ends = []
        at = 0
        while at < len(self.answers):
            at += 4 + int.from_bytes(self.answers[at : at + 4], "little")
            ends.append(at)
        assert not ends or ends[-1] == len(self.answers) >= ANSWER_HEADER_BYTES
        return ends
