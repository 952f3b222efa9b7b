"""Load a questionnaire: from the project's files, or from the copy that an edition stores.

A definition is the project's own YAML (folder `questionnaire/`, one file for each version) or the
canonical JSON that an edition stores. Both pass the same schema, so what is stored can always be
loaded. The content hash is the SHA-256 of the canonical JSON, in hex.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from cooperation.core.errors import Broken, NotFound
from cooperation.core.text import _
from cooperation.editions.rules import Questionnaire
from cooperation.editions.schema.build import build_questionnaire
from cooperation.editions.schema.definition import QuestionnaireDefinition

FOLDER = Path(__file__).parents[1] / "questionnaire"


class QuestionnaireFileError(Broken):
    """A questionnaire's file or stored copy does not pass the schema; `reason` says where."""

    sentence = _("The questionnaire cannot be loaded.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class StoredQuestionnaire:
    """A questionnaire with the canonical bytes that an edition keeps."""

    questionnaire: Questionnaire
    content: bytes


def versions() -> tuple[str, ...]:
    """Return the versions the project has files of, newest first."""
    found = [path.stem for path in FOLDER.glob("*.yaml")]
    return tuple(sorted(found, key=lambda name: tuple(map(int, name.split("."))), reverse=True))


@lru_cache(maxsize=8)
def load_version(version: str) -> StoredQuestionnaire:
    """Return a version from the project's files; raises `NotFound`, `QuestionnaireFileError`."""
    if version not in versions():
        raise NotFound
    text = (FOLDER / f"{version}.yaml").read_text(encoding="utf-8")
    stored = load_text(text)
    if stored.questionnaire.version != version:
        raise QuestionnaireFileError(f"{version}.yaml holds {stored.questionnaire.version}")
    return stored


def load_text(text: str) -> StoredQuestionnaire:
    """Return the questionnaire of a YAML text; raises `QuestionnaireFileError`."""
    try:
        # The loader is PyYAML's safe one, stricter still.
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  # nosec B506
    except yaml.YAMLError as error:
        raise QuestionnaireFileError(str(error)) from error
    definition = _checked(data)
    members = definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content = json.dumps(
        members, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()
    return StoredQuestionnaire(_built(definition, content), content)


def load_stored(content: bytes, *, content_hash: str) -> Questionnaire:
    """Return the questionnaire of stored canonical bytes; raises `QuestionnaireFileError`."""
    if hashlib.sha256(content).hexdigest() != content_hash:
        raise QuestionnaireFileError("the stored questionnaire does not match its hash")
    return _built(_checked(json.loads(content)), content)


def _checked(data: object) -> QuestionnaireDefinition:
    try:
        return QuestionnaireDefinition.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise QuestionnaireFileError(f"{place}: {first['msg']}") from error


def _built(definition: QuestionnaireDefinition, content: bytes) -> Questionnaire:
    return build_questionnaire(definition, content_hash=hashlib.sha256(content).hexdigest())


class _Loader(yaml.CSafeLoader):
    """The safe loader, refusing a key that is given twice."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,
    ) -> dict[object, object]:
        """Return a mapping; raises `yaml.YAMLError` for a key given twice."""
        keys = [key.value for key, _value in node.value]
        doubled = {key for key in keys if keys.count(key) > 1}
        if doubled:
            problem = f"key given twice: {', '.join(sorted(map(str, doubled)))}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        made: dict[object, object] = super().construct_mapping(node, deep)
        return made
