"""The fields of a form: each name belongs to it, and once where one value is meant (ASVS V15.3.7).

The schema of a form is what its view asks for: a form remembers the names, and what nobody asked
for, or came twice where one value was read, is refused before anything is committed. What was typed
comes back for one click, without what did not belong.
"""

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import ImmutableMultiDict
from wtforms import SelectMultipleField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from cooperation.core.errors import FieldsRefused

FILE_FIELD = "file"
SHELL_NAMES = frozenset({"csrf_token", "_key", "_kept"})
"""What the shell itself puts into every form."""


class SentFields(ImmutableMultiDict[str, str]):
    """The fields that were sent; `asked` are the names that somebody wanted to know."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__(list(pairs))
        self.asked: set[str] = set()
        self.repeated: set[str] = set()

    def __getitem__(self, key: str) -> str:
        """Return the only value; raises `FieldsRefused` where there are several."""
        self.asked.add(key)
        self.require_single(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            self.asked.add(key)
        return super().__contains__(key)

    def get(  # type: ignore[override] # one signature for all of its
        self,
        key: str,
        default: Any = None,
        type: Any = None,  # noqa: A002
    ) -> Any:
        """Return the only value, or `default`; raises `FieldsRefused` where there are several."""
        self.asked.add(key)
        self.require_single(key)
        return super().get(key, default, type)

    def getlist(self, key: str, type: Any = None) -> list[Any]:  # noqa: A002
        """Return all values, each once; asking so says that several are meant."""
        self.asked.add(key)
        return list(dict.fromkeys(super().getlist(key, type)))

    def require_single(self, key: str) -> None:
        """Raise `FieldsRefused` where a name came more than once."""
        if len(super().getlist(key)) > 1:
            self.repeated.add(key)
            raise FieldsRefused

    @property
    def unknown(self) -> frozenset[str]:
        """Names that nobody asked for."""
        return frozenset(self.keys()) - self.asked - SHELL_NAMES

    def only_known(self) -> list[tuple[str, str]]:
        """Return what belongs to the form; of a name that came twice the last.

        After a name that came twice nobody asked for the others: they all stay.
        """
        dropped = frozenset() if self.repeated else self.unknown
        pairs = list(self.items(multi=True))
        last = {name: number for number, (name, _value) in enumerate(pairs)}
        return [
            (name, value)
            for number, (name, value) in enumerate(pairs)
            if name not in dropped and (name not in self.repeated or number == last[name])
        ]


def install_strict_forms() -> None:
    """Let every form of WTForms refuse a second value where its field takes one."""
    DefaultMeta.wrap_formdata = _strict  # type: ignore[assignment, method-assign] # all forms


_wrap = DefaultMeta.wrap_formdata


def _strict(meta: DefaultMeta, form: BaseForm, formdata: Any) -> Any:
    if isinstance(formdata, SentFields):
        for field in form:
            if not isinstance(field, SelectMultipleField):
                formdata.require_single(field.name)
    return _wrap(meta, form, formdata)
