"""/openapi.json: everything the service answers is in it."""

import pytest

from app.core.comment import COMMENT_FIELDS
from app.web.classify import BODY_ERRORS
from app.web.problems import CONTENT_TYPE, PROBLEMS
from app.web.schemas import ANSWER_EXAMPLE


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json()


def operations(document):
    return {(path, method): each for path, item in document["paths"].items() for method, each in item.items()}


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_every_path_is_documented(document):
    told = {key: each["operationId"] for key, each in operations(document).items()}
    akismet = {path for path, _ in told if path.startswith(("/1.1/", "/1.2/"))}

    assert len(akismet) == 12
    assert {key: name for key, name in told.items() if key[0] not in akismet} == {
        ("/", "get"): "about",
        ("/problems/{code}", "get"): "problem_kind",
        ("/classify", "post"): "classify_comment",
        ("/classify/batch", "post"): "classify_batch",
        ("/comments/{id}", "get"): "stored_comment",
        ("/feedback", "post"): "give_feedback",
        ("/decisions", "get"): "decisions",
        ("/pages", "put"): "put_page",
        ("/v1alpha1/comments:analyze", "post"): "analyze",
        ("/v1alpha1/comments:suggestscore", "post"): "suggest_score",
        ("/coral/{site}", "post"): "moderation_phase",
        ("/livez", "get"): "live",
        ("/readyz", "get"): "ready",
        ("/metrics", "get"): "metrics",
    }


def test_every_operation_has_an_example_and_its_errors(document):
    for key, operation in operations(document).items():
        answers = operation["responses"]
        assert operation["summary"], key
        if key[0].startswith(("/1.1/", "/1.2/")):  # always 200, with a word of Akismet's
            assert answers["200"]["description"], key
            continue
        assert CONTENT_TYPE in answers["500"]["content"], key
        for status, answer in answers.items():
            if int(status) < 400:
                assert key[0] == "/metrics" or answer["content"]["application/json"]["example"], key
                continue
            assert answer["description"]
            content = answer["content"][CONTENT_TYPE]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemOut"}
            for code, example in content["examples"].items():
                assert example["value"]["type"] == f"/problems/{code}"
                assert str(example["value"]["status"]) == status


def test_classify_documents_every_error_it_can_answer(document):
    answers = operations(document)["/classify", "post"]["responses"]
    codes = {
        code for answer in answers.values() for code in answer["content"].get(CONTENT_TYPE, {}).get("examples", {})
    }
    assert codes == set(BODY_ERRORS)
    assert set(answers) == {"200"} | {str(PROBLEMS[code].status) for code in BODY_ERRORS}
    assert answers["200"]["content"]["application/json"]["example"] == ANSWER_EXAMPLE


def test_the_bodies_that_are_read_by_hand_are_described(document):
    body = operations(document)["/classify", "post"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ClassifyIn"}
    schema = document["components"]["schemas"]["ClassifyIn"]
    assert set(schema["properties"]) == {*COMMENT_FIELDS, "check_only"}
    assert schema["examples"]
    batch = operations(document)["/classify/batch", "post"]["requestBody"]
    assert set(batch["content"]) == {"application/json", "application/x-ndjson"}


def test_every_reference_leads_somewhere(document):
    for reference in references(document):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_keys_are_described_and_asked_for(document):
    schemes = document["components"]["securitySchemes"]
    assert schemes["header"]["name"] == "X-API-Key"
    for path in ("/classify", "/classify/batch"):
        names = {name for each in operations(document)[path, "post"]["security"] for name in each}
        assert names == {"bearer", "header", "basic"} <= set(schemes)
    assert "security" not in operations(document)["/livez", "get"]


def test_the_description_is_for_this_program(document):
    assert document["info"]["title"] == "Winnow"
    assert document["info"]["version"]
    assert document["info"]["description"]
