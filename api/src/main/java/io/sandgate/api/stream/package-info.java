/// The event stream as clients call it: `GET /events`.
///
/// Starting point: [io.sandgate.api.stream.StreamApi].
@NullMarked
package io.sandgate.api.stream;

import org.jspecify.annotations.NullMarked;
