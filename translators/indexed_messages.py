"""Messages that are flattened over indexed attributes: ``gen_ai.prompt.0.content`` and so on.

Source: https://github.com/traceloop/openllmetry; the same form comes from LiteLLM and others.
"""

from translators.attributes import count, in_order, number, strings
from translators.base import Draft
from translators.documents import document
from translators.joined_messages import joined
from translators.messages import normal_messages, outputs_of
from translators.parts import parts_in
from translators.run import RunType
from translators.span import Json, JsonObject

PROMPT, COMPLETION = "gen_ai.prompt.", "gen_ai.completion."
_PLAIN = frozenset({"role", "content", "finish_reason", "tool_call_id"})
_ASKING = (None, "system", "user")
_MERGED = ("anthropic", "bedrock", "aws")


class Indexed:
    """The attributes of one flattened list, as nested dicts by index."""

    __slots__ = ("_nodes", "keys")

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._nodes: dict[int, JsonObject] = {}

    def add(self, key: str, index: int, field: str, value: Json) -> None:
        """Put in the attribute *key*, which says *field*, maybe a dotted way, of one message."""
        self.keys.append(key)
        node = self._nodes.get(index)
        if node is None:
            node = self._nodes[index] = {}
        if "." not in field and field not in node:
            node[field] = value
            return
        *way, field = field.split(".")
        for step in way:
            below = node.get(step)
            if not isinstance(below, dict):
                below = {} if below is None else {"": below}
                node[step] = below
            node = below
        if isinstance(node.get(field), dict) and not isinstance(value, dict):
            node[field][""] = value
        else:
            node[field] = value

    def in_order(self) -> list[JsonObject]:
        """Return what stands at the indexes, in their order; holes close up."""
        return [self._nodes[index] for index in sorted(self._nodes)]


def say_prompts(prompts: Indexed, run_type: RunType | None, draft: Draft) -> None:
    """Say the inputs that the attributes below ``gen_ai.prompt.`` hold."""
    nodes, keys = prompts.in_order(), prompts.keys
    first = nodes[0]
    if len(nodes) == 1:
        if first.keys() == {"role"}:
            return  # content that was not captured is no message
        if first.keys() == {"user"}:
            draft.say("inputs", {"prompt": first["user"]}, *keys)
            return
    if run_type != "llm" and all(map(_is_bare, nodes)):
        texts = [node.get("content") for node in nodes]
        if run_type == "embedding":
            draft.say("inputs", {"input": texts[0] if len(texts) == 1 else texts}, *keys)
            return
        roles = [node.get("role") for node in nodes]
        if run_type == "retriever" and "user" in roles and all(role in _ASKING for role in roles):
            at = roles.index("user")
            documents = [text for i, text in enumerate(texts) if i != at]
            draft.say("inputs", {"query": texts[at], "documents": documents}, *keys)
            return
    messages = normal_messages([_message(node) for node in nodes], "user")
    draft.say("inputs", {"messages": messages} if messages else None, *keys)


def say_completions(
    completions: Indexed, attributes: JsonObject, run_type: RunType | None, draft: Draft
) -> None:
    """Say the outputs that the attributes below ``gen_ai.completion.`` hold.

    Args:
        completions: these attributes.
        attributes: all of the span: they tell whether several completions are choices.
        run_type: of the span, as far as it is known.
        draft: gets ``outputs``; what it says of the inputs by now is looked at.
    """
    nodes, keys = completions.in_order(), completions.keys
    if run_type == "retriever" and all(map(_is_ranked, nodes)):
        ranked = [_ranked(node.get("content"), draft) for node in nodes]
        draft.say("outputs", {"documents": ranked}, *keys)
        return
    messages = normal_messages([_message(node) for node in nodes], "assistant")
    if not messages:
        return
    if len(messages) > 1 and (_are_calls(nodes[1:]) or _are_parts(attributes)):
        messages = [_merged(messages)]
    reasons = strings(attributes.get("gen_ai.response.finish_reasons")) or ()
    outputs = outputs_of(messages, reasons=reasons)
    if "inputs" in draft.said and "prompt" in draft.said["inputs"][0]:
        outputs = _text_completion(messages) or outputs
    draft.say("outputs", outputs, *keys)


def _ranked(content: Json, draft: Draft) -> JsonObject:
    """Return the document that Cohere's ``Doc 2, Score: 0.9`` is about, with the score."""
    if not isinstance(content, str):
        return document("", {"content": content})
    first, _, last = content.partition(", Score: ")
    at, score = number(first.removeprefix("Doc ")), number(last)
    inputs: Json = draft.said.get("inputs", ({},))[0]
    documents = inputs.get("documents", []) if isinstance(inputs, dict) else []
    if not isinstance(at, int) or score is None or not 0 <= at < len(documents):
        return document(content, {})
    return document(documents[at], {"index": at, "score": score, "content": content})


def _text_completion(messages: list[JsonObject]) -> JsonObject | None:
    """Return the outputs of a completion without messages; None where it has more than text."""
    known = {"role", "content", "finish_reason"}
    if not all(isinstance(m["content"], str) and m.keys() <= known for m in messages):
        return None
    return {
        "choices": [
            {"text": m["content"], "index": at, "finish_reason": m.get("finish_reason")}
            for at, m in enumerate(messages)
        ]
    }


def _is_bare(node: JsonObject) -> bool:
    return node.keys() <= {"role", "content"}


def _is_ranked(node: JsonObject) -> bool:
    return _is_bare(node) and node.get("role") in (None, "assistant")


def _message(node: JsonObject) -> JsonObject:
    """Return one indexed message as a message; its content may be JSON text of a list of parts."""
    content = node.get("content")
    if content.__class__ is str and content[:1] != "[" and node.keys() <= _PLAIN:
        return node
    message = dict(node)
    inner = message.pop("message", None)
    if isinstance(inner, dict):
        message = {**inner, **message}
    if "user" in message and "content" not in message:
        message |= {"role": "user", "content": message.pop("user")}
    content = message.get("content")
    if isinstance(content, str):
        message["content"] = parts_in(content) or content
    calls = in_order(message.get("tool_calls"))
    if calls:
        message["tool_calls"] = calls
        if content in ('""', "None"):  # LangChain's instrumentation writes down that there is none
            message["content"] = None
    thought = message.pop("reasoning", None)
    if isinstance(thought, str):
        parts = message.get("content") or []
        if not isinstance(parts, list):
            parts = [parts]
        message["content"] = [{"type": "reasoning", "text": thought}, *parts]
    elif thought is not None:
        message["reasoning"] = thought
    return message


def _are_parts(attributes: JsonObject) -> bool:
    """Tell whether several completions are parts of one answer: with Anthropic, there is one."""
    if (count(attributes.get("gen_ai.request.n")) or 1) > 1:
        return False
    provider = attributes.get("gen_ai.system", attributes.get("gen_ai.provider.name"))
    return isinstance(provider, str) and any(word in provider.lower() for word in _MERGED)


def _are_calls(nodes: list[JsonObject]) -> bool:
    """Tell whether these are further tool calls of one answer, which LiteLLM numbers like choices.

    A choice of its own would have a role, or an end.
    """
    return bool(nodes) and all(node.keys() == {"function_call"} for node in nodes)


def _merged(messages: list[JsonObject]) -> JsonObject:
    content: list[JsonObject] = []
    calls: list[JsonObject] = []
    beside: list[JsonObject] = []
    for message in messages:
        text_or_blocks = message.get("content")
        if isinstance(text_or_blocks, str):
            content.append({"type": "text", "text": text_or_blocks})
        else:
            content += text_or_blocks or []
        calls += message.get("tool_calls", [])
        beside.append({k: message[k] for k in message if k not in ("content", "tool_calls")})
    merged = joined(*reversed(beside))
    merged["content"] = content or None
    if len(content) == 1 and content[0].keys() == {"type", "text"}:
        merged["content"] = content[0]["text"]
    return merged | ({"tool_calls": calls} if calls else {})
