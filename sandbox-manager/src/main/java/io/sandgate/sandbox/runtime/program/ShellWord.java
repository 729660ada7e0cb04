package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.util.List;
import java.util.stream.Collectors;

/// Text as one word of a shell script.
public final class ShellWord {

    private ShellWord() {}

    /// The text between single quotes, in which nothing but the quote itself means anything to a shell.
    ///
    /// @throws GuestException INVALID_ARGUMENT for a zero character, which no program can be given
    public static String of(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new GuestException(Code.INVALID_ARGUMENT,
                    "a command, argument or variable contains a zero character (expected: text without it)");
        }
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /// Words with blanks between them.
    public static String all(List<String> words) {
        return words.stream().map(ShellWord::of).collect(Collectors.joining(" "));
    }
}
