package io.sandgate.api.e2b;

import io.sandgate.proxy.route.TrafficRules;
import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxNetwork;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The body of a create.
///
/// @param templates those that can be asked for
/// @param timeouts those that can be asked for
record CreateBody(Supplier<List<TemplateInfo>> templates, Timeouts timeouts) {

    /// Its template is as it came, and may be a snapshot.
    ///
    /// @param defaultTimeout seconds, where the body names none
    /// @param alwaysSecured whether the sandbox is secured whatever the body says
    CreateSandbox parse(ApiRequest request, long defaultTimeout, boolean alwaysSecured) {
        JsonBody body = JsonBody.parse(request.body());
        SpecialRequests.check(body);
        return new CreateSandbox(template(body), request.owner(),
                timeouts.required(body.number("timeout", defaultTimeout)),
                onTimeout(body),
                StringMapRule.METADATA.check(body.strings("metadata")),
                StringMapRule.ENVIRONMENT.check(body.strings("envVars")),
                network(body, alwaysSecured || body.flag("secure", false)),
                SpecialRequests.autoResume(body));
    }

    private static SandboxNetwork network(JsonBody body, boolean secured) {
        JsonBody network = body.object("network");
        String mask = network.text("maskRequestHost");
        if (mask != null && !TrafficRules.isMask(mask)) {
            throw ApiException
                    .invalid("network.maskRequestHost: (expected: " + TrafficRules.EXPECTED_MASK + ")");
        }
        boolean publicTraffic = network.flag("allowPublicTraffic", true);
        if (!publicTraffic && !secured) {
            throw ApiException.invalid("network.allowPublicTraffic: false (expected: with secure: true only)");
        }
        return new SandboxNetwork(mask == null ? "" : mask, secured, publicTraffic,
                EgressBody.parse(body.flag("allow_internet_access", true), network, "network."));
    }

    private static String template(JsonBody body) {
        String template = body.text("templateID");
        if (template == null) {
            throw ApiException.invalid("templateID: (absent) (expected: a template or a snapshot)");
        }
        return template;
    }

    private static OnTimeout onTimeout(JsonBody body) {
        if (!body.flag("autoPause", false)) {
            return OnTimeout.KILL;
        }
        return body.flag("autoPauseMemory", true) ? OnTimeout.PAUSE : OnTimeout.STOP;
    }

    /// For what is neither a template nor a snapshot of the caller.
    ApiException unknown(String template) {
        return ApiException.invalid("templateID: " + ApiException.shown(template) + " (expected: one of "
                + templates.get().stream().map(TemplateInfo::name).sorted().collect(Collectors.joining(", "))
                + ", or a snapshot of your own)");
    }
}
