/// Who may take part in the cluster: the certificate that this replica shows, and the check of those that others show.
/// Knows TLS and certificates, but neither JGroups nor HTTP.
///
/// Starting points:
/// - [io.sandgate.membership.trust.Trust]: what a replica shows and whom it believes, now
/// - [io.sandgate.membership.trust.ClusterAuthority]: how a secret becomes certificates
/// - [io.sandgate.membership.trust.ChainCheck]: the rules for the certificates of others
@NullMarked
package io.sandgate.membership.trust;

import org.jspecify.annotations.NullMarked;
