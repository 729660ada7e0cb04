/// How one subscriber follows the log: a reader that writes what it finds to an outlet, and rests where there is no more.
///
/// Starting points: [io.sandgate.gateway.stream.pump.Pump], [io.sandgate.gateway.stream.pump.Parking].
@NullMarked
package io.sandgate.gateway.stream.pump;

import org.jspecify.annotations.NullMarked;
