/// The command line: it runs replicas, and calls running ones over HTTP. The client commands load nothing of a server.
///
/// Starting points:
/// - [io.sandgate.api.cli.CommandLineTool]: all commands, and how their failures become messages and exit codes.
/// - [io.sandgate.api.cli.CliContext]: the world around a command.
/// - [io.sandgate.api.cli.ReplicaStarter]: where the composition root is plugged in.
@NullMarked
package io.sandgate.api.cli;

import org.jspecify.annotations.NullMarked;
