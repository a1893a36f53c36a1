cimport cython

from trading.engine.order_list cimport OrderList
from trading.engine.step cimport Step
from trading.engine.trailing cimport Condition, Trail
from trading.engine.venue cimport Venue
from trading.engine.words cimport FAILED

@cython.locals(condition=Condition, trail=Trail, order_list=OrderList)
cdef long long write_order_row(Venue venue, long long order, Step step) except? FAILED
@cython.locals(position="long long")
cdef long long write_list(Venue venue, OrderList order_list, Step step) except? FAILED
