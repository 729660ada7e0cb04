package io.sandgate.api.e2b;

import io.sandgate.api.e2b.ListGather.Gathered;
import io.sandgate.membership.Member;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Finds out which replica has the snapshot that a client names: of several of one name the newest.
///
/// @param local the snapshots of this replica
/// @param workers where local calls block
/// @param others whom to ask
/// @param gather asks them
record SnapshotFinder(LocalSnapshots local, Workers workers, OtherReplicas others, ListGather gather) {

    /// Where replicas list their snapshots.
    static final String PATH = "/snapshots";

    /// A snapshot that is there.
    ///
    /// @param id its id
    /// @param keeper the replica that has it; empty for this one
    /// @param missing the members that did not say whether they have a newer one of that name
    record Found(String id, Optional<Member> keeper, List<String> missing) {}

    /// Fails when it is nowhere, or when not all could be asked about it.
    ///
    /// @param nowhere what to answer when no replica has it
    Future<Found> find(ApiRequest request, SnapshotRef ref, Supplier<ApiException> nowhere) {
        return workers.run(() -> local.page(request.owner(), SnapshotQuery.newest(ref))).compose(here -> {
            if (!here.entries().isEmpty() && ref.isId(here.entries().getFirst().id())) {
                return Future.succeededFuture(new Found(here.entries().getFirst().id(), Optional.empty(), List.of()));
            }
            List<Member> members = others.all();
            PeerRequest question = new PeerRequest(HttpMethod.GET, PATH,
                    request.asking(SnapshotQuery.newestText(ref)));
            return gather.ask(question, ListKind.SNAPSHOTS::page)
                    .map(gathered -> newest(here, gathered, members, ref, nowhere));
        });
    }

    private static Found newest(ListPage here, Gathered<ListPage> gathered, List<Member> members, SnapshotRef ref,
            Supplier<ApiException> nowhere) {
        List<ListEntry> found = here.with(gathered.parts().values(), ListRange.newest(1)).entries();
        if (found.isEmpty() && gathered.missing().isEmpty()) {
            throw nowhere.get();
        }
        if (found.isEmpty()) {
            throw ApiException.of(503, "Template or snapshot \"" + ref.word() + "\" is not known to this replica, and "
                    + String.join(", ", gathered.missing())
                    + " could not be asked. Try again, and check that replica if it stays so");
        }
        String id = found.getFirst().id();
        Optional<Member> keeper = members.stream().filter(member -> {
            ListPage page = gathered.parts().get(member.id());
            return page != null && page.entries().stream().anyMatch(entry -> entry.id().equals(id));
        }).findFirst();
        return new Found(id, keeper, ref.isId(id) ? List.of() : gathered.missing());
    }
}
