from collector.demo import demo_request
from collector.receiver.json_codec import decode
from translators.registry import Registry

NOW_NS = 1_763_600_010_000_000_000


def test_the_sample_is_one_agent_trace_that_ends_now_children_first() -> None:
    spans = decode(demo_request(NOW_NS)).spans

    assert len({span.trace_id for span in spans}) == 1
    assert [bool(span.parent_span_id) for span in spans] == [True, True, True, True, False]
    assert {span.parent_span_id for span in spans[:-1]} == {spans[-1].span_id}
    assert spans[-1].end_ns == NOW_NS


def test_the_sample_shows_what_runs_can_be() -> None:
    runs = [Registry().translate(span) for span in decode(demo_request(NOW_NS)).spans]

    assert [run.run_type for run in runs] == ["retriever", "llm", "tool", "llm", "chain"]
    assert runs[2].inputs == {"city": "Zürich"}
    assert runs[-1].thread_id == "demo"


def test_each_sample_is_a_trace_of_its_own() -> None:
    first, second = (decode(demo_request(NOW_NS)).spans[0] for _ in range(2))

    assert first.trace_id != second.trace_id
