"""What one batch of requests made: the agreement between the core and the process around it."""


class BatchOutput:
    """The outcome of ``Shard.run_batch(frames, time_ns)``.

    The process appends ``records`` to the engine journal in one write, syncs it, and only then
    hands out the answers: request number ``i`` of the batch (in the order of the frames) is
    answered with ``answers[answer_ends[i - 1]:answer_ends[i]]`` (``answer_ends[-1]`` standing for
    0 where i is 0): a whole answer frame, ready to send. Answers to many connections: count how
    many frames each connection put into the batch.

    ``records`` holds whole records, padded, seq running without gaps from ``first_seq`` to
    ``last_seq``. If nothing was journaled it is empty, ``first_seq`` is ``last_seq + 1`` and
    nothing needs a sync; queries and refusals at the door still have their answers, which may
    be handed out once seq ``last_seq`` is durable.
    """

    __slots__ = ("answer_ends", "answers", "first_seq", "last_seq", "records")

    def __init__(
        self, records: bytes, answers: bytes, answer_ends: list[int], first_seq: int, last_seq: int
    ) -> None:
        self.records = records
        self.answers = answers
        self.answer_ends = answer_ends
        self.first_seq = first_seq
        self.last_seq = last_seq
