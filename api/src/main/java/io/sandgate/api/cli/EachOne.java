package io.sandgate.api.cli;

import java.util.List;
import java.util.function.Function;

/// Does the same with several sandboxes or other things, one after the other, and goes on when it fails for one.
final class EachOne {

    private final CliContext context;
    private final String member;
    private final boolean json;

    /// For sandboxes.
    EachOne(CliContext context, boolean json) {
        this(context, "sandboxID", json);
    }

    /// @param member what an id is called in JSON
    EachOne(CliContext context, String member, boolean json) {
        this.context = context;
        this.member = member;
        this.json = json;
    }

    /// Prints what the call says it did with each.
    ///
    /// @param call does it with the one of that id, and says what it did in one word or few
    /// @return the exit code: of the first failure when there is one
    int run(List<String> ids, Function<String, String> call) {
        int code = ExitCode.OK;
        for (String id : ids) {
            try {
                print(id, call.apply(id));
            } catch (CliException e) {
                if (e.exitCode() == ExitCode.UNREACHABLE) {
                    throw e;
                }
                context.err().println("sandgate: " + id + ": " + e.getMessage());
                code = code == ExitCode.OK ? e.exitCode() : code;
            }
        }
        return code;
    }

    private void print(String id, String done) {
        if (json) {
            context.out().println(HttpCaller.JSON.createObjectNode().put(member, id).put("result", done));
        } else {
            context.out().println(id + " " + done);
        }
    }
}
