# What system.py means, without Python in between.

cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    #include <errno.h>
    #include <sys/epoll.h>
    #include <sys/mman.h>
    #include <sys/socket.h>
    #include <sys/syscall.h>
    #include <sys/uio.h>
    #include <time.h>
    #include <unistd.h>

    #define MARQUE_BLOCKED (-1)
    #define MARQUE_BROKEN (-2)
    #define MARQUE_MOST_EVENTS 256
    #define MARQUE_MOST_PIECES 256
    #define MARQUE_MOST_ANSWERS 1024

    typedef struct {
        const char *data;
        long long fd, size, sent;
    } marque_answer;
    typedef struct {
        long long fd, offset, sync_ns, error, count, done, answers, answered_ns;
        struct iovec pieces[MARQUE_MOST_PIECES];
        marque_answer answer[MARQUE_MOST_ANSWERS];
    } marque_desk;

    static inline long long marque_clock(clockid_t clock) {
        struct timespec now;
        clock_gettime(clock, &now);
        return now.tv_sec * 1000000000LL + now.tv_nsec;
    }
    static inline void marque_tell(long long fd) {
        unsigned long long one = 1;
        if (write((int)fd, &one, sizeof one) < 0) {
            /* It can only be full of what was told already. */
        }
    }
    static inline long long marque_failed(void) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR
            ? MARQUE_BLOCKED : MARQUE_BROKEN;
    }
    static inline long long marque_receive(long long fd, char *buffer, long long most) {
        ssize_t size = recv((int)fd, buffer, (size_t)most, MSG_DONTWAIT);
        return size < 0 ? marque_failed() : (long long)size;
    }
    static inline long long marque_transmit(long long fd, const char *data, long long size) {
        ssize_t sent = send((int)fd, data, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
        return sent < 0 ? marque_failed() : (long long)sent;
    }
    static long long marque_wait(long long fd, char *events, long long milliseconds) {
        int found;
        Py_BEGIN_ALLOW_THREADS
        found = epoll_wait((int)fd, (struct epoll_event *)events, MARQUE_MOST_EVENTS,
                           (int)milliseconds);
        Py_END_ALLOW_THREADS
        return found < 0 ? 0 : found;
    }
    static inline long long marque_event_mask(const char *events, long long number) {
        return ((const struct epoll_event *)events)[number].events;
    }
    static inline long long marque_event_fd(const char *events, long long number) {
        return ((const struct epoll_event *)events)[number].data.fd;
    }
    static int marque_lay_down(char *place, PyObject *pieces, long long fd, long long offset) {
        marque_desk *desk = (marque_desk *)place;
        Py_ssize_t count = PyList_GET_SIZE(pieces);
        if (fd < 0 || count > MARQUE_MOST_PIECES)
            return 0;
        for (Py_ssize_t number = 0; number < count; number++) {
            PyObject *piece = PyList_GET_ITEM(pieces, number);
            desk->pieces[number].iov_base = PyBytes_AS_STRING(piece);
            desk->pieces[number].iov_len = (size_t)PyBytes_GET_SIZE(piece);
        }
        desk->fd = fd;
        desk->offset = offset;
        desk->count = count;
        __atomic_store_n(&desk->done, 0, __ATOMIC_RELEASE);
        return 1;
    }
    /* All of it at its place and on disk; 0 or an errno. */
    static int marque_write_durably(
        int fd, struct iovec *pieces, int count, long long offset
    ) {
        while (count > 0) {
            ssize_t written = pwritev2(fd, pieces, count, (off_t)offset, RWF_DSYNC);
            if (written < 0) {
                if (errno == EINTR)
                    continue;
                return errno;
            }
            if (written == 0)
                return EIO;
            offset += written;
            /* A short write means an end is near; the next one says which. */
            while (count > 0 && (size_t)written >= pieces->iov_len) {
                written -= (ssize_t)pieces->iov_len;
                pieces++;
                count--;
            }
            if (count > 0) {
                pieces->iov_base = (char *)pieces->iov_base + written;
                pieces->iov_len -= (size_t)written;
            }
        }
        return 0;
    }
    static inline long long marque_lay_answer(
        char *place, PyObject *data, long long start, long long end, long long fd
    ) {
        marque_desk *desk = (marque_desk *)place;
        if (desk->answers == MARQUE_MOST_ANSWERS)
            return MARQUE_BLOCKED;
        marque_answer *answer = desk->answer + desk->answers;
        answer->data = PyBytes_AS_STRING(data) + start;
        answer->fd = fd;
        answer->size = end - start;
        answer->sent = 0;
        return desk->answers++;
    }
    /* What a socket does not take stays: nothing may overtake it. */
    static int marque_is_stuck(const marque_desk *desk, long long number) {
        for (long long before = number - 1; before >= 0; before--)
            if (desk->answer[before].fd == desk->answer[number].fd)
                return desk->answer[before].sent != desk->answer[before].size;
        return 0;
    }
    static void marque_send_answers(marque_desk *desk) {
        int stuck = 0;
        for (long long number = 0; number < desk->answers; number++) {
            marque_answer *answer = desk->answer + number;
            if (stuck && marque_is_stuck(desk, number))
                continue;
            answer->sent = marque_transmit(answer->fd, answer->data, answer->size);
            if (answer->sent == MARQUE_BLOCKED)
                answer->sent = 0;
            stuck |= answer->sent != answer->size;
        }
        desk->answered_ns = marque_clock(CLOCK_MONOTONIC);
    }
    static long long marque_write_now(char *place) {
        marque_desk *desk = (marque_desk *)place;
        Py_BEGIN_ALLOW_THREADS
        long long started = marque_clock(CLOCK_MONOTONIC);
        desk->error = marque_write_durably(
            (int)desk->fd, desk->pieces, (int)desk->count, desk->offset);
        desk->sync_ns = marque_clock(CLOCK_MONOTONIC) - started;
        desk->count = 0;
        Py_END_ALLOW_THREADS
        return desk->error;
    }
    /* struct sched_attr of the kernel, as far as it goes for ordinary threads. */
    typedef struct {
        unsigned int size, policy;
        unsigned long long flags;
        int nice;
        unsigned int priority;
        unsigned long long runtime, deadline, period;
    } marque_schedule;
    static inline void marque_run_in_short_slices(void) {
        marque_schedule wanted = {0};
        wanted.size = sizeof wanted;
        if (syscall(SYS_sched_getattr, 0, &wanted, sizeof wanted, 0) != 0 || wanted.policy != 0)
            return;
        wanted.size = sizeof wanted;
        wanted.runtime = 100000;
        if (syscall(SYS_sched_setattr, 0, &wanted, 0) != 0) {
            /* A wish, which older systems do not know. */
        }
    }
    /* Wait to be told; 0 if nobody can tell any more. */
    static int marque_is_told(long long fd) {
        unsigned long long told;
        for (;;) {
            if (read((int)fd, &told, sizeof told) == sizeof told)
                return 1;
            if (errno != EINTR)
                return 0;
        }
    }
    static long long marque_serve(char *place, long long work_fd, long long done_fd) {
        marque_desk *desk = (marque_desk *)place;
        Py_BEGIN_ALLOW_THREADS
        while (marque_is_told(work_fd) && desk->count != 0) {
            long long started = marque_clock(CLOCK_MONOTONIC);
            desk->error = marque_write_durably(
                (int)desk->fd, desk->pieces, (int)desk->count, desk->offset);
            desk->sync_ns = marque_clock(CLOCK_MONOTONIC) - started;
            desk->count = 0;
            if (desk->error == 0)
                marque_send_answers(desk);
            __atomic_store_n(&desk->done, 1, __ATOMIC_RELEASE);
            marque_tell(done_fd);
        }
        Py_END_ALLOW_THREADS
        return 0;
    }
    typedef struct {
        char *from;
        long long bytes, wanted, ended;
    } marque_pages;
    #ifdef __x86_64__
    #define MARQUE_STEP 4096
    /* A zero in the place of a zero, in one step: a write, by which nothing is lost that another
       thread writes there. What is not zero is there already. */
    static inline void marque_touch(char *place) {
        char zero = 0;
        __atomic_compare_exchange_n(place, &zero, 0, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }
    #else
    #define MARQUE_STEP (2 * 1024 * 1024)
    /* Elsewhere that is a read first, for which the system gives a page of zeros that the write
       then breaks into small ones. Older systems do not know this wish. */
    static inline void marque_touch(char *place) {
        madvise(place, MARQUE_STEP, 23 /* MADV_POPULATE_WRITE */);
    }
    #endif
    static int marque_want_pages(char *place, PyObject *room, long long start, long long end) {
        marque_pages *desk = (marque_pages *)place;
        Py_buffer view;
        if (PyObject_GetBuffer(room, &view, PyBUF_WRITABLE) < 0)
            return -1;
        desk->from = (char *)view.buf + start;
        desk->bytes = end - start;
        PyBuffer_Release(&view);
        __atomic_store_n(&desk->wanted, 1, __ATOMIC_RELEASE);
        return 0;
    }
    static inline int marque_pages_wanted(const char *place) {
        return __atomic_load_n(&((const marque_pages *)place)->wanted, __ATOMIC_ACQUIRE) != 0;
    }
    static inline int marque_pages_ended(const marque_pages *desk) {
        return __atomic_load_n(&desk->ended, __ATOMIC_ACQUIRE) != 0;
    }
    static inline void marque_end_pages(char *place) {
        __atomic_store_n(&((marque_pages *)place)->ended, 1, __ATOMIC_RELEASE);
    }
    static long long marque_make_pages(char *place, long long work_fd) {
        marque_pages *desk = (marque_pages *)place;
        Py_BEGIN_ALLOW_THREADS
        while (marque_is_told(work_fd) && !marque_pages_ended(desk)) {
            for (long long at = 0; at < desk->bytes && !marque_pages_ended(desk); at += MARQUE_STEP)
                marque_touch(desk->from + at);
            __atomic_store_n(&desk->wanted, 0, __ATOMIC_RELEASE);
        }
        Py_END_ALLOW_THREADS
        return 0;
    }
    static inline void marque_clear_answers(char *place) {
        ((marque_desk *)place)->answers = 0;
    }
    static inline long long marque_sent_of(const char *place, long long number) {
        return ((const marque_desk *)place)->answer[number].sent;
    }
    static inline long long marque_answered_at(const char *place) {
        return ((const marque_desk *)place)->answered_ns;
    }
    static inline int marque_is_done(const char *place) {
        return __atomic_load_n(&((const marque_desk *)place)->done, __ATOMIC_ACQUIRE) != 0;
    }
    static inline long long marque_error_of(const char *place) {
        return ((const marque_desk *)place)->error;
    }
    static inline long long marque_nanoseconds_of(const char *place) {
        return ((const marque_desk *)place)->sync_ns;
    }
    """
    enum: BLOCKED "MARQUE_BLOCKED"
    enum: BROKEN "MARQUE_BROKEN"
    enum: MOST_EVENTS "MARQUE_MOST_EVENTS"
    enum: EVENT_BYTES "((long)sizeof(struct epoll_event) * MARQUE_MOST_EVENTS)"
    enum: MOST_PIECES "MARQUE_MOST_PIECES"
    enum: MOST_ANSWERS "MARQUE_MOST_ANSWERS"
    enum: DESK_BYTES "((long)sizeof(marque_desk))"
    enum: PAGES_BYTES "((long)sizeof(marque_pages))"
    enum: MARQUE_REALTIME "CLOCK_REALTIME"
    enum: MARQUE_MONOTONIC "CLOCK_MONOTONIC"
    long long marque_clock(int clock) noexcept
    void tell "marque_tell"(long long fd) noexcept
    long long marque_receive(long long fd, char *buffer, long long most) noexcept
    long long marque_transmit(long long fd, const char *data, long long size) noexcept
    long long marque_wait(long long fd, char *events, long long milliseconds) noexcept
    long long event_mask "marque_event_mask"(const char *events, long long number) noexcept
    long long event_fd "marque_event_fd"(const char *events, long long number) noexcept
    bint marque_lay_down(char *desk, object pieces, long long fd, long long offset) noexcept
    long long marque_serve(char *desk, long long work_fd, long long done_fd) noexcept
    long long lay_answer "marque_lay_answer"(
        char *desk, object data, long long start, long long end, long long fd
    ) noexcept
    void clear_answers "marque_clear_answers"(char *desk) noexcept
    long long sent_of "marque_sent_of"(const char *desk, long long number) noexcept
    long long answered_at "marque_answered_at"(const char *desk) noexcept
    long long write_now "marque_write_now"(char *desk) noexcept
    void run_in_short_slices "marque_run_in_short_slices"() noexcept
    bint is_done "marque_is_done"(const char *desk) noexcept
    long long error_of "marque_error_of"(const char *desk) noexcept
    long long nanoseconds_of "marque_nanoseconds_of"(const char *desk) noexcept
    int want_pages "marque_want_pages"(
        char *desk, object room, long long start, long long end
    ) except -1
    bint pages_wanted "marque_pages_wanted"(const char *desk) noexcept
    void end_pages "marque_end_pages"(char *desk) noexcept
    long long make_pages "marque_make_pages"(char *desk, long long work_fd) noexcept
    void *memcpy(void *target, const void *source, size_t size) noexcept


cdef inline long long monotonic_ns() noexcept:
    return marque_clock(MARQUE_MONOTONIC)


cdef inline long long real_ns() noexcept:
    return marque_clock(MARQUE_REALTIME)


cdef inline long long receive(long long fd, char *buffer, long long at, long long most) noexcept:
    return marque_receive(fd, buffer + at, most)


cdef inline long long transmit(
    long long fd, const char *data, long long start, long long end
) noexcept:
    return marque_transmit(fd, data + start, end - start)


cdef inline bytes copied(const char *buffer, long long start, long long end):
    return buffer[start:end]


cdef inline long long move(char *buffer, long long at, bytes data) noexcept:
    memcpy(buffer + at, <const char *>data, len(data))
    return at + len(data)


cdef inline long long wait(object poller, long long fd, char *events, long long milliseconds) noexcept:
    return marque_wait(fd, events, milliseconds)


cdef inline bint lay_down(char *desk, list pieces, long long fd, long long offset) noexcept:
    return marque_lay_down(desk, pieces, fd, offset)


cdef inline long long serve(char *desk, long long work_fd, long long done_fd) noexcept:
    return marque_serve(desk, work_fd, done_fd)
