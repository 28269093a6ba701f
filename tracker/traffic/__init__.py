"""What surrounds every request: which host it is for, how many there may be, what is written down, how it is packed."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.runtime import Runtime
from tracker.traffic import access_log, compressing, counting


def surround(app: Flask, runtime: Runtime) -> None:
    """Put an application behind the proxies, hosts, limits and the access log of an installation."""
    settings = runtime.settings
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts) or None
    if hops := settings.proxy_hops:  # each address of X-Forwarded-For but the last `hops` may be invented
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    access_log.keep(app, runtime)  # registered first, so that it runs last and sees what goes out
    compressing.pack(app)
    counting.count(app, runtime)
