package io.sandgate.proxy.forward;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.sandgate.proxy.route.RouteStates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The four kinds of calls of gRPC, by its own client and server, through the data plane.
@SuppressWarnings("NullAway.Init") // all is made before each test
class GrpcTest {
    private static final String SERVICE = "test.Echo";
    private static final MethodDescriptor<String, String> UNARY = method(MethodType.UNARY);
    private static final MethodDescriptor<String, String> SERVER_STREAM = method(MethodType.SERVER_STREAMING);
    private static final MethodDescriptor<String, String> CLIENT_STREAM = method(MethodType.CLIENT_STREAMING);
    private static final MethodDescriptor<String, String> BOTH_STREAM = method(MethodType.BIDI_STREAMING);

    private Rig rig;
    private Server server;
    private ManagedChannel channel;

    private static MethodDescriptor<String, String> method(MethodType type) {
        return MethodDescriptor.newBuilder(new Text(), new Text()).setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, type.name())).build();
    }

    @BeforeEach
    void start() throws IOException {
        String ip = RawSandbox.nextAddress();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral(ip), 0)).directExecutor()
                .addService(service()).build().start();
        rig = new Rig(draft -> draft.protocols = new PortProtocols(Set.of(server.getPort()), Set.of()));
        rig.put(rig.route("grpc", "u1", ip, RouteStates.RUNNING));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", rig.port()).usePlaintext()
                .overrideAuthority(server.getPort() + "-grpc.localhost").build();
    }

    @AfterEach
    void close() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        rig.close();
    }

    private static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, answers) -> {
                    if (request.equals("fail")) {
                        answers.onError(Status.NOT_FOUND.withDescription("no such thing").asRuntimeException());
                    } else {
                        answers.onNext(request + "!");
                        answers.onCompleted();
                    }
                })).addMethod(SERVER_STREAM, ServerCalls.asyncServerStreamingCall((request, answers) -> {
                    for (int i = 0; i < 3; i++) {
                        answers.onNext(request + i);
                    }
                    answers.onCompleted();
                })).addMethod(CLIENT_STREAM, ServerCalls.asyncClientStreamingCall(answers -> each(answers, false)))
                .addMethod(BOTH_STREAM, ServerCalls.asyncBidiStreamingCall(answers -> each(answers, true))).build();
    }

    /// Answers each message at once, or all of them in one at the end.
    private static StreamObserver<String> each(StreamObserver<String> answers, boolean atOnce) {
        List<String> all = new ArrayList<>();
        return new StreamObserver<>() {
            @Override
            public void onNext(String message) {
                all.add(message);
                if (atOnce) {
                    answers.onNext(message + "!");
                }
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {
                if (!atOnce) {
                    answers.onNext(String.join("+", all));
                }
                answers.onCompleted();
            }
        };
    }

    @Test
    void unaryCall_isAnswered() {
        assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, "a")).isEqualTo("a!");
    }

    @Test
    void unaryCall_aLargeMessage_isAnswered() {
        String large = "x".repeat(3 * 1024 * 1024);

        assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, large)).isEqualTo(large + "!");
    }

    @Test
    void unaryCall_thatFails_hasItsStatus() {
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, "fail"))
                .isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
                    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                    assertThat(error.getStatus().getDescription()).isEqualTo("no such thing");
                });
    }

    @Test
    void serverStreamingCall_isAnswered() {
        Iterator<String> answers = ClientCalls.blockingServerStreamingCall(channel, SERVER_STREAM, CallOptions.DEFAULT,
                "a");

        assertThat(answers).toIterable().containsExactly("a0", "a1", "a2");
    }

    @Test
    void clientStreamingCall_isAnswered() throws Exception {
        Answers answers = new Answers();
        StreamObserver<String> messages = ClientCalls
                .asyncClientStreamingCall(channel.newCall(CLIENT_STREAM, CallOptions.DEFAULT), answers);
        messages.onNext("a");
        messages.onNext("b");
        messages.onCompleted();

        assertThat(answers.all()).containsExactly("a+b");
    }

    @Test
    void bothStreamingCall_isAnsweredMessageByMessage() throws Exception {
        Answers answers = new Answers();
        StreamObserver<String> messages = ClientCalls
                .asyncBidiStreamingCall(channel.newCall(BOTH_STREAM, CallOptions.DEFAULT), answers);
        messages.onNext("a");
        answers.first().get(10, TimeUnit.SECONDS);
        messages.onNext("b");
        messages.onCompleted();

        assertThat(answers.all()).containsExactly("a!", "b!");
    }

    /// What a call was answered.
    private static final class Answers implements StreamObserver<String> {
        private final List<String> messages = new ArrayList<>();
        private final CompletableFuture<String> first = new CompletableFuture<>();
        private final CompletableFuture<List<String>> whole = new CompletableFuture<>();

        CompletableFuture<String> first() {
            return first;
        }

        List<String> all() throws Exception {
            return whole.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(String message) {
            messages.add(message);
            first.complete(message);
        }

        @Override
        public void onError(Throwable error) {
            whole.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            whole.complete(messages);
        }
    }

    /// Messages are text.
    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
