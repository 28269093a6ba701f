"""The WSGI entry, for any server: ``gunicorn wsgi:app``."""

import os

from tracker.app import create_app
from tracker.runtime import build_runtime
from tracker.settings import Settings

app = create_app(build_runtime(Settings.from_env(os.environ)))
