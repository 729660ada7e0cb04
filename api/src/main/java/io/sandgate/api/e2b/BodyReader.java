package io.sandgate.api.e2b;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/// Reads request bodies up to a bound, whatever their framing.
///
/// @param max bytes
record BodyReader(int max) {

    Future<Buffer> read(HttpServerRequest request) {
        String declared = request.getHeader("Content-Length");
        if (declared != null && Long.parseLong(declared) > max) {
            return Future.failedFuture(tooLarge());
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        Promise<Buffer> result = Promise.promise();
        Buffer body = Buffer.buffer();
        request.exceptionHandler(failure -> result
                .tryFail(ApiException.invalid("The body broke off before its end")));
        request.handler(chunk -> {
            if (body.length() + chunk.length() > max) {
                result.tryFail(tooLarge());
            } else if (!result.future().isComplete()) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(ignored -> result.tryComplete(body));
        request.resume();
        return result.future();
    }

    private ApiException tooLarge() {
        return ApiException.of(413, "The body is larger than " + max + " bytes");
    }
}
