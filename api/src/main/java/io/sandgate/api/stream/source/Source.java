package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One kind of things whose state this replica tells, each with a subject of its own.
interface Source {

    /// How the subjects begin, with a slash.
    String prefix();

    /// The subjects of all that there is now.
    Set<String> subjects();

    /// What has to be told so that the log has a subject as it is now; empty when it has. Called under the lock of [Telling].
    ///
    /// @param told what the log has of it; null for nothing
    Optional<Event> correction(String subject, @Nullable Event told);
}
