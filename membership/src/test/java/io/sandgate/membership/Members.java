package io.sandgate.membership;

/// Members for tests.
final class Members {
    private Members() {}

    static Member member(String id, long incarnation) {
        return new Member(id, incarnation, new Endpoint("127.0.0.1", 7789), new Endpoint("127.0.0.1", 8080),
                MemberState.JOINING);
    }

    static Announcement announcement(Member member, long sequence) {
        return new Announcement(member, sequence, RouteSummary.NONE);
    }

    static Announcement announcement(String id, long incarnation, long sequence) {
        return announcement(member(id, incarnation), sequence);
    }
}
