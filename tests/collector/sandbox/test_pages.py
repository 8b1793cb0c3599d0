"""What a browser gets."""

from tests.collector.sandbox.wire import CHILD, ROOT, Api, child, part, root


async def test_the_index_leads_to_the_project_to_the_run_to_its_children(api: Api) -> None:
    await api.post_parts(
        part(f"post.{ROOT}", root(name="top", session_name="shop")),
        part(f"post.{CHILD}", child(name="below", session_name="shop")),
    )
    _, run = await api.call("GET", f"/runs/{ROOT}")
    run_path = run["app_path"]
    project_path = run_path.partition("/r/")[0]

    _, _, index = await api.text("/")
    _, _, project = await api.text(project_path)
    status, kind, page = await api.text(run_path)

    assert f'<a href="{project_path}">shop</a>' in index
    assert f'<a href="{run_path}">' in project
    assert (status, kind) == (200, "text/html")
    assert f'{CHILD}">below</a>' in page


async def test_what_a_run_holds_is_text_and_never_markup(api: Api) -> None:
    await api.post_parts(
        part(f"post.{ROOT}", root(name="<script>", session_name="<b>")),
        part(f"post.{ROOT}.inputs", {"<i>": "</pre><script>"}),
    )
    _, run = await api.call("GET", f"/runs/{ROOT}")
    path = run["app_path"]

    pages = [await api.text(at) for at in ("/", path.partition("/r/")[0], path)]

    for _, _, page in pages:
        assert "<script>" not in page
        assert "<b>" not in page
    assert "&lt;script&gt;" in pages[2][2]


async def test_an_empty_sandbox_says_so(api: Api) -> None:
    assert "Nothing has come yet." in (await api.text("/"))[2]


async def test_a_page_of_nothing_is_not_found(api: Api) -> None:
    assert (await api.text(f"/o/{ROOT}/projects/p/{ROOT}"))[0] == 404
    assert (await api.text(f"/o/{ROOT}/projects/p/{ROOT}/r/{ROOT}"))[0] == 404
