/// `/files`: the bytes of a sandbox' files as envd's clients read and write them, streamed both ways.
///
/// Starting points:
/// - [io.sandgate.api.envd.files.FileCalls], the calls
/// - [io.sandgate.api.envd.files.MultipartReader] reads uploads of several files
@NullMarked
package io.sandgate.api.envd.files;

import org.jspecify.annotations.NullMarked;
