@NullMarked
package io.sandgate.api.stream.source;

import org.jspecify.annotations.NullMarked;
