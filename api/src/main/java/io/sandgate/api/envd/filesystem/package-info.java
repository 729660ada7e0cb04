/// `filesystem.Filesystem`: the files of a sandbox as envd's clients list, move and watch them.
///
/// Starting points:
/// - [io.sandgate.api.envd.filesystem.FilesystemService], its procedures
/// - [io.sandgate.api.envd.filesystem.Watchers], the watches of one sandbox
@NullMarked
package io.sandgate.api.envd.filesystem;

import org.jspecify.annotations.NullMarked;
