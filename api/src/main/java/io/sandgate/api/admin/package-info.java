/// The admin listener: health, readiness, metrics and what this replica sees of the cluster.
///
/// Starting points:
/// - [io.sandgate.api.admin.AdminApi] mounts the calls on a router
/// - [io.sandgate.api.admin.ClusterView] is what `GET /cluster` answers
@NullMarked
package io.sandgate.api.admin;

import org.jspecify.annotations.NullMarked;
