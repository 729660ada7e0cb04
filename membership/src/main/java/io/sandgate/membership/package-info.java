/// Who is in the cluster, who of them is healthy, and who owns what. JGroups finds the members, each announces itself with
/// every heartbeat that its own probes prove, and the rest is arithmetic. No type of JGroups is visible outside.
///
/// Starting points:
/// - [io.sandgate.membership.Membership]: what the other modules see
/// - [io.sandgate.membership.JGroupsMembership#join]: how a replica gets it
/// - [io.sandgate.membership.MemberTable]: the rules that decide who is visible
/// - [io.sandgate.membership.Vitals]: who is healthy, and who is dead
/// - [io.sandgate.membership.SweepRule] and [io.sandgate.membership.Ownership]: who does what for all
/// - [io.sandgate.membership.GroupStack]: the JGroups protocols, and why these
@NullMarked
package io.sandgate.membership;

import org.jspecify.annotations.NullMarked;
