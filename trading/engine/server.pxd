cimport cython

from trading.engine.connection cimport Connection
from trading.engine.frames cimport Frames
from trading.engine.groups cimport Group, Share
from trading.engine.log_writer cimport LogWriter
from trading.engine.metrics cimport Metrics
from trading.engine.prefault cimport Prefault
from trading.engine.words cimport FAILED

cdef long long _READ_BYTES
cdef long long _ROUND_BYTES
cdef long long _MAX_FRAME_BYTES
cdef long long _NOTICE_NS
cdef long long _NOTICE_MILLISECONDS
cdef long long _TIMER_MILLISECONDS
cdef long long _TIMER_NS
cdef long long _IN
cdef long long _OUT
cdef long long _EDGES


@cython.final
cdef class Server:
    cdef public object shard
    cdef public LogWriter writer
    cdef Prefault prefault
    cdef public object listener
    cdef public object signal_socket
    cdef public Metrics metrics
    cdef public long long most_connections
    cdef public long long most_waiting_bytes
    cdef public long long inline_requests
    cdef public bytes signals
    cdef public long long durable_seq
    cdef public object poller
    cdef public dict connections
    cdef public list followers
    cdef public bint notice_due
    cdef dict _armed
    cdef list _gone
    cdef bytearray _buffer
    cdef bytearray _events
    cdef long long _filled
    cdef Frames _found
    cdef list _senders
    cdef list _counts
    cdef long long _requests
    cdef long long _round_ns
    cdef Group _applied
    cdef Group _writing

    @cython.locals(connection=Connection, ready="long long", number="long long", fd="long long", mask="long long", milliseconds="long long", until_ns="long long", left_ns="long long", due_ns="long long")
    cpdef run(self, double until)
    cpdef drain(self)
    cdef _accept(self)
    @cython.locals(found=Frames, start="long long", end="long long", size="long long", why="long long", data=bytes)
    cdef _read(self, Connection connection)
    @cython.locals(frames=bytes)
    cdef _take(self, Connection connection, long long end, long long count)
    cdef _refuse_connection(self, Connection connection)
    @cython.locals(frames=bytes, share=Share, group=Group)
    cdef _run_batch(self)
    cdef _commit(self, bint inline)
    @cython.locals(connection=Connection, share=Share, start="long long", end="long long", number="long long", place="long long")
    cdef _lend(self, Group group)
    @cython.locals(group=Group)
    cdef _on_durable(self)
    @cython.locals(connection=Connection, share=Share, start="long long", end="long long", number="long long", place="long long", sent="long long", answered_ns="long long", waited_ns="long long")
    cdef _hand_out(self, Group group)
    cdef long long _waiting_bytes(self)
    @cython.locals(size="long long")
    cdef long long _on_follow(self, Connection connection, bytes data) except? FAILED
    @cython.locals(size="long long")
    cdef long long _on_arm(self, Connection connection, bytes data) except? FAILED
    cdef bint _disarm(self, Connection connection, tuple key) except -1
    @cython.locals(connection=Connection)
    cdef _tell_followers(self)
    cdef _tell(self, Connection connection)
    cdef _forget(self, Connection connection)
