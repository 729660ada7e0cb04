package io.sandgate.sandbox;

/// What a sandbox is doing. creating -> running -> pausing -> paused -> resuming -> running; any -> killing -> gone.
public enum SandboxState {
    CREATING, RUNNING, PAUSING, PAUSED, RESUMING, KILLING
}
