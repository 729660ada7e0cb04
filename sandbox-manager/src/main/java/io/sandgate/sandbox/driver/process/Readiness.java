package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.driver.Launch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The wait for a sandbox that has just been started.
final class Readiness {

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
    private static final int CONNECT_MILLIS = 250;

    private final Duration timeout;
    private final Duration settle;

    /// @param timeout how long the port may take to answer
    /// @param settle how long a command without a port is watched for an early end
    Readiness(Duration timeout, Duration settle) {
        this.timeout = timeout;
        this.settle = settle;
    }

    /// Makes sure that nobody else answers at the port: a listener on all addresses would.
    void requireFree(Launch launch) {
        int port = launch.template().readyPort();
        if (port > 0 && answers(launch)) {
            throw new DriverException(Reason.START_FAILED,
                    "template " + launch.template().name() + ": port " + port + " at " + launch.address()
                            + " already answers: a program on this machine listens on port " + port
                            + " of all addresses; stop it or give the template another port");
        }
    }

    /// Waits until the sandbox's port answers; for a template without one, until the command has not ended at once.
    ///
    /// @param exit the exit code of the command, when it ends
    /// @param alive whether the sandbox has living processes
    /// @param lastLines what the sandbox wrote last, for the message of a failure
    void await(Launch launch, CompletableFuture<Integer> exit, BooleanSupplier alive, Supplier<String> lastLines) {
        int port = launch.template().readyPort();
        Rounds rounds = new Rounds(port > 0 ? timeout : settle, LONGEST_PAUSE);
        while (port == 0 || !answers(launch)) {
            // A command may leave others running and end: then these are waited for.
            if (exit.isDone() && !alive.getAsBoolean()) {
                throw new DriverException(Reason.START_FAILED,
                        "template " + launch.template().name() + ": the command ended with exit code " + exit.getNow(-1)
                                + " before it was ready" + lastLines.get());
            }
            long nanos = rounds.nextNanos();
            if (nanos <= 0) {
                break;
            }
            pause(exit.isDone() ? new CompletableFuture<>() : exit, nanos);
        }
        if (port > 0 && !answers(launch)) {
            throw new DriverException(Reason.START_FAILED,
                    "template " + launch.template().name() + ": port " + port + " at " + launch.address()
                            + " did not answer within " + timeout.toMillis()
                            + " ms: make the command listen there ({ip} in the template stands for the address), "
                            + "correct the template's ready-port, or raise sandgate.sandbox.start-timeout"
                            + lastLines.get());
        }
    }

    private static void pause(CompletableFuture<Integer> exit, long nanos) {
        try {
            exit.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException(Reason.START_FAILED, "interrupted during the start", e);
        } catch (ExecutionException e) {
            throw new DriverException(Reason.FAILED, "the command could not be watched: " + e, e);
        }
    }

    private static boolean answers(Launch launch) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(Addresses.inet(Addresses.parse(launch.address())),
                    launch.template().readyPort()), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
