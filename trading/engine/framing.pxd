cimport cython

from trading.engine.output cimport Output
from trading.engine.words cimport FAILED

@cython.locals(at="long long")
cpdef bytes refuse_requests(bytes data, long long start, long long end, long long result)
cpdef bytes refuse_rest(bytes rest)
@cython.locals(
    tenant_id="long long", account_id="long long", instrument_id="long long", armed="long long"
)
cpdef bytes guard_requests(list gone)
@cython.locals(place="long long", size="long long")
cdef long long write_request(
    Output out, long long kind, long long tenant_id, list numbers
) except? FAILED
cdef long long write_refusal(
    Output out, long long kind, long long result, long long request_id
) except? FAILED
cpdef bytes durable_notice(long long request_id, long long seq, long long time_ns)
