package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxManager.Fork;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// A copy of a sandbox' disk and what those that start with it have of the sandbox.
///
/// @param source the sandbox as it was copied
/// @param timeout how long they live
/// @param copy the id of the copy
/// @param make makes one
/// @param delete deletes the copy
record DiskFork(Sandbox source, Duration timeout, String copy, Function<CreateSandbox, Sandbox> make,
        Consumer<String> delete) implements Fork {

    @Override
    public Sandbox another(Claim claim) {
        return make.apply(new CreateSandbox(source.template(), source.owner(), timeout, source.onTimeout(),
                source.metadata(), source.environment(), source.network(), source.autoResume(), Optional.of(copy),
                claim));
    }

    @Override
    public void close() {
        delete.accept(copy);
    }
}
