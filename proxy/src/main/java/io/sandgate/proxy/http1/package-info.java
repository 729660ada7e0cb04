/// HTTP/1.1 on bytes: where the parts of a head are, and where a body ends. Strict, so that no other parser can read the same
/// bytes differently (RFC 9112). Nothing here knows of sockets, routes or sandboxes.
@NullMarked
package io.sandgate.proxy.http1;

import org.jspecify.annotations.NullMarked;
