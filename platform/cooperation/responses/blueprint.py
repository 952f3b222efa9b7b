"""The slice's blueprint; the modules beside this one hang their views on it."""

from flask import Blueprint

blueprint = Blueprint("responses", __name__, template_folder="templates")
