package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.api.e2b.SandboxCommand.Connect;
import io.sandgate.api.e2b.SandboxCommand.Kill;
import io.sandgate.api.e2b.SandboxCommand.Logs;
import io.sandgate.api.e2b.SandboxCommand.Metrics;
import io.sandgate.api.e2b.SandboxCommand.Pause;
import io.sandgate.api.e2b.SandboxCommand.Refresh;
import io.sandgate.api.e2b.SandboxCommand.Resume;
import io.sandgate.api.e2b.SandboxCommand.SetEgress;
import io.sandgate.api.e2b.SandboxCommand.SetTimeout;
import io.sandgate.api.e2b.SandboxCommand.Show;
import io.sandgate.api.e2b.SandboxCommand.Snap;
import io.sandgate.api.e2b.SandboxCommand.Wake;
import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.SandboxManager.Connected;
import io.sandgate.sandbox.SandboxManager.Fork;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Calls on the sandboxes of this replica. Each blocks.
///
/// @param sandboxes the sandboxes
/// @param json how they are shown
/// @param timeouts those that they may have
record LocalSandboxes(SandboxManager sandboxes, SandboxJson json, Timeouts timeouts) {

    /// What forks are made from.
    ///
    /// @param copy to be closed
    /// @param size what each takes of a quota
    record ForkSource(Fork copy, TemplateInfo size) {}

    Reply create(CreateSandbox request) {
        return Reply.json(201, json.created(sandboxes.create(request)));
    }

    /// Carries out a command; nothing where the sandbox is not one of this replica.
    Optional<Reply> run(String id, String owner, SandboxCommand command) {
        return with(id, owner, sandbox -> run(sandbox, command));
    }

    /// A copy to make sandboxes from; nothing where the sandbox is not one of this replica.
    Optional<ForkSource> fork(String id, String owner, Duration timeout) {
        return with(id, owner,
                sandbox -> new ForkSource(sandboxes.fork(id, timeout), json.size(sandbox.template())));
    }

    private <T> Optional<T> with(String id, String owner, Function<Sandbox, T> call) {
        try {
            return sandboxes.find(id).map(sandbox -> {
                if (!sandbox.owner().equals(owner)) {
                    throw ApiException.noSuchSandbox(id);
                }
                return call.apply(sandbox);
            });
        } catch (SandboxException e) {
            // One message for all that is not there, or it would tell a foreign sandbox from a missing one.
            throw e.reason() == Reason.NOT_FOUND ? ApiException.noSuchSandbox(id) : e;
        }
    }

    /// What of this replica belongs to a page.
    ListPage list(String owner, ListQuery query) {
        List<ListEntry> entries = new ArrayList<>();
        int running = 0;
        for (Sandbox sandbox : sandboxes.list()) {
            ListedState state = ListedState.of(sandbox.state()).orElse(null);
            if (state == null || !sandbox.owner().equals(owner) || !matches(sandbox, state, query)) {
                continue;
            }
            running += state == ListedState.RUNNING ? 1 : 0;
            entries.add(new ListEntry(sandbox.startedAt(), sandbox.id(), json.listed(sandbox, state)));
        }
        return new ListPage(query.range().cut(entries), running);
    }

    /// Whether this replica has a sandbox, whoever's it is.
    boolean has(String id) {
        return sandboxes.find(id).isPresent();
    }

    /// What those of some sandboxes used last that are here, are a team's and were measured.
    ObjectNode lastUsage(String owner, Set<String> ids) {
        ObjectNode json = Json.object();
        for (String id : ids) {
            try {
                sandboxes.find(id).filter(sandbox -> sandbox.owner().equals(owner))
                        .filter(sandbox -> ListedState.of(sandbox.state()).isPresent())
                        .map(sandbox -> sandboxes.usage(id, 0, Long.MAX_VALUE)).filter(usages -> !usages.isEmpty())
                        .ifPresent(usages -> json.set(id, UsageJson.of(usages.getLast())));
            } catch (SandboxException e) {
                if (e.reason() != Reason.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return json;
    }

    private static boolean matches(Sandbox sandbox, ListedState state, ListQuery query) {
        return query.states().contains(state) && query.metadata().matches(sandbox.metadata())
                && (query.template() == null || query.template().equals(sandbox.template()))
                && (query.startedAfter() == null || sandbox.startedAt().isAfter(query.startedAfter()));
    }

    private Reply run(Sandbox sandbox, SandboxCommand command) {
        String id = sandbox.id();
        return switch (command) {
            case Show() -> Reply.json(200, json.detail(sandbox, visible(sandbox)));
            case Metrics(UsageSpan(long start, long end)) -> {
                visible(sandbox);
                yield Reply.json(200, UsageJson.of(sandboxes.usage(id, start, end)));
            }
            case Logs(LogQuery query) -> {
                visible(sandbox);
                yield Reply.json(200, LogJson.write(query.select(sandboxes.logs(id)), query.structured()));
            }
            case Kill() -> {
                sandboxes.kill(id);
                yield Reply.noContent();
            }
            case Pause(var memory) -> {
                sandboxes.pause(id, memory);
                yield Reply.noContent();
            }
            case SetTimeout(var timeout) -> {
                sandboxes.setTimeout(id, timeout);
                yield Reply.noContent();
            }
            case Refresh(var duration) -> {
                sandboxes.refresh(id, duration);
                yield Reply.noContent();
            }
            case Snap(var name) -> Reply.json(201, SnapshotJson.write(snapshot(id, name)));
            case SetEgress(var egress) -> {
                sandboxes.setEgress(id, egress);
                yield Reply.noContent();
            }
            case Connect(var timeout, var memory) -> {
                Connected connected = sandboxes.connect(id, timeout, memory);
                yield Reply.json(connected.resumed() ? 201 : 200, json.created(connected.sandbox()));
            }
            case Wake(var uid) -> {
                wake(sandbox, uid);
                yield Reply.noContent();
            }
            case Resume(var timeout) -> Reply.json(201, json.created(sandboxes.resume(id, timeout)));
        };
    }

    private Snapshot snapshot(String id, Optional<SnapshotRef> name) {
        name.map(SnapshotRef::word).filter(json::isTemplate).ifPresent(word -> {
            throw ApiException.invalid("name: " + word + " (expected: not the name of a template)");
        });
        return sandboxes.snapshot(id, name.map(SnapshotRef::name));
    }

    private void wake(Sandbox sandbox, String uid) {
        // what was paused without its memory starts anew, which only its maker may want
        if (!sandbox.autoResume() || sandbox.state() == SandboxState.STOPPED || !sandbox.uid().equals(uid)) {
            throw ApiException.noSuchSandbox(sandbox.id());
        }
        try {
            sandboxes.resume(sandbox.id(), timeouts.woken(sandbox.timeout()));
        } catch (SandboxException e) {
            boolean runs = sandboxes.find(sandbox.id()).map(Sandbox::state).equals(Optional.of(SandboxState.RUNNING));
            if (e.reason() != Reason.CONFLICT || !runs) {
                throw e;
            }
        }
    }

    private static ListedState visible(Sandbox sandbox) {
        return ListedState.of(sandbox.state()).orElseThrow(() -> ApiException.noSuchSandbox(sandbox.id()));
    }
}
