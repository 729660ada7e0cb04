package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.tenant.Allowance;
import io.sandgate.sandbox.tenant.FailedLogins;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds out who calls: by the header `X-API-Key`, or where there is none, by `Authorization: Bearer`. (Older SDKs send
/// another credential of E2B's as a bearer token beside the key.)
final class Authenticator {
    static final String HEADER = "X-API-Key";
    private static final Pattern BEARER = Pattern.compile("[Bb]earer +(\\S+) *");
    /// What one user of IPv6 has at least.
    private static final int IPV6_NETWORK = 8;

    private final TenantServices tenants;
    private final FailedLogins failures;
    private final Counter failed;
    private final Counter unheard;

    Authenticator(TenantServices tenants, MeterRegistry meters) {
        this.tenants = tenants;
        this.failures = new FailedLogins(tenants.authFailures(), tenants.nanos());
        this.failed = Counter.builder("sandgate.api.auth.failures").description("calls with a key that is not valid")
                .register(meters);
        this.unheard = Counter.builder("sandgate.api.auth.refused")
                .description("calls from addresses that sent too many keys that are not valid").register(meters);
    }

    Caller caller(HttpServerRequest request) {
        String key = key(request);
        if (key == null) {
            throw ApiException.of(401, "There is no API key. Send one in the " + HEADER
                    + " header; E2B's SDKs take it from E2B_API_KEY");
        }
        String address = network(request.remoteAddress());
        Allowance allowance = failures.look(address, key);
        if (!allowance.isAllowed()) {
            unheard.increment();
            request.response().putHeader("Retry-After", Integer.toString(allowance.retrySeconds()));
            throw ApiException.of(429,
                    "Too many API keys that came from your address were not valid. Try again in a moment");
        }
        Optional<Caller> caller = tenants.ownerOfKey().apply(key).map(Caller::configured)
                .or(() -> tenants.keys().find(key).map(Caller::of));
        if (caller.isEmpty()) {
            failures.failed(address);
            failed.increment();
            throw ApiException.of(401, "The API key is not valid, or was revoked. Send one that was made with "
                    + "'sandgate key create', one of those in sandgate.api.keys (SANDGATE_API_KEYS) of this replica or, "
                    + "where that is not set, the one in the file api-key of its data directory");
        }
        failures.succeeded(address, key);
        return caller.get();
    }

    private static @Nullable String key(HttpServerRequest request) {
        String key = request.getHeader(HEADER);
        if (key != null && !key.isBlank()) {
            return key.strip();
        }
        String authorization = request.getHeader("Authorization");
        Matcher bearer = BEARER.matcher(authorization == null ? "" : authorization);
        return bearer.matches() ? bearer.group(1) : null;
    }

    private static String network(@Nullable SocketAddress remote) {
        String literal = remote == null ? null : remote.hostAddress();
        if (literal == null) {
            return "";
        }
        int scope = literal.indexOf('%');
        InetAddress address = InetAddress.ofLiteral(scope < 0 ? literal : literal.substring(0, scope));
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), IPV6_NETWORK))
                : literal;
    }
}
