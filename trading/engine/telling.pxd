cimport cython

from trading.engine.step cimport Step
from trading.engine.trailing cimport Condition, Trail
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

@cython.locals(condition=Condition, trail=Trail)
cdef long long write_order_row(Venue venue, long long order, Step step) except? FAILED
