/// The Connect protocol with the JSON codec, as a server speaks it over HTTP/1.1: unary calls, server streams and client
/// streams. It knows no procedure.
///
/// Starting points:
/// - [io.sandgate.api.envd.connect.ConnectServer] carries out one request
/// - [io.sandgate.api.envd.connect.Procedure], what it carries out
/// - [io.sandgate.api.envd.connect.EventStream], the answer of a server stream
@NullMarked
package io.sandgate.api.envd.connect;

import org.jspecify.annotations.NullMarked;
