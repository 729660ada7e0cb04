package io.sandgate.api.e2b;

/// What callers see of a configured template.
///
/// @param name its id and its alias
/// @param cpuCount processors of a sandbox
/// @param memoryMb memory of a sandbox, in MiB
/// @param diskSizeMb disk of a sandbox, in MiB
public record TemplateInfo(String name, int cpuCount, int memoryMb, int diskSizeMb) {}
