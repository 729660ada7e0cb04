/// The programs that callers run in a sandbox.
///
/// Implementation note. The first process of a sandbox is a shell that runs the script `agent.sh`; it starts what the
/// replica asks for, so that each program is within the sandbox from its first instruction: its namespaces, its filter of
/// system calls and its limits are inherited and never entered from outside. What a program writes goes through named
/// pipes, which a replica that comes back opens again.
///
/// Starting points:
/// - [io.sandgate.sandbox.runtime.program.GuestPrograms], the programs of one sandbox
/// - [io.sandgate.sandbox.runtime.program.RunningProgram], one of them
/// - [io.sandgate.sandbox.runtime.program.ProgramScript], how it is started
@NullMarked
package io.sandgate.sandbox.runtime.program;

import org.jspecify.annotations.NullMarked;
