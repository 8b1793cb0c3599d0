from collector.exporter.endpoint import Endpoint, Endpoints
from collector.exporter.lane import Lane, Lease
from tests.collector.exporter import samples

URL = "http://upstream.test"


def lease_of(key: str, asks: bool = False) -> Lease:
    lease = Lease(samples.batch(samples.destination(key)), Lane())
    lease.asks = asks
    return lease


def serve(endpoint: Endpoint, key: str, now: float) -> None:
    lease = lease_of(key)
    endpoint.started(lease, now)
    endpoint.served(lease, now, 0.1)


def fail(endpoint: Endpoint, key: str, now: float, asks: bool = False) -> None:
    lease = lease_of(key, asks)
    endpoint.started(lease, now)
    endpoint.failed(lease, now, 0.0)


def test_uploads_in_flight_take_the_slots() -> None:
    endpoint = Endpoint(3)

    for key in ("a", "b"):
        endpoint.started(lease_of(key), 0.0)

    assert endpoint.free(0.0) == 1


def test_an_upload_that_ends_gives_its_slot_back() -> None:
    endpoint = Endpoint(3)
    lease = lease_of("a")
    endpoint.started(lease, 0.0)

    endpoint.ended(lease)

    assert endpoint.free(0.0) == 3
    assert endpoint.next_at() is None


def test_an_upload_without_an_answer_stands_before_no_other_for_long() -> None:
    endpoint = Endpoint(1)
    lease = lease_of("a")
    endpoint.started(lease, 10.0)
    due = endpoint.next_at()

    assert due == 15.0
    assert (endpoint.free(14.9), endpoint.free(15.0)) == (0, 1)
    assert endpoint.next_at() is None


def test_an_upload_that_was_out_for_long_may_still_end() -> None:
    endpoint = Endpoint(2)
    lease = lease_of("a")
    endpoint.started(lease, 0.0)
    endpoint.free(60.0)

    endpoint.failed(lease, 60.0, 60.0)

    assert endpoint.limit == 1
    assert endpoint.free(60.0) == 1


def test_the_trouble_of_the_only_tenant_is_held_against_the_endpoint() -> None:
    endpoint = Endpoint(16)

    fail(endpoint, "a", 1.0)

    assert endpoint.limit == 8


def test_the_trouble_of_one_among_many_is_its_own() -> None:
    endpoint = Endpoint(16)
    for key in ("a", "b", "c"):
        serve(endpoint, key, 1.0)

    fail(endpoint, "d", 2.0)

    assert endpoint.limit == 16


def test_the_trouble_of_many_is_held_against_the_endpoint() -> None:
    endpoint = Endpoint(16)
    for key in ("a", "b", "c"):
        serve(endpoint, key, 1.0)

    fail(endpoint, "d", 2.0)
    fail(endpoint, "e", 2.0)

    assert endpoint.limit == 8


def test_good_answers_of_long_ago_excuse_nothing() -> None:
    endpoint = Endpoint(16)
    for key in ("a", "b", "c"):
        serve(endpoint, key, 1.0)

    fail(endpoint, "d", 11.1)

    assert endpoint.limit == 8


def test_a_tenant_that_fails_once_more_is_no_news() -> None:
    endpoint = Endpoint(16)
    fail(endpoint, "a", 1.0)

    for second in range(2, 100):
        fail(endpoint, "a", float(second), asks=True)

    assert endpoint.limit == 8


def test_where_nobody_is_served_those_that_failed_are_held() -> None:
    endpoint = Endpoint(16)
    fail(endpoint, "a", 1.0)

    endpoint.hold(31.0)
    held = endpoint.hold_until
    endpoint.answers()

    assert (held, endpoint.hold_until) == (31.0, 0.0)


def test_where_somebody_is_served_nobody_is_held() -> None:
    endpoint = Endpoint(16)
    serve(endpoint, "a", 1.0)
    fail(endpoint, "b", 2.0)

    endpoint.hold(31.0)

    assert endpoint.hold_until == 0.0


def test_a_tenant_is_served_until_it_fails_or_long_after() -> None:
    endpoint = Endpoint(16)
    for key in ("a", "b"):
        serve(endpoint, key, 1.0)
    fail(endpoint, "a", 2.0)
    tenants = [samples.destination(key).tenant for key in ("a", "b")]
    before = [endpoint.serves(tenant) for tenant in tenants]

    serve(endpoint, "c", 11.0)

    assert before == [False, True]
    assert [endpoint.serves(tenant) for tenant in tenants] == [False, False]


def test_what_an_endpoint_learnt_outlives_its_lanes() -> None:
    endpoints = Endpoints(16, lambda: None)
    endpoints.enter(URL)
    fail(endpoints[URL], "a", 1.0)
    endpoints.leave(URL)

    idle = endpoints.limit
    endpoints.enter(URL)

    assert (idle, endpoints.limit) == (16, 8)


def test_tenants_are_forgotten_with_the_last_lane() -> None:
    endpoints = Endpoints(16, lambda: None)
    endpoints.enter(URL)
    serve(endpoints[URL], "a", 1.0)
    endpoints.leave(URL)

    endpoints.enter(URL)

    assert not endpoints[URL].serves(samples.destination("a").tenant)


def test_an_endpoint_stays_as_long_as_one_lane_goes_there() -> None:
    endpoints = Endpoints(16, lambda: None)
    endpoints.enter(URL)
    endpoints.enter(URL)
    endpoint = endpoints[URL]

    endpoints.leave(URL)

    assert endpoints[URL] is endpoint


def test_the_limit_shown_is_that_of_the_best_endpoint() -> None:
    endpoints = Endpoints(16, lambda: None)
    for url in (URL, "http://other.test"):
        endpoints.enter(url)

    fail(endpoints[URL], "a", 1.0)

    assert endpoints.limit == 16


def test_of_endpoints_without_lanes_the_last_64_are_remembered() -> None:
    endpoints = Endpoints(16, lambda: None)
    for number in range(65):
        url = f"http://{number}.test"
        endpoints.enter(url)
        fail(endpoints[url], "a", 1.0)
        endpoints.leave(url)

    for url in ("http://0.test", "http://1.test"):
        endpoints.enter(url)

    assert endpoints["http://0.test"].limit == 16
    assert endpoints["http://1.test"].limit == 8
