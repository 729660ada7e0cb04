/// WebSocket on bytes: where the frames of a direction end (RFC 6455), as far as a tunnel needs to know it to end well. Nothing
/// here knows of sockets, routes or sandboxes.
///
/// Starting points:
/// - [io.sandgate.proxy.websocket.FrameFollower] follows one direction
/// - [io.sandgate.proxy.websocket.CloseFrame] ends one
@NullMarked
package io.sandgate.proxy.websocket;

import org.jspecify.annotations.NullMarked;
