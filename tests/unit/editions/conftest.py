import pytest

from cooperation.editions import schema


@pytest.fixture(scope="session")
def questionnaire():
    return schema.load_version("2026.2").questionnaire


@pytest.fixture(scope="session")
def question(questionnaire):
    return questionnaire.question
