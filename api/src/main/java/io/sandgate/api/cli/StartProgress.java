package io.sandgate.api.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How far each replica is: in place on a terminal, and one line for each change otherwise.
final class StartProgress {

    private final PrintWriter out;
    private final boolean terminal;
    private final List<String> ids;
    private List<ReplicaProcess.Phase> shown = List.of();

    StartProgress(PrintWriter out, boolean terminal, List<String> ids) {
        this.out = out;
        this.terminal = terminal;
        this.ids = List.copyOf(ids);
    }

    void show(List<ReplicaProcess.Phase> phases) {
        if (terminal) {
            redraw(phases);
        } else {
            for (int i = 0; i < ids.size(); i++) {
                if (shown.isEmpty() || shown.get(i) != phases.get(i)) {
                    out.println(line(i, phases));
                }
            }
        }
        out.flush();
        shown = new ArrayList<>(phases);
    }

    private void redraw(List<ReplicaProcess.Phase> phases) {
        if (!shown.isEmpty()) {
            out.print("\033[" + ids.size() + "A");
        }
        for (int i = 0; i < ids.size(); i++) {
            out.print("\r\033[K" + line(i, phases) + "\n");
        }
    }

    private String line(int index, List<ReplicaProcess.Phase> phases) {
        return "  " + ids.get(index) + "  " + phases.get(index).name().toLowerCase(Locale.ROOT);
    }
}
