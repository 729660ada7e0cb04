package io.sandgate.e2e.bench;

import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteJson.MalformedRouteException;
import io.sandgate.proxy.route.RouteTable;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/// A program that fills a route table as peers would, and prints what that took, as `name=value` lines.
final class RouteTableProbe {

    private static final int LENGTH = 20;
    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int WARM_UP = 50_000;
    private static final int ROUNDS = 7;
    private static final String DOMAIN = ".localhost:8080";

    private final int count;
    private final long nanosPerRound;
    private final Random random = new Random(42);
    private final RouteTable table = table();

    private RouteTableProbe(int count, long nanosPerRound) {
        this.count = count;
        this.nanosPerRound = nanosPerRound;
    }

    public static void main(String[] arguments) throws InterruptedException, MalformedRouteException {
        new RouteTableProbe(Integer.parseInt(arguments[0]), 1_000_000L * Integer.parseInt(arguments[1])).run();
    }

    private static RouteTable table() {
        return new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.64.0.0/10")), System::nanoTime);
    }

    private void run() throws InterruptedException, MalformedRouteException {
        byte[][] messages = new byte[count][];
        for (int i = 0; i < count; i++) {
            messages[i] = message();
        }
        // what the first routes load and intern is no route's
        RouteTable other = table();
        for (int i = 0; i < WARM_UP; i++) {
            apply(message(), other);
        }
        long before = usedAfterCollection();
        long start = System.nanoTime();
        for (byte[] message : messages) {
            apply(message, table);
        }
        long took = System.nanoTime() - start;
        long used = usedAfterCollection() - before;
        System.out.println("routes=" + table.size());
        System.out.println("bytesPerRoute=" + (double) used / count);
        System.out.println("messageBytes=" + messages[0].length);
        System.out.println("applyMicros=" + took / 1e3 / count);
        lookups(ids());
    }

    /// A route as a peer sends it.
    private byte[] message() {
        String id = word('i');
        return ("{\"namespace\":\"default\",\"name\":\"" + id + "\",\"id\":\"" + id + "\",\"uid\":\"" + word('u')
                + "\",\"owner\":\"team-a\",\"ip\":\"127." + (64 + random.nextInt(64)) + "." + random.nextInt(256) + "."
                + (1 + random.nextInt(254)) + "\",\"state\":\"running\",\"resourceVersion\":\""
                + ((1L << 40) + 1 + random.nextInt(1000)) + "\",\"authority\":\"replica-" + (1 + random.nextInt(3))
                + "\",\"requireTrafficAuth\":false}").getBytes(StandardCharsets.UTF_8);
    }

    private String word(char first) {
        StringBuilder word = new StringBuilder().append(first);
        for (int i = 0; i < LENGTH; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }

    private static void apply(byte[] message, RouteTable table) throws MalformedRouteException {
        if (!table.apply(Objects.requireNonNull(RouteJson.read(message))).isApplied()) {
            throw new IllegalStateException(new String(message, StandardCharsets.UTF_8));
        }
    }

    private static long usedAfterCollection() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private String[] ids() {
        String[] ids = new String[table.size()];
        int next = 0;
        for (Route route : table.routes()) {
            ids[next++] = route.id();
        }
        for (int i = ids.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            String id = ids[i];
            ids[i] = ids[other];
            ids[other] = id;
        }
        return ids;
    }

    private void lookups(String[] ids) throws InterruptedException {
        String[] known = Arrays.stream(ids).map(String::new).toArray(String[]::new);
        String[] unknown = Arrays.stream(ids).map(id -> id.replace(id.charAt(1), '_')).toArray(String[]::new);
        String[] hosts = Arrays.stream(ids).map(id -> "8000-" + id + DOMAIN).toArray(String[]::new);
        measure("hits", i -> found(table.find(known[i])));
        measure("misses", i -> found(table.find(unknown[i])));
        measure("fromHost", i -> found(table.find(hosts[i].substring(5, 5 + LENGTH + 1))));
        System.out.println("hitsTwoThreads=" + twoThreads(i -> found(table.find(known[i]))));
    }

    /// Something of what was found, so that the lookup cannot be left out.
    private static long found(@Nullable Route route) {
        return route == null ? 1 : route.ip().length();
    }

    private void measure(String name, IntToLongFunction lookup) {
        double[] rates = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            rates[round] = rate(lookup);
        }
        // the first rounds warm up
        double[] warm = Arrays.stream(rates).skip(2).sorted().toArray();
        System.out.println(name + "=" + warm[warm.length / 2]);
    }

    private double rate(IntToLongFunction lookup) {
        long start = System.nanoTime();
        long done = 0;
        long sum = 0;
        long elapsed = 0;
        while (elapsed < nanosPerRound) {
            for (int i = 0; i < count; i++) {
                sum += lookup.applyAsLong(i);
            }
            done += count;
            elapsed = System.nanoTime() - start;
        }
        if (sum == 0) {
            throw new IllegalStateException("nothing was looked up");
        }
        return done * 1e9 / elapsed;
    }

    private double twoThreads(IntToLongFunction lookup) throws InterruptedException {
        double[] rates = new double[2];
        CountDownLatch together = new CountDownLatch(1);
        Thread[] threads = new Thread[rates.length];
        for (int i = 0; i < threads.length; i++) {
            int slot = i;
            threads[i] = Thread.ofPlatform().start(() -> {
                try {
                    together.await();
                    rates[slot] = rate(lookup);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        together.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        return Arrays.stream(rates).sum();
    }
}
