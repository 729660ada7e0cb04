package io.sandgate.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A table whose columns stand one below the other in plain text too.
final class MarkdownTable {

    private final List<List<String>> rows = new ArrayList<>();

    MarkdownTable(String... heads) {
        rows.add(List.of(heads));
    }

    MarkdownTable row(Object... cells) {
        rows.add(List.of(cells).stream().map(String::valueOf).toList());
        return this;
    }

    /// Milliseconds as a cell.
    static String ms(double value) {
        return String.format("%.1f ms", value);
    }

    /// Microseconds as a cell.
    static String us(double value) {
        return String.format(value < 100 ? "%.1f us" : "%,.0f us", value);
    }

    /// A ratio as a cell, which is empty when there is nothing to compare with.
    static String times(double value) {
        return Double.isNaN(value) ? "" : String.format("%.2f", value);
    }

    /// A count as a cell.
    static String whole(long value) {
        return String.format("%,d", value);
    }

    /// A figure without its fraction as a cell.
    static String whole(double value) {
        return String.format("%,.0f", value);
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private String line(List<String> cells) {
        return IntStream.range(0, cells.size()).mapToObj(i -> String.format("%-" + width(i) + "s", cells.get(i)))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(line(rows.getFirst()));
        text.append(line(IntStream.range(0, rows.getFirst().size()).mapToObj(i -> "-".repeat(width(i))).toList()));
        rows.stream().skip(1).forEach(row -> text.append(line(row)));
        return text.toString();
    }
}
