from trading.engine.step cimport Step
from trading.engine.venue cimport Venue

cdef long long find_order(
    Venue venue, long long account, long long order_id, long long client_key
)
cdef long long check_open(Venue venue, long long order)
cdef long long cancel_order(
    Venue venue, const char *data, long long at, long long end, Step step
)
cdef long long cancel_all_orders(
    Venue venue, const char *data, long long at, long long end, Step step
)
cdef long long reduce_order(
    Venue venue, const char *data, long long at, long long end, Step step
)
