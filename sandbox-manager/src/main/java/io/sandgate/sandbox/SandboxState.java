package io.sandgate.sandbox;

/// What a sandbox is doing. creating -> running -> pausing -> paused or stopped -> resuming -> running; any -> killing ->
/// gone.
public enum SandboxState {
    CREATING, RUNNING, PAUSING,
    /// Its processes are frozen.
    PAUSED,
    /// It has no processes, only its disk: it was paused without its memory.
    STOPPED, RESUMING, KILLING
}
