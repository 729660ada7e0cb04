package io.sandgate.proxy.replicate;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A pretended network with peers that behave as they are told, on virtual time.
///
/// Each peer holds what it was told in a [RouteTable]. The transport keeps its promise to give a request up after its
/// timeout, unless a behaviour is deaf to it.
public final class FakePeers implements PeerTransport {

    /// A request as it arrives at a peer.
    ///
    /// @param at virtual milliseconds
    /// @param number how many requests that peer got before, plus one
    public record Request(Member peer, List<Route> routes, boolean reconcile, Duration timeout, long at, int number) {}

    /// What a peer does with one request.
    ///
    /// @param appliedAfter when it takes the routes, or null if it never does
    /// @param answeredAfter when it answers, or null if it never does
    /// @param error what the answer is instead of a success
    /// @param deaf whether the request stays open beyond its timeout
    public record Reaction(@Nullable Duration appliedAfter, @Nullable Duration answeredAfter, @Nullable Throwable error,
            boolean deaf) {}

    /// How a peer reacts to each request.
    @FunctionalInterface
    public interface Behaviour {
        Reaction to(Request request);

        /// Behaves like this for so many requests, and then otherwise.
        default Behaviour times(int requests, Behaviour then) {
            int[] left = {requests};
            return request -> left[0]-- > 0 ? to(request) : then.to(request);
        }
    }

    /// Applies and answers after a delay, if the request is still open.
    public static Behaviour answer(Duration delay) {
        return request -> new Reaction(delay, delay, null, false);
    }

    /// Applies and answers after so many milliseconds.
    public static Behaviour answer(long millis) {
        return answer(Duration.ofMillis(millis));
    }

    /// Never answers.
    public static Behaviour hang() {
        return request -> new Reaction(null, null, null, false);
    }

    /// Never answers, and the transport does not give up either.
    public static Behaviour hangDeaf() {
        return request -> new Reaction(null, null, null, true);
    }

    /// Refuses the connection at once.
    public static Behaviour refuse() {
        return fail(new ConnectException("refused"));
    }

    /// Fails at once.
    public static Behaviour fail(Throwable error) {
        return request -> new Reaction(null, Duration.ZERO, error, false);
    }

    /// Answers with a status that is no success, after a millisecond.
    public static Behaviour status(int status) {
        return request -> new Reaction(null, Duration.ofMillis(1),
                new PeerRefusedException(request.peer().id(), status),
                false);
    }

    /// Applies after a millisecond, and the answer is lost.
    public static Behaviour loseReply() {
        return request -> new Reaction(Duration.ofMillis(1), null, null, false);
    }

    /// Applies and answers after a delay, although the request may have been given up by then.
    public static Behaviour answerDeaf(Duration delay) {
        return request -> new Reaction(delay, delay, null, true);
    }

    private final class Peer {
        private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
                AddressRanges.of(List.of("127.64.0.0/10")), loop::nanoTime);
        private final List<Request> requests = new ArrayList<>();
        private Behaviour behaviour = answer(2);
        private int inFlight;
        private int peakInFlight;
    }

    private final VirtualLoop loop;
    private final Map<String, Peer> peers = new TreeMap<>();
    private BiConsumer<Member, RouteTable> reconciler = (member, table) -> {};
    private int inFlight;
    private int peakInFlight;

    public FakePeers(VirtualLoop loop) {
        this.loop = loop;
    }

    /// A member `p<number>` in its first incarnation.
    public static Member member(int number) {
        return member("p" + number, 1);
    }

    /// A ready member.
    public static Member member(String id, long incarnation) {
        return new Member(id, incarnation, new Endpoint(id + ".test", 7789), new Endpoint(id + ".test", 8080),
                MemberState.READY);
    }

    /// The members `p1` to `p<count>`.
    public static List<Member> members(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(FakePeers::member).toList();
    }

    /// Changes how a peer reacts from now on.
    public void behave(Member peer, Behaviour behaviour) {
        peer(peer.id()).behaviour = behaviour;
    }

    /// What a peer does when it is told to fetch.
    public void onReconcile(BiConsumer<Member, RouteTable> fetch) {
        reconciler = fetch;
    }

    /// Begins a new life of a peer, which has forgotten everything.
    public void restart(Member peer) {
        Peer before = peers.remove(peer.id());
        if (before != null) {
            peer(peer.id()).behaviour = before.behaviour;
        }
    }

    /// What a peer holds.
    public RouteTable table(Member peer) {
        return peer(peer.id()).table;
    }

    /// The requests that a peer got.
    public List<Request> requests(Member peer) {
        return peer(peer.id()).requests;
    }

    /// The requests with routes that a peer got.
    public List<Request> pushes(Member peer) {
        return requests(peer).stream().filter(request -> !request.routes().isEmpty()).toList();
    }

    /// Forgets the requests that these peers got.
    public void forget(Collection<Member> members) {
        members.forEach(member -> peer(member.id()).requests.clear());
        peakInFlight = inFlight;
        peers.values().forEach(peer -> peer.peakInFlight = peer.inFlight);
    }

    /// Requests that are open now, at all peers.
    public int inFlight() {
        return inFlight;
    }

    /// Requests that are open now at one peer.
    public int inFlight(Member peer) {
        return peer(peer.id()).inFlight;
    }

    /// The most requests that were open at once, at all peers.
    public int peakInFlight() {
        return peakInFlight;
    }

    /// The most requests that were open at once at one peer.
    public int peakInFlight(Member peer) {
        return peer(peer.id()).peakInFlight;
    }

    private Peer peer(String id) {
        return peers.computeIfAbsent(id, unknown -> new Peer());
    }

    @Override
    public CompletionStage<Integer> send(Member member, List<EncodedRoute> batch, boolean reconcile, Duration timeout) {
        Peer peer = peer(member.id());
        Request request = new Request(member, batch.stream().map(EncodedRoute::route).toList(), reconcile, timeout,
                loop.millis(), peer.requests.size() + 1);
        peer.requests.add(request);
        Reaction reaction = peer.behaviour.to(request);
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        count(peer, answer);
        if (reaction.appliedAfter() != null && (reaction.deaf() || reaction.appliedAfter().compareTo(timeout) <= 0)) {
            loop.after(reaction.appliedAfter(), () -> apply(member, peer, request));
        }
        if (reaction.answeredAfter() != null) {
            loop.after(reaction.answeredAfter(), () -> {
                if (reaction.error() == null) {
                    answer.complete(0);
                } else {
                    answer.completeExceptionally(reaction.error());
                }
            });
        }
        if (!reaction.deaf()) {
            loop.after(timeout, () -> answer.completeExceptionally(new TimeoutException("transport")));
        }
        return answer;
    }

    private void apply(Member member, Peer peer, Request request) {
        if (peers.get(member.id()) != peer) {
            return;
        }
        request.routes().forEach(peer.table::apply);
        if (request.reconcile()) {
            reconciler.accept(member, peer.table);
        }
    }

    private void count(Peer peer, CompletableFuture<Integer> answer) {
        peakInFlight = Math.max(peakInFlight, ++inFlight);
        peer.peakInFlight = Math.max(peer.peakInFlight, ++peer.inFlight);
        answer.minimalCompletionStage().whenComplete((ignored, error) -> {
            inFlight--;
            peer.inFlight--;
        });
    }
}
