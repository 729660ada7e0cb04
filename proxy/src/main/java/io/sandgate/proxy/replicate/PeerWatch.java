package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.sandgate.membership.MembershipListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the membership: sends to who is there, and fetches the routes of whoever became ready or came back.
///
/// A member's list of its own routes is taken only from when it says that it is ready: before, it may still be without
/// some of them, and what it does not list would be deleted here.
public final class PeerWatch implements MembershipListener {
    private static final Logger log = LoggerFactory.getLogger(PeerWatch.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final String self;
    private final PeerSync sync;
    private final Reconciler reconciler;
    private final Loop loop;
    /// The members that are there, as they are now. On the loop.
    private final Map<String, Member> present = new HashMap<>();
    /// The members whose routes are being fetched. On the loop.
    private final Map<String, Fetch> fetching = new HashMap<>();

    /// @param self the id of this replica, whose own changes mean nothing here
    public PeerWatch(String self, PeerSync sync, Reconciler reconciler, Loop loop) {
        this.self = self;
        this.sync = sync;
        this.reconciler = reconciler;
        this.loop = loop;
    }

    @Override
    public void changed(MembershipChange change) {
        if (!change.member().id().equals(self)) {
            loop.execute(() -> follow(change));
        }
    }

    /// Fetches from a member that said that it missed changes of ours, or that we missed some of its.
    public void fetchFrom(String member) {
        loop.execute(() -> {
            Member known = present.get(member);
            if (known != null) {
                fetch(known);
            }
        });
    }

    /// Done when everything that is being fetched at the moment of the call has been fetched, or its member is gone.
    public CompletionStage<Void> caughtUp() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> CompletableFuture
                .allOf(fetching.values().stream().map(fetch -> fetch.done).toArray(CompletableFuture[]::new))
                .minimalCompletionStage().whenComplete((ignored, error) -> done.complete(null)));
        return done;
    }

    private void follow(MembershipChange change) {
        Member member = change.member();
        switch (change) {
            case MembershipChange.Joined _,MembershipChange.Merged _ -> {
                present.put(member.id(), member);
                sync.join(member);
                fetch(member);
            }
            case MembershipChange.Updated _ -> {
                Member before = present.put(member.id(), member);
                sync.join(member);
                if (before == null || before.state() != MemberState.READY) {
                    fetch(member);
                }
            }
            case MembershipChange.Left _ -> {
                present.remove(member.id());
                sync.leave(member);
                Fetch abandoned = fetching.remove(member.id());
                if (abandoned != null) {
                    abandoned.done.complete(null);
                }
            }
        }
    }

    private void fetch(Member member) {
        if (member.state() == MemberState.READY) {
            fetching.computeIfAbsent(member.id(), Fetch::new).want();
        }
    }

    /// The fetching from one member, until a whole round has succeeded that began after the last wish for one. On the
    /// loop.
    private final class Fetch {
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final String id;
        private boolean busy;
        private boolean again;
        private boolean failed;

        Fetch(String id) {
            this.id = id;
        }

        void want() {
            if (busy) {
                again = true;
            } else {
                attempt();
            }
        }

        private void attempt() {
            Member member = present.get(id);
            if (fetching.get(id) != this || member == null) {
                return;
            }
            busy = true;
            again = false;
            reconciler.reconcile(member).whenComplete((ignored, error) -> loop.execute(() -> ended(error)));
        }

        private void ended(@Nullable Throwable error) {
            if (error != null) {
                if (fetching.get(id) == this) {
                    if (!failed) {
                        failed = true;
                        log.info("pull.failed peer={} error={} (trying again each second)", id,
                                Transience.unwrapped(error).toString());
                    }
                    loop.after(RETRY, this::attempt);
                }
            } else if (again) {
                attempt();
            } else if (fetching.remove(id, this)) {
                done.complete(null);
            }
        }
    }
}
