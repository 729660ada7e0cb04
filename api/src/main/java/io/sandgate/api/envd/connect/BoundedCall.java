package io.sandgate.api.envd.connect;

import io.sandgate.api.envd.wire.CallBudget;
import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.Timers;
import io.sandgate.api.envd.wire.Timers.Timer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A call with one answer, on a thread of its own: interrupted when its time is over or its client is gone, since then
/// nobody waits for it.
final class BoundedCall {

    /// Does what is asked for.
    @FunctionalInterface
    interface Work {
        JsonObject run(CallHeaders headers) throws IOException;
    }

    private final HttpCall call;
    private final Reply reply;
    private final CallBudget budget;
    private final AtomicBoolean answered = new AtomicBoolean();
    /// Guarded by this, as is the next.
    private @Nullable Thread runner;
    private boolean givenUp;

    BoundedCall(HttpCall call, Reply reply, CallBudget budget) {
        this.call = call;
        this.reply = reply;
        this.budget = budget;
    }

    void start(ExecutorService workers, Timers timers, Duration maxWait, Work work) {
        CallHeaders headers;
        try {
            headers = CallHeaders.of(call);
        } catch (ConnectException e) {
            budget.release();
            reply.fail(e);
            return;
        }
        try {
            workers.execute(() -> run(headers, work));
        } catch (RejectedExecutionException e) {
            budget.release();
            reply.fail(new ConnectException(ConnectCode.UNAVAILABLE, "this replica is stopping"));
            return;
        }
        Timer timer = timers.after(headers.timeout().filter(asked -> asked.compareTo(maxWait) < 0).orElse(maxWait),
                () -> {
                    answer(() -> reply.fail(ConnectException.late()));
                    giveUp();
                });
        call.response().closeHandler(closed -> {
            timer.cancel();
            giveUp();
        });
        call.response().endHandler(ended -> timer.cancel());
    }

    private void run(CallHeaders headers, Work work) {
        try {
            if (begin()) {
                JsonObject result = work.run(headers);
                answer(() -> reply.succeed(result));
            }
        } catch (Exception | Error e) {
            answer(() -> reply.fail(Failures.of(e, call)));
        } finally {
            finish();
            budget.release();
        }
    }

    private void answer(Runnable answer) {
        if (answered.compareAndSet(false, true)) {
            answer.run();
        }
    }

    private synchronized boolean begin() {
        runner = Thread.currentThread();
        return !givenUp;
    }

    private synchronized void finish() {
        runner = null;
    }

    private synchronized void giveUp() {
        givenUp = true;
        if (runner != null) {
            runner.interrupt();
        }
    }
}
