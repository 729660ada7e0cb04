/// Replicas as processes, clients that call them, and the world around them: sandboxes that answer, peers that fail.
///
/// Starting points:
/// - [io.sandgate.e2e.harness.ClusterProcesses] is a cluster for a test class
/// - [io.sandgate.e2e.harness.ReplicaProcess] is one replica that can be stopped in every way
/// - [io.sandgate.e2e.harness.SandboxWorld] answers for `base` sandboxes, which have no process of their own
@NullMarked
package io.sandgate.e2e.harness;

import org.jspecify.annotations.NullMarked;
