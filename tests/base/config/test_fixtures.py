"""The fixtures that start real parts do start them."""

from engines import EngineProcess
from tenants.models import Tenant
from trading.commands import door
from trading.engine import commands, queries
from trading.engine.results import Result


def test_the_door_leads_to_the_engine_of_the_fixture(engine: EngineProcess, tenant: Tenant) -> None:
    opened = door.send_command(commands.OpenVenue(code=tenant.slug))
    engine.kill()
    engine.start()
    after = door.send_command(queries.QueryStatus())
    assert opened.result == after.result == Result.ACCEPTED
    assert after.seq == opened.seq
