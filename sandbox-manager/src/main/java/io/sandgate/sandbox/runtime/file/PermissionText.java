package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.FileStatus;

/// Kind and permissions in the letters of Go's `FileMode`, which envd shows: `-rw-r--r--`, `drwxr-xr-x`, `Lrwxrwxrwx`.
final class PermissionText {

    private static final String LETTERS = "rwxrwxrwx";

    private PermissionText() {}

    static String of(FileStatus status) {
        var text = new StringBuilder(kind(status));
        mark(text, status, 04000, 'u');
        mark(text, status, 02000, 'g');
        mark(text, status, 01000, 't');
        if (text.isEmpty()) {
            text.append('-');
        }
        for (int i = 0; i < LETTERS.length(); i++) {
            int bit = 1 << (LETTERS.length() - 1 - i);
            text.append((status.mode() & bit) != 0 ? LETTERS.charAt(i) : '-');
        }
        return text.toString();
    }

    private static String kind(FileStatus status) {
        return switch (status.kind()) {
            case 0x4000 -> "d";
            case 0xa000 -> "L";
            case 0x6000 -> "D";
            case 0x2000 -> "Dc";
            case 0x1000 -> "p";
            case 0xc000 -> "S";
            default -> "";
        };
    }

    private static void mark(StringBuilder text, FileStatus status, int bit, char letter) {
        if ((status.mode() & bit) != 0) {
            text.append(letter);
        }
    }
}
