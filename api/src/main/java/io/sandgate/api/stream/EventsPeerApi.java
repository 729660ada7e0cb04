package io.sandgate.api.stream;

import io.sandgate.api.http.Answers;
import io.sandgate.api.http.ReplicaCalls;
import io.sandgate.gateway.stream.replicate.HttpParcels;
import io.sandgate.gateway.stream.replicate.Intake;
import io.sandgate.gateway.stream.replicate.Parcel;
import io.sandgate.gateway.stream.replicate.ParcelJson;
import io.sandgate.gateway.stream.replicate.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The call by which a replica pushes its events: `POST /events/replicate`.
///
/// 200 and 409 with `{"heard":"<epoch>:<seq>"}`, how far the sender is known here, or null: 200 when what it sent is stored, 409
/// when it has to go on from there. 400 for what is no parcel, 403 for a sender that is not who it says, 413 for more than 4 MiB,
/// 503 when it cannot be taken now.
public final class EventsPeerApi {
    private static final String RETRY_SECONDS = "1";

    private final Intake intake;

    public EventsPeerApi(Intake intake) {
        this.intake = intake;
    }

    /// Adds the call to a router.
    public void mount(Router router) {
        ReplicaCalls.mount(router, HttpParcels.PATH, HttpParcels.MAX_BODY, this::read);
    }

    private void read(RoutingContext context, String sender, Buffer body) {
        // half a megabyte takes milliseconds, which no event loop has
        context.vertx().executeBlocking(() -> ParcelJson.readParcel(body), false)
                .onSuccess(parcel -> store(context, sender, parcel)).onFailure(error -> refuse(context, error));
    }

    private void store(RoutingContext context, String sender, Parcel parcel) {
        if (!sender.equals(parcel.stamp().from())) {
            Answers.error(context, 403, "the parcel is not from the replica that sends it");
            return;
        }
        intake.take(parcel).whenComplete((reply, failure) -> context.vertx().runOnContext(ignored -> {
            if (failure == null) {
                answer(context, reply);
            } else {
                refuse(context, failure);
            }
        }));
    }

    private static void answer(RoutingContext context, Reply reply) {
        Answers.json(context, reply.taken() ? 200 : 409, ParcelJson.write(reply));
    }

    private static void refuse(RoutingContext context, Throwable failure) {
        switch (unwrapped(failure)) {
            case Intake.NotNowException later -> {
                context.response().putHeader("Retry-After", RETRY_SECONDS);
                Answers.error(context, 503, String.valueOf(later.getMessage()));
            }
            case IllegalArgumentException bad -> Answers.error(context, 400, String.valueOf(bad.getMessage()));
            default -> context.fail(failure);
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        @Nullable
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
