package io.sandgate.api.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows under headings, each column as wide as its widest cell; words for states are coloured on a terminal.
final class Table {

    private static final String GAP = "  ";
    private static final String RESET = "\033[0m";

    private final boolean colours;
    private final List<List<String>> rows = new ArrayList<>();

    Table(boolean colours, String... headings) {
        this.colours = colours;
        rows.add(List.of(headings));
    }

    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(Table::printable).toList());
    }

    void print(PrintWriter out) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                boolean last = column == widths.length - 1;
                line.append(column == 0 ? "" : GAP).append(colours ? coloured(cell) : cell)
                        .append(last ? "" : " ".repeat(widths[column] - cell.length()));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String coloured(String cell) {
        return switch (cell) {
            case "running", "ready", "available", "live" -> "\033[32m" + cell + RESET;
            case "paused", "joining", "draining", "creating", "waiting", "dialling", "hello", "queued", "identifying",
                    "resuming", "handing-over", "disconnected" ->
                "\033[33m" + cell + RESET;
            case "dead", "unhealthy", "fenced", "refused", "unowned" -> "\033[31m" + cell + RESET;
            default -> cell;
        };
    }

    /// The text without characters that could move the cursor or change the terminal; `-` for nothing.
    static String printable(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.isEmpty() ? "-" : clean;
    }
}
