/// Tests of the replication of events.
@NullMarked
package io.sandgate.gateway.stream.replicate;

import org.jspecify.annotations.NullMarked;
