/// Who is in the cluster: JGroups finds the members, and each announces itself with its id and addresses once its own
/// peer listener has answered. No type of JGroups is visible outside.
///
/// Starting points:
/// - [io.sandgate.membership.Membership]: what the other modules see
/// - [io.sandgate.membership.JGroupsMembership#join]: how a replica gets it
/// - [io.sandgate.membership.MemberTable]: the rules that decide who is visible
/// - [io.sandgate.membership.GroupStack]: the JGroups protocols, and why these
@NullMarked
package io.sandgate.membership;

import org.jspecify.annotations.NullMarked;
