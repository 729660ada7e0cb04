/// The lifecycle API that the E2B SDKs speak, and the calls between replicas that let any of them answer for any
/// sandbox. A call runs where its sandbox lives: here when this replica owns it, otherwise over the owner's peer
/// listener; a list gathers from all members.
///
/// Starting points:
/// - [io.sandgate.api.e2b.E2bApi]: the routers for the public and the peer listener
/// - [io.sandgate.api.e2b.SandboxCalls]: where one call runs
/// - [io.sandgate.api.e2b.ListCalls]: how a list comes together
@NullMarked
package io.sandgate.api.e2b;

import org.jspecify.annotations.NullMarked;
