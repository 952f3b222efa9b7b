"""The five kinds of failure; slices subclass them with the situation and one sentence.

Only the shell turns a kind into a status: 404, 403, 409, 422, 500 (design: architecture 3).
"""

from cooperation.core.text import Text, _


class DomainError(Exception):
    """A failure with one sentence for the person who meets it; never an answer's text."""

    sentence: Text = _("Something went wrong.")

    def __init__(self, sentence: Text | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(str(self.sentence))


class NotFound(DomainError):  # noqa: N818 - the five kinds read as facts
    """The object does not exist, or belongs to another State."""

    sentence = _("There is nothing at this address.")


class NotAllowed(DomainError):  # noqa: N818
    """The person may not do this."""

    sentence = _("Your role does not allow this.")


class StepUpNeeded(NotAllowed):
    """The act needs a fresh second factor."""

    sentence = _("Confirm with a fresh second factor.")


class PasskeyNeeded(StepUpNeeded):
    """The act needs a passkey, which a code of an authenticator does not replace."""

    sentence = _("This needs a passkey.")


class Conflict(DomainError):  # noqa: N818
    """The object has changed since the person saw it, or is in another state."""

    sentence = _("This has changed since you opened it.")


class Invalid(DomainError):  # noqa: N818
    """The input is not acceptable; `errors` holds (field id, sentence) pairs."""

    sentence = _("Some of what was entered cannot be accepted.")

    def __init__(
        self, sentence: Text | None = None, errors: tuple[tuple[str, Text], ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.errors = errors


class Unavailable(DomainError):  # noqa: N818
    """The server is too busy for this just now; the shell answers 503."""

    sentence = _("The server is busy. Try again in a moment; nothing was lost.")


class Broken(DomainError):  # noqa: N818
    """Stored data or keys fail an integrity check."""

    sentence = _("A record did not pass its integrity check. Nothing was shown or changed.")


class FieldsRefused(Invalid):
    """A form holds fields that do not belong to it, or one of its fields twice."""

    sentence = _("The form did not arrive as this page made it. Nothing was saved.")


class LimitReached(DomainError):  # noqa: N818
    """Too much within a while; `seconds` says when it is possible again. The shell answers 429."""

    def __init__(self, sentence: Text, *, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds
