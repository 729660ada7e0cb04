package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

/// The one thread that waits for many open files at a time (epoll), for those kinds that Java cannot wait for: named
/// pipes, terminals and processes. Thread-safe.
///
/// Each registration is told once, and again only after it was armed again: so whoever cannot take more simply does not
/// arm. The thread starts with the first registration.
public final class Poller implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Poller.class);

    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int READABLE = 0x1;
    private static final int WRITABLE = 0x4;
    private static final int ONE_SHOT = 1 << 30;
    private static final int BATCH = 64;
    /// The kernel packs the structure on x86_64 only.
    private static final int EVENT_BYTES = Architecture.current() == Architecture.X86_64 ? 12 : 16;
    private static final int DATA_OFFSET = EVENT_BYTES - Long.BYTES;
    private static final long FOREVER = -1;
    private static final long WAKE = 0;

    private final String threadName;
    private final Descriptor epoll;
    private final Descriptor wake;
    private final Map<Long, Registration> registrations = new ConcurrentHashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicLong ids = new AtomicLong();
    private volatile boolean closed;
    private boolean started;

    /// What is waited for.
    public enum Interest {
        /// There are bytes, an end or an event to take.
        READ(READABLE),
        /// There is room to write.
        WRITE(WRITABLE);

        private final int bits;

        Interest(int bits) {
            this.bits = bits;
        }
    }

    /// One open file that is waited for.
    public final class Registration {

        private final long id;
        private final Descriptor descriptor;
        private final Interest interest;
        private final Runnable ready;

        private Registration(long id, Descriptor descriptor, Interest interest, Runnable ready) {
            this.id = id;
            this.descriptor = descriptor;
            this.interest = interest;
            this.ready = ready;
        }

        /// Waits for it anew. Does nothing after [#cancel].
        public void arm() {
            try {
                if (registrations.containsKey(id)) {
                    control(MODIFY, descriptor, interest.bits | ONE_SHOT, id);
                }
            } catch (IOException e) {
                log.debug("poller.not-armed descriptor={} reason={}", descriptor, e.toString());
            }
        }

        /// No longer waits for it. A call that is under way may still be made. To be called before the file is closed.
        public void cancel() {
            if (registrations.remove(id) == null) {
                return;
            }
            try {
                control(DELETE, descriptor, 0, id);
            } catch (IOException e) {
                log.debug("poller.not-removed descriptor={} reason={}", descriptor, e.toString());
            }
        }
    }

    /// @param threadName names the thread
    /// @throws UncheckedIOException when the kernel gives no more descriptors
    public Poller(String threadName) {
        this.threadName = threadName;
        try {
            this.epoll = new Descriptor(SystemCall.EPOLL_CREATE1.invoke(CLOSE_ON_EXEC));
            this.wake = new Descriptor(SystemCall.EVENTFD2.invoke(0, CLOSE_ON_EXEC));
            control(ADD, wake, READABLE, WAKE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits for an open file, which stays the caller's to close.
    ///
    /// @param ready runs on the poller's thread and must not block
    public Registration register(Descriptor descriptor, Interest interest, Runnable ready) throws IOException {
        start();
        Registration registration = new Registration(ids.incrementAndGet(), descriptor, interest, ready);
        registrations.put(registration.id, registration);
        try {
            control(ADD, descriptor, interest.bits | ONE_SHOT, registration.id);
        } catch (IOException e) {
            registrations.remove(registration.id);
            throw e;
        }
        return registration;
    }

    /// Runs something on the poller's thread; it must not block. After [#close] it may not run.
    public void execute(Runnable task) {
        start();
        tasks.add(task);
        wake();
    }

    @Override
    public void close() {
        closed = true;
        wake();
        epoll.close();
        wake.close();
    }

    private synchronized void start() {
        if (!started) {
            started = true;
            Thread.ofPlatform().name(threadName).daemon().start(this::run);
        }
    }

    private void wake() {
        try {
            wake.write(ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(1).flip());
        } catch (IOException e) {
            log.debug("poller.not-woken reason={}", e.toString());
        }
    }

    private void control(int operation, Descriptor descriptor, int events, long id) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
            event.set(JAVA_INT_UNALIGNED, 0, events);
            event.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, id);
            // held open meanwhile, since its number would soon be that of another file
            descriptor.use(number -> epoll.invoke(SystemCall.EPOLL_CTL, operation, number, event.address()));
        }
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) EVENT_BYTES * BATCH, Long.BYTES);
            while (!closed) {
                long count = epoll.invoke(SystemCall.EPOLL_PWAIT, events.address(), BATCH, FOREVER, 0, 0);
                for (long i = 0; i < count; i++) {
                    tell(events.get(JAVA_LONG_UNALIGNED, i * EVENT_BYTES + DATA_OFFSET));
                }
            }
        } catch (IOException e) {
            if (!closed) {
                log.error("poller.failed thread={}", threadName, e);
            }
        }
    }

    private void runTasks() throws IOException {
        wake.read(ByteBuffer.allocateDirect(Long.BYTES));
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void tell(long id) {
        Registration registration = registrations.get(id);
        try {
            if (registration != null) {
                registration.ready.run();
            } else if (id == WAKE) {
                runTasks();
            }
        } catch (ClosedChannelException e) {
            // by close(), which wakes the thread up to end
            log.debug("poller.closed thread={}", threadName);
        } catch (RuntimeException | IOException e) {
            // the others still need the thread
            log.error("poller.callback-failed thread={}", threadName, e);
        }
    }
}
