cimport cython

from trading.engine.connection cimport Connection


@cython.final
cdef class Group:
    cdef public list records
    cdef public long long records_bytes
    cdef public long long last_seq
    cdef public list answers
    cdef public list arrivals


@cython.final
cdef class Server:
    cdef public object shard
    cdef public object writer
    cdef public object listener
    cdef public object signal_socket
    cdef public object metrics
    cdef public long long most_connections
    cdef public long long most_waiting_bytes
    cdef public bytes signals
    cdef public long long durable_seq
    cdef public object poller
    cdef public dict connections
    cdef public list followers
    cdef public bint notice_due
    cdef dict _armed
    cdef list _gone
    cdef bytearray _buffer
    cdef object _view
    cdef list _frames
    cdef list _senders
    cdef long long _round_ns
    cdef Group _applied
    cdef Group _writing

    @cython.locals(connection=Connection)
    cpdef run(self, double until)
    cpdef drain(self)
    cdef _accept(self)
    cdef _read(self, Connection connection)
    cdef _take(self, Connection connection, bytes data, long long start, long long end, long long frames)
    cdef _refuse_connection(self, Connection connection)
    @cython.locals(connection=Connection, start="long long", end="long long", requests="long long")
    cdef _run_batch(self)
    cdef _commit(self, bint inline)
    cdef _on_durable(self)
    @cython.locals(connection=Connection)
    cdef _hand_out(self, Group group)
    cdef long long _waiting_bytes(self)
    cdef long long _on_follow(self, Connection connection, bytes data, long long at)
    cdef long long _on_arm(self, Connection connection, bytes data, long long at)
    cdef bint _disarm(self, Connection connection, tuple key) except -1
    @cython.locals(connection=Connection)
    cdef _tell_followers(self)
    cdef _tell(self, Connection connection)
    cdef _forget(self, Connection connection)
