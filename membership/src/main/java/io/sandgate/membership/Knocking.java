package io.sandgate.membership;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiPredicate;

/// Tries which of some cluster listeners take connections, all at once.
final class Knocking {
    private static final Duration WITHIN = Duration.ofSeconds(1);
    /// Enough to find one that is there.
    private static final int MOST = 100;

    private Knocking() {}

    /// Those that take a connection, without the own one; blocks for about two seconds at most.
    static List<InetSocketAddress> listening(List<InetSocketAddress> listeners, Endpoint own,
            BiPredicate<InetSocketAddress, Duration> isListening) {
        List<InetSocketAddress> others = listeners.stream().filter(at -> !isOwn(at, own)).distinct().limit(MOST)
                .toList();
        try (ExecutorService knocks = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> tasks = others.stream()
                    .<Callable<Boolean>>map(at -> () -> isListening.test(at, WITHIN)).toList();
            List<Future<Boolean>> answers = knocks.invokeAll(tasks);
            return others.stream().filter(at -> isTrue(answers.get(others.indexOf(at)))).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static boolean isTrue(Future<Boolean> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static boolean isOwn(InetSocketAddress at, Endpoint own) {
        try {
            return at.getPort() == own.port() && InetAddress.getByName(own.host()).equals(at.getAddress());
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
