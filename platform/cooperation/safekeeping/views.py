"""Pages: a restore and a head's word on it; checking one's records; sealing again."""

from flask import Blueprint

from cooperation.safekeeping.models import WRAPPED

blueprint = Blueprint("safekeeping", __name__, template_folder="templates")

assert WRAPPED  # noqa: S101
