/// HTTP/2 at the edges of the data plane (RFC 9113): a stream is seen as an HTTP/1.1 connection with one request, so that
/// what decides, relays and refuses is the same for both. The frames themselves are Netty's.
///
/// Starting points:
/// - [io.sandgate.proxy.http2.ClientStream] for requests that come in
/// - [io.sandgate.proxy.http2.SandboxStream] for requests that go out
/// - [io.sandgate.proxy.http2.FrameGuard] for clients that send frames and nothing in them
@NullMarked
package io.sandgate.proxy.http2;

import org.jspecify.annotations.NullMarked;
