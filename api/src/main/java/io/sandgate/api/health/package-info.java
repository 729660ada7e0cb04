/// Whether this replica works: probes of its event loops and of its own listeners, asked with each heartbeat.
///
/// Starting points:
/// - [io.sandgate.api.health.HealthChecks] asks all probes, and knows how the last round ended
/// - [io.sandgate.api.health.EventLoopProbe] and [io.sandgate.api.health.ListenerProbes]: what is asked
@NullMarked
package io.sandgate.api.health;

import org.jspecify.annotations.NullMarked;
