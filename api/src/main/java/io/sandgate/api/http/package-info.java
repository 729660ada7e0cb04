/// What the HTTP faces share.
///
/// Starting points:
/// - [io.sandgate.api.http.Answers] writes JSON answers and errors
@NullMarked
package io.sandgate.api.http;

import org.jspecify.annotations.NullMarked;
