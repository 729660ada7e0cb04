package io.sandgate.api.e2b;

import io.sandgate.api.e2b.SandboxCommand.Connect;
import io.sandgate.api.e2b.SandboxCommand.Kill;
import io.sandgate.api.e2b.SandboxCommand.Logs;
import io.sandgate.api.e2b.SandboxCommand.Metrics;
import io.sandgate.api.e2b.SandboxCommand.Pause;
import io.sandgate.api.e2b.SandboxCommand.Refresh;
import io.sandgate.api.e2b.SandboxCommand.Resume;
import io.sandgate.api.e2b.SandboxCommand.SetEgress;
import io.sandgate.api.e2b.SandboxCommand.SetTimeout;
import io.sandgate.api.e2b.SandboxCommand.Show;
import io.sandgate.api.e2b.SandboxCommand.Snap;
import io.sandgate.api.e2b.SandboxCommand.Wake;
import java.util.Optional;

/// Reads what a call wants of its sandbox.
///
/// @param timeouts those that can be asked for
record CommandParser(Timeouts timeouts) {

    /// The parameter of a wake that names the sandbox's life.
    static final String WAKE_UID = "uid";

    SandboxCommand parse(SandboxEndpoint endpoint, ApiRequest request) {
        return switch (endpoint) {
            case WAKE -> new Wake(String.valueOf(QueryString.parse(request.query()).first(WAKE_UID)));
            case SHOW -> new Show();
            case KILL -> new Kill();
            case METRICS -> new Metrics(UsageSpan.parse(QueryString.parse(request.query())));
            case LOGS_V1 -> new Logs(LogQuery.parseV1(QueryString.parse(request.query())));
            case LOGS_V2 -> new Logs(LogQuery.parseV2(QueryString.parse(request.query())));
            case PAUSE -> new Pause(JsonBody.parse(request.body()).flag("memory", true));
            case SNAPSHOT -> new Snap(Optional.ofNullable(JsonBody.parse(request.body()).text("name"))
                    .map(name -> SnapshotRef.name(name, request.owner())));
            case RESUME -> {
                JsonBody body = JsonBody.parse(request.body());
                body.flag("autoPause", false);
                yield new Resume(timeouts.required(body.number("timeout", timeouts.standardSeconds(false))));
            }
            case CONNECT_V1, CONNECT_V2 -> {
                JsonBody body = JsonBody.parse(request.body());
                yield new Connect(
                        timeouts.required(body.number("timeout", timeouts.standardSeconds(endpoint.isSecond()))),
                        body.flag("memory", true));
            }
            case TIMEOUT -> {
                JsonBody body = JsonBody.parse(request.body());
                if (body.member("timeout").isMissingNode()) {
                    throw ApiException.invalid("timeout: (absent) (expected: a number of seconds, 0 or more)");
                }
                yield new SetTimeout(timeouts.deadline(body.number("timeout", 0)));
            }
            case NETWORK -> {
                JsonBody body = JsonBody.parse(request.body());
                yield new SetEgress(EgressBody.parse(body.flag("allow_internet_access", true), body, ""));
            }
            case REFRESH -> new Refresh(timeouts.refresh(JsonBody.parse(request.body()).number("duration", 0)));
        };
    }
}
