package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Programs.Spec;

/// Bounds the programs of one sandbox, and what this replica keeps of what they were started with. Thread-safe.
final class ProgramBudget {

    /// Characters of all programs that run: the kernel takes about 2 million for one.
    static final long MOST_CHARACTERS = 32 << 20;
    static final int LONGEST_TAG = 1024;

    private final int maxPrograms;
    private int programs;
    private long characters;

    ProgramBudget(int maxPrograms) {
        this.maxPrograms = maxPrograms;
    }

    /// How many run.
    synchronized int programs() {
        return programs;
    }

    /// Takes the place of a program that is to be started.
    ///
    /// @throws GuestException RESOURCE_EXHAUSTED when there is none; INVALID_ARGUMENT for a tag that is too long
    synchronized void take(Spec spec) {
        if (spec.tag().length() > LONGEST_TAG) {
            throw new GuestException(Code.INVALID_ARGUMENT,
                    "tag: " + spec.tag().length() + " characters (expected: at most " + LONGEST_TAG + ")");
        }
        if (programs >= maxPrograms) {
            throw new GuestException(Code.RESOURCE_EXHAUSTED, "programs: " + maxPrograms
                    + " run in this sandbox already (sandgate.sandbox.max-programs)");
        }
        if (characters + length(spec) > MOST_CHARACTERS) {
            throw new GuestException(Code.RESOURCE_EXHAUSTED,
                    "the words and variables of the programs that run in this "
                            + "sandbox: more than " + MOST_CHARACTERS
                            + " characters (expected: fewer; end a program first)");
        }
        takeAnyway(spec);
    }

    /// Takes the place of a program that runs already.
    synchronized void takeAnyway(Spec spec) {
        programs++;
        characters += length(spec);
    }

    synchronized void giveBack(Spec spec) {
        programs--;
        characters -= length(spec);
    }

    private static long length(Spec spec) {
        long length = (long) spec.command().length() + spec.workingDirectory().length() + spec.user().length();
        for (String argument : spec.arguments()) {
            length += argument.length();
        }
        for (var variable : spec.environment().entrySet()) {
            length += (long) variable.getKey().length() + variable.getValue().length();
        }
        return length;
    }
}
