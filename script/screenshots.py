"""The pictures of the tour: the demonstration in a folder of its own, a browser, and one picture a page."""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import CDPSession, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tracker.app import create_app  # noqa: E402 - after the path is set
from tracker.database import migrate  # noqa: E402 - after the path is set
from tracker.demo import build_demo  # noqa: E402 - after the path is set
from tracker.directory import people, tokens  # noqa: E402 - after the path is set
from tracker.runtime import Runtime, build_runtime  # noqa: E402 - after the path is set
from tracker.settings import Settings  # noqa: E402 - after the path is set

IMAGES = ROOT / "docs" / "images"
PICTURES = {
    "today": "",
    "quarters": "plan?look=quarters",
    "past": "plan?as_of=2023-06-15",
    "changed": "changes?from=2023-06-15&to=2023-09-30",
    "activity": "activities/3.4",
}
WIDTH, HEIGHT = 1100, 760
LARGEST = 150_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def secretariat(runtime: Runtime) -> str:
    """Return the path of a link by which the browser signs in."""
    with runtime.directory() as tx:
        person = people.add_person(tx, runtime.now(), "Ana Torres", "ana@example.org", "en")
        people.grant(tx, runtime.now(), person, "demo", "secretariat")
        return f"/signin/{tokens.make_signin_link(tx, runtime.now(), person)}"


def picture(name: str, devtools: CDPSession) -> None:
    """Keep what the browser shows as WebP, as good as fits the size that the docs may take."""
    image = b""
    for quality in (80, 60, 40):
        taken = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        image = base64.b64decode(taken["data"])
        if len(image) < LARGEST:
            break
    (IMAGES / f"{name}.webp").write_bytes(image)
    print(f"docs/images/{name}.webp: {len(image) // 1000} kB")


def take(base: str, link: str) -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(base + link)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        devtools = page.context.new_cdp_session(page)
        for name, address in PICTURES.items():
            page.goto(f"{base}/w/demo/{address}")
            picture(name, devtools)
        browser.close()


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env({"TRACKER_DATA_DIR": folder})
        migrate(settings.database_url)
        runtime = build_runtime(settings)
        build_demo(runtime)
        server = make_server("127.0.0.1", 0, create_app(runtime), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        take(f"http://127.0.0.1:{server.server_port}", secretariat(runtime))
        server.shutdown()
        thread.join()
        runtime.close()


if __name__ == "__main__":
    main()
