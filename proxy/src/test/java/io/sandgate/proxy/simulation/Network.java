package io.sandgate.proxy.simulation;

import io.sandgate.proxy.replicate.VirtualLoop;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The wires between the replicas: messages take their time, get lost, come twice, and pass no cut.
final class Network {
    private record Wire(String from, String to) {}

    private final VirtualLoop loop;
    private final SplittableRandom random;
    private final Map<String, @Nullable Node> nodes = new HashMap<>();
    private final Set<Wire> cuts = new HashSet<>();
    private double loss;

    Network(VirtualLoop loop, SplittableRandom random) {
        this.loop = loop;
        this.random = random;
    }

    /// The process at an address from now on; null when there is none.
    void attach(String id, @Nullable Node node) {
        nodes.put(id, node);
    }

    @Nullable
    Node at(String id) {
        return nodes.get(id);
    }

    void cut(String from, String to) {
        cuts.add(new Wire(from, to));
    }

    /// The share of messages that get lost from now on.
    void lose(double share) {
        loss = share;
    }

    void heal() {
        cuts.clear();
        loss = 0;
    }

    boolean isCut(String from, String to) {
        return cuts.contains(new Wire(from, to));
    }

    /// Whether a question gets from one to a running other, and the answer back.
    boolean connects(String one, String other) {
        Node there = nodes.get(other);
        return there != null && there.isRunning() && !isCut(one, other) && !isCut(other, one);
    }

    private boolean arrives(String from, String to) {
        return !isCut(from, to) && random.nextDouble() >= loss;
    }

    private Duration delay() {
        return Duration.ofNanos(
                1_000 * (random.nextInt(20) == 0 ? random.nextLong(300_000) : 200 + random.nextLong(3_000)));
    }

    /// Sends a message that nobody answers.
    void tell(Node from, String to, Consumer<Node> message) {
        if (arrives(from.id(), to)) {
            loop.after(delay(), () -> {
                Node there = nodes.get(to);
                if (there != null) {
                    there.execute(() -> message.accept(there));
                }
            });
        }
    }

    /// Asks, and answers the asker or lets it wait until its time is over. The question may arrive after that, or twice.
    <T extends @Nullable Object> CompletionStage<T> ask(Node from, String to, Duration timeout,
            Function<Node, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        from.after(timeout, () -> answer.completeExceptionally(new TimeoutException("no answer")));
        if (nodes.get(to) == null && !isCut(from.id(), to)) {
            from.after(Duration.ofMillis(1),
                    () -> answer.completeExceptionally(new ConnectException("refused")));
            return answer;
        }
        int copies = random.nextInt(50) == 0 ? 2 : 1;
        for (int copy = 0; copy < copies; copy++) {
            tell(from, to, there -> {
                T result;
                try {
                    result = question.apply(there);
                } catch (RuntimeException e) {
                    tell(there, from.id(), asker -> answer.completeExceptionally(e));
                    return;
                }
                tell(there, from.id(), asker -> answer.complete(result));
            });
        }
        return answer;
    }
}
