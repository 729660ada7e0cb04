package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// What callers ask of the configured templates, which all may use.
///
/// @param templates those that are configured
record TemplateCalls(Supplier<List<TemplateInfo>> templates) {

    private static final int MAX_LIMIT = 100;

    PublicRoutes addTo(PublicRoutes routes) {
        return routes.add(HttpMethod.GET, "/templates", request -> answer(TemplateJson.list(templates.get())))
                .add(HttpMethod.GET, "/v2/templates", this::page)
                .add(HttpMethod.GET, "/templates/aliases/:id", one(TemplateJson::alias))
                .add(HttpMethod.GET, "/templates/:id/tags", one(TemplateJson::tags))
                .add(HttpMethod.GET, "/templates/:id", one(TemplateJson::detail));
    }

    /// A page in the order of the names; its token is the last of them.
    private Future<Reply> page(ApiRequest request) {
        QueryString query = QueryString.parse(request.query());
        int limit = (int) query.number("limit", 1, MAX_LIMIT, MAX_LIMIT);
        String token = query.first("nextToken");
        String after = token == null ? "" : decode(token);
        List<TemplateInfo> rest = templates.get().stream().filter(template -> template.name().compareTo(after) > 0)
                .sorted(Comparator.comparing(TemplateInfo::name)).toList();
        List<TemplateInfo> shown = rest.stream().limit(limit).toList();
        Reply reply = Reply.json(200, TemplateJson.list(shown));
        return Future.succeededFuture(rest.size() == shown.size()
                ? reply
                : reply.with("X-Next-Token", encode(shown.getLast().name())));
    }

    private ApiCall one(Function<TemplateInfo, JsonNode> json) {
        return request -> {
            String name = request.pathId();
            return templates.get().stream().filter(template -> template.name().equals(name)).findFirst()
                    .map(template -> answer(json.apply(template))).orElseThrow(() -> ApiException.of(404,
                            "Template \"" + ApiException.shown(name) + "\" is not configured"));
        };
    }

    private static Future<Reply> answer(JsonNode json) {
        return Future.succeededFuture(Reply.json(200, json));
    }

    private static String encode(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw PageToken.foreign();
        }
    }
}
