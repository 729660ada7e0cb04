package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.e2b.PeerFailure.Kind;
import io.sandgate.membership.Member;
import io.sandgate.sandbox.tenant.Claim;
import io.sandgate.sandbox.tenant.ClaimBook;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyRing;
import io.sandgate.sandbox.tenant.Quota;
import io.sandgate.sandbox.tenant.Quota.Excess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a sandbox be made when the quota of its key has room for it, whichever replica decides about that. Where nobody can
/// be asked it is refused: a quota that is not enforced protects nobody.
final class QuotaGate {
    private static final Logger log = LoggerFactory.getLogger(QuotaGate.class);
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Vertx vertx;
    private final KeyRing ring;
    private final ClaimBook book;
    private final OtherReplicas others;
    private final QuotaOwner owner;
    private final MeterRegistry meters;

    QuotaGate(Vertx vertx, KeyRing ring, ClaimBook book, OtherReplicas others, QuotaOwner owner,
            MeterRegistry meters) {
        this.vertx = vertx;
        this.ring = ring;
        this.book = book;
        this.others = others;
        this.owner = owner;
        this.meters = meters;
    }

    /// Makes what takes of the caller's quota, if there is room for it.
    ///
    /// @param size what it takes
    /// @param make makes one sandbox, which keeps the claim
    <T> Future<T> within(Caller caller, TemplateInfo size, Function<Claim, Future<T>> make) {
        if (caller.keyId().isEmpty()) {
            return make.apply(Claim.NONE);
        }
        Optional<KeyRecord> key = ring.get(caller.keyId());
        if (key.isEmpty()) {
            return Future.failedFuture(ApiException.of(503, "Replica " + others.self()
                    + " does not know the API key yet, or it was just revoked; nothing was made. Try again soon"));
        }
        Quota quota = key.get().quota();
        Claim claim = book.begin(caller.keyId(), size.memoryMb(), size.cpuCount());
        Future<Void> granted = quota.isNone() ? Future.succeededFuture() : ask(claim, quota, 1);
        return granted.compose(room -> {
            book.granted(claim);
            return make.apply(claim);
        }).onComplete(made -> book.end(claim));
    }

    private Future<Void> ask(Claim claim, Quota quota, int attempt) {
        String decides = owner.ownerOf(claim.key());
        return decision(decides, claim, quota).compose(excess -> {
            if (excess.isPresent()) {
                throw refusal(excess.get());
            }
            return Future.<Void>succeededFuture();
        }).recover(failure -> mayPass(failure) && attempt < ATTEMPTS
                ? vertx.timer(PAUSE.toMillis()).compose(passed -> ask(claim, quota, attempt + 1))
                : Future.failedFuture(explained(failure, decides)));
    }

    private Future<Optional<Excess>> decision(String decides, Claim claim, Quota quota) {
        if (decides.equals(others.self())) {
            return owner.decide(decides, claim, quota);
        }
        Optional<Member> member = others.routable().stream().filter(other -> other.id().equals(decides)).findFirst();
        if (member.isEmpty()) {
            return Future.failedFuture(new PeerFailure(Kind.UNREACHABLE, "it is not routable any more"));
        }
        JsonNode body = QuotaJson.claim(claim).put("replica", others.self()).set("quota", KeyJson.quota(quota));
        return others.ask(member.get(), HttpMethod.POST, QuotaOwner.PATH, "", Json.write(body), "quota", DEADLINE)
                .map(answer -> {
                    if (answer.status() != 200) {
                        throw ApiException.of(answer.status(), answer.json().path("message").asText());
                    }
                    return QuotaJson.verdict(answer.json());
                });
    }

    /// The members are changing, and soon another replica decides; or one of them was slow this once.
    private static boolean mayPass(Throwable failure) {
        return switch (failure) {
            case ApiException refused -> refused.status() == 409 || refused.status() == 503;
            case PeerFailure unanswered -> unanswered.kind() == Kind.UNREACHABLE;
            default -> false;
        };
    }

    private Throwable explained(Throwable failure, String decides) {
        if (failure instanceof ApiException refused && refused.status() == 429) {
            return failure;
        }
        count("unanswered");
        log.info("quota.unanswered replica={} error={}", decides, failure.getMessage());
        return ApiException.of(503,
                "Replica " + decides + ", which decides about the quota of this API key, gives no answer;"
                        + " nothing was made. Try again soon");
    }

    private ApiException refusal(Excess excess) {
        count(excess.dimension().word());
        String unit = excess.dimension() == Quota.Dimension.MEMORY ? " MiB" : "";
        return ApiException.of(429, "Quota " + excess.dimension().word() + " of this API key: " + excess.used() + " of "
                + excess.limit() + unit + " are used, and " + excess.wish()
                + " more were asked for. Kill sandboxes, or ask an administrator for a larger quota");
    }

    private void count(String reason) {
        Counter.builder("sandgate.quota.refused").description("creates refused by a quota, by reason")
                .tag("reason", reason).register(meters).increment();
    }
}
