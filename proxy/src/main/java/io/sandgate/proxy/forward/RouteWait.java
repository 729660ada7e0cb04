package io.sandgate.proxy.forward;

import io.netty.util.concurrent.ScheduledFuture;
import io.sandgate.proxy.forward.ConnectionBudget.Share;
import io.sandgate.proxy.route.Route;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Why a request cannot be forwarded at once, and what becomes of that: a route that is not known is asked for, a sandbox that
/// is paused is woken, each once. Confined to the client's event loop.
final class RouteWait {

    /// Whose request waits.
    interface Asker {
        /// The request may go there.
        void admitted(Route route);

        /// It may not.
        void refused(Refusal refusal);
    }

    private final LoopResources loop;
    private final Target.Sandbox target;
    private final @Nullable String token;
    private final Asker asker;
    private @Nullable ScheduledFuture<?> timer;
    /// The share of the budget that the request takes from while it waits.
    private @Nullable Share held;
    private boolean asked;
    private boolean woken;

    RouteWait(LoopResources loop, Target.Sandbox target, @Nullable String token, Asker asker) {
        this.loop = loop;
        this.target = target;
        this.token = token;
        this.asker = asker;
    }

    /// @param found what the id leads to, as far as that is known
    void begin(@Nullable Route found) {
        switch (Admission.of(found, target, token, loop.tokens())) {
            case Admission.Forward forward -> asker.admitted(forward.route());
            case Admission.Refuse refuse -> asker.refused(refuse.refusal());
            case Admission.Unknown _ when asked -> asker.refused(Refusal.notFound(target.id()));
            case Admission.Unknown _ -> ask();
            case Admission.Paused _ when woken -> asker.refused(Refusal.notWoken(target.id()));
            case Admission.Paused paused -> wake(paused.route());
        }
    }

    private void ask() {
        asked = true;
        waitFor(loop.lookup().ask(target.id()), loop.settings().askTimeout(), route -> {
            Route known = loop.lookup().find(target.id());
            begin(known == null ? route : known);
        });
    }

    private void wake(Route paused) {
        woken = true;
        Share share = loop.budget().join(paused.uid());
        Refusal full = loop.pools().take(share, paused);
        if (full != null) {
            loop.budget().leave(share);
            asker.refused(full);
            return;
        }
        held = share;
        waitFor(loop.waker().wake(paused), loop.settings().wakeTimeout(), awake -> {
            if (awake == null) {
                asker.refused(Refusal.notWoken(target.id()));
            } else if (awake) {
                begin(loop.lookup().find(target.id()));
            } else {
                asker.refused(Refusal.paused(target.id()));
            }
        });
    }

    /// @param then what to do on the event loop afterwards, with null after a failure or the time for it
    private <T> void waitFor(CompletionStage<@Nullable T> stage, Duration longest,
            Consumer<@Nullable T> then) {
        ScheduledFuture<?> late = loop.eventLoop().schedule(() -> {
            end();
            then.accept(null);
        }, longest.toMillis(), TimeUnit.MILLISECONDS);
        timer = late;
        stage.whenComplete((result, _) -> loop.eventLoop().execute(() -> {
            if (late.cancel(false)) {
                end();
                then.accept(result);
            }
        }));
    }

    /// The request waits no longer.
    void end() {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            timer = null;
            running.cancel(false);
        }
        Share share = held;
        if (share != null) {
            held = null;
            loop.budget().giveBack(share);
            loop.budget().leave(share);
        }
    }
}
