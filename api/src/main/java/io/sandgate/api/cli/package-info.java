/// The command line: it runs replicas, and calls running ones over HTTP. The client commands load nothing of a server.
///
/// Starting points:
/// - [io.sandgate.api.cli.CommandLineTool] runs what the arguments name: `serve` at once, all else by picocli.
/// - [io.sandgate.api.cli.CliContext]: the world around a command.
/// - [io.sandgate.api.cli.ReplicaStarter]: where the composition root is plugged in.
@NullMarked
package io.sandgate.api.cli;

import org.jspecify.annotations.NullMarked;
