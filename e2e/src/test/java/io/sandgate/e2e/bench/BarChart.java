package io.sandgate.e2e.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// Bars that lie below each other in groups, as SVG that reads well on a light and on a dark page.
final class BarChart {

    private static final int WIDTH = 760;
    private static final int NAMES = 200;
    private static final int FIGURES = 110;
    private static final int BAR = 15;
    private static final int STEP = 19;
    private static final int HEAD = 22;
    private static final int GAP = 10;
    private static final int OTHER_COLOUR = 4;
    private static final String STYLE = """
            text { font: 12px system-ui, sans-serif; fill: #24292f }
            .title { font-size: 15px; font-weight: 600 }
            .group { font-weight: 600 }
            .c0 { fill: #0969da } .c1 { fill: #2da44e } .c2 { fill: #8250df } .c3 { fill: #bf8700 } .c4 { fill: #6e7781 }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 }
              .c0 { fill: #58a6ff } .c1 { fill: #3fb950 } .c2 { fill: #bc8cff } .c3 { fill: #d29922 } .c4 { fill: #8b949e }
            }
            """;

    /// One bar.
    private record Bar(String name, double value, String figure) {}

    private final String title;
    private final List<String> coloured;
    private final boolean oneScale;
    private final Map<String, List<Bar>> groups = new LinkedHashMap<>();

    /// @param coloured the names that have a colour of their own
    /// @param oneScale whether bars of different groups can be compared
    BarChart(String title, List<String> coloured, boolean oneScale) {
        this.title = title;
        this.coloured = coloured;
        this.oneScale = oneScale;
    }

    String title() {
        return title;
    }

    /// Adds a bar.
    ///
    /// @param figure what stands behind it
    BarChart bar(String group, String name, double value, String figure) {
        if (Double.isFinite(value)) {
            groups.computeIfAbsent(group, key -> new ArrayList<>()).add(new Bar(name, Math.max(0, value), figure));
        }
        return this;
    }

    @Override
    public String toString() {
        double longest = longest(groups.values().stream().flatMap(List::stream));
        StringBuilder drawn = new StringBuilder();
        int y = 24;
        text(drawn, 0, y, "title", title);
        y += GAP;
        for (Map.Entry<String, List<Bar>> group : groups.entrySet()) {
            y += HEAD;
            text(drawn, 0, y, "group", group.getKey());
            y += STEP - BAR;
            double full = oneScale ? longest : longest(group.getValue().stream());
            for (Bar bar : group.getValue()) {
                double width = Math.max(1, (WIDTH - NAMES - FIGURES) * bar.value() / full);
                text(drawn, 12, y + BAR - 3, "name", bar.name());
                drawn.append(String.format(Locale.ROOT,
                        "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n",
                        colour(bar.name()), NAMES, y, width, BAR));
                text(drawn, (int) (NAMES + width + 6), y + BAR - 3, "figure", bar.figure());
                y += STEP;
            }
            y += GAP / 2;
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
                <title>%3$s</title>
                <style>
                %4$s</style>
                %5$s</svg>
                """.formatted(WIDTH, y + GAP, escaped(title), STYLE, drawn);
    }

    private int colour(String name) {
        return coloured.contains(name) ? coloured.indexOf(name) : OTHER_COLOUR;
    }

    private static double longest(Stream<Bar> bars) {
        return bars.mapToDouble(Bar::value).max().orElse(1);
    }

    private static void text(StringBuilder to, int x, int y, String kind, String words) {
        to.append(String.format(Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", kind, x, y,
                escaped(words)));
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;");
    }
}
