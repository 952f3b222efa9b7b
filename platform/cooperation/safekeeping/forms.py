"""How far a check is, as its page's own link says it."""

from wtforms import Form, IntegerField
from wtforms.validators import NumberRange, Optional

_MOST = 100_000_000


class CheckForm(Form):
    """Where the last request stopped; anything else than numbers begins anew."""

    done = IntegerField(validators=[Optional(), NumberRange(0, _MOST)])
    opened = IntegerField(validators=[Optional(), NumberRange(0, _MOST)])
    files = IntegerField(validators=[Optional(), NumberRange(0, _MOST)])

    def so_far(self) -> tuple[int, int, int]:
        """Return batches done, records opened and files opened; zeros where that is no number."""
        if not self.validate():
            return 0, 0, 0
        return self.done.data or 0, self.opened.data or 0, self.files.data or 0
