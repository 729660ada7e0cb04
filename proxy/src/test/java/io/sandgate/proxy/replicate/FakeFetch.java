package io.sandgate.proxy.replicate;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.proxy.route.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Pretended peers that are asked for routes, on virtual time.
///
/// A list is what the peer had when the request arrived, and reaches the asker route by route over the whole delay.
public final class FakeFetch implements RouteFetch {

    /// What a peer answers.
    ///
    /// @param routes what it has when it is asked
    /// @param delay how long it takes
    /// @param error what its answer ends with instead of a success
    public record Answer(Supplier<? extends Iterable<Route>> routes, Duration delay, @Nullable Throwable error) {}

    private final VirtualLoop loop;
    private final Map<Endpoint, Answer> answers = new HashMap<>();
    private final List<Endpoint> lists = new ArrayList<>();
    private final List<Endpoint> questions = new ArrayList<>();
    private int open;
    private int peakOpen;

    public FakeFetch(VirtualLoop loop) {
        this.loop = loop;
    }

    /// What a peer answers from now on.
    public void answer(Member peer, Supplier<? extends Iterable<Route>> routes, long millis) {
        answers.put(peer.peer(), new Answer(routes, Duration.ofMillis(millis), null));
    }

    /// What a peer fails with from now on, after it gave some of its routes.
    public void fail(Member peer, List<Route> routes, long millis, Throwable error) {
        answers.put(peer.peer(), new Answer(() -> routes, Duration.ofMillis(millis), error));
    }

    /// The peers that were asked for lists, in order.
    public List<Endpoint> lists() {
        return lists;
    }

    /// The peers that were asked for single routes, in order.
    public List<Endpoint> questions() {
        return questions;
    }

    /// Questions that are open now.
    public int open() {
        return open;
    }

    /// The most questions that were open at once.
    public int peakOpen() {
        return peakOpen;
    }

    private Answer to(Endpoint peer) {
        Answer answer = answers.get(peer);
        if (answer == null) {
            throw new IllegalStateException("nobody at " + peer);
        }
        return answer;
    }

    @Override
    public CompletionStage<Void> routes(Member peer, String authority, Consumer<Route> each) {
        lists.add(peer.peer());
        Answer answer = to(peer.peer());
        List<Route> listed = new ArrayList<>();
        answer.routes().get().forEach(listed::add);
        CompletableFuture<Void> done = new CompletableFuture<>();
        for (int i = 0; i < listed.size(); i++) {
            Route route = listed.get(i);
            loop.after(answer.delay().multipliedBy(i + 1L).dividedBy(listed.size() + 1L), () -> each.accept(route));
        }
        loop.after(answer.delay(), () -> {
            if (answer.error() == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(answer.error());
            }
        });
        return done;
    }

    @Override
    public CompletionStage<@Nullable Route> route(Endpoint peer, String id) {
        questions.add(peer);
        Answer answer = to(peer);
        peakOpen = Math.max(peakOpen, ++open);
        CompletableFuture<@Nullable Route> done = new CompletableFuture<>();
        Route found = null;
        for (Route route : answer.routes().get()) {
            if (route.id().equals(id)) {
                found = route;
            }
        }
        Route result = found;
        loop.after(answer.delay(), () -> {
            open--;
            if (answer.error() == null) {
                done.complete(result);
            } else {
                done.completeExceptionally(answer.error());
            }
        });
        return done;
    }
}
