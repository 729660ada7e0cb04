/// A whole cluster's replication in one thread, on virtual time: replicas that are paused, killed and restarted, over a
/// network that delays, loses, repeats and cuts.
///
/// Starting points:
/// - [io.sandgate.proxy.simulation.ClusterSimulationTest] runs seeds, and breaks the replication on purpose
/// - [io.sandgate.proxy.simulation.World] is one seed's cluster and schedule
@NullMarked
package io.sandgate.proxy.simulation;

import org.jspecify.annotations.NullMarked;
