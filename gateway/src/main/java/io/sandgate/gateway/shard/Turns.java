package io.sandgate.gateway.shard;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/// Lets a few act at a time, in the order in which they asked. Confined to one thread.
final class Turns {
    private final Executor loop;
    private final int most;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private int taken;

    private final class Turn {
        private final Runnable action;
        private boolean has;
        private boolean over;

        Turn(Runnable action) {
            this.action = action;
        }

        void end() {
            if (!over) {
                over = true;
                if (has) {
                    taken--;
                    next();
                }
            }
        }
    }

    Turns(Executor loop, int most) {
        this.loop = loop;
        this.most = most;
    }

    /// Asks for a turn; the action runs on the loop, later.
    ///
    /// @return gives it back, or does without
    Runnable ask(Runnable action) {
        Turn turn = new Turn(action);
        waiting.add(turn);
        loop.execute(this::next);
        return turn::end;
    }

    private void next() {
        while (taken < most && !waiting.isEmpty()) {
            Turn turn = waiting.remove();
            if (!turn.over) {
                turn.has = true;
                taken++;
                loop.execute(() -> {
                    if (!turn.over) {
                        turn.action.run();
                    }
                });
            }
        }
    }
}
