"""What the C compiler is shown of the engine's work before it compiles the core for good.

``python -m benchmarks.engine_training`` runs some seconds of each flow of ``benchmarks.engine``,
the ugly ones too, and a state image there and back, in a core that counts which ways it goes
(see ``trading.engine.build``).
"""

from benchmarks import engine, engine_ugly
from benchmarks import engine_workload as workload
from trading.engine import memory, shard

SEED = 90
COMMANDS = 30_000
UGLY_COMMANDS = 8_000


def main() -> int:
    memory.huge_pages = True  # as in the engine process
    for instruments, client_ids in ((1, False), (10, False), (1, True)):
        flow = workload.mixed(SEED, instruments, COMMANDS, client_ids=client_ids)
        engine.measure_replay(flow, engine.records_of(flow), 1)
        world = engine.loaded(flow)
        for frames in flow.batches:
            world.run_batch(frames, 3)
        shard.Shard.load(world.dump())
    for name in engine_ugly.FLOWS:
        engine.measure(engine_ugly.made(name, SEED, UGLY_COMMANDS), 1)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
