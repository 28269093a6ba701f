"""A person without a mouse: walks by Tab until what is wanted has the focus, and never loses sight of it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

MOST = 150
SEEN = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "nowhere";
  const place = one.getBoundingClientRect();
  if (place.width < 1 || place.height < 1) return "has no size";
  if (place.bottom <= 0 || place.top >= innerHeight) return "is outside of the window";
  const rings = [one, one.closest("label"), one.parentElement].filter(each => each).map(each => getComputedStyle(each));
  if (!rings.some(ring => ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2)) return "has no ring";
  const [left, right] = [Math.max(place.left, 0), Math.min(place.right, innerWidth)];
  const [top, bottom] = [Math.max(place.top, 0), Math.min(place.bottom, innerHeight)];
  const line = [...one.getClientRects()].find(each => each.width && each.bottom > 0 && each.top < innerHeight);
  const points = [[(left + right) / 2, (top + bottom) / 2], [line.left + 3, Math.max(line.top, 0) + line.height / 2]];
  const covers = points.map(([x, y]) => document.elementFromPoint(x, y)).filter(each => each);
  const mine = covers.some(each => one.contains(each) || each.contains(one) && each !== document.body);
  return mine ? "" : `is behind ${covers.map(each => each.outerHTML.slice(0, 80))}`;
}"""
WHERE = """() => (document.activeElement || document.body).outerHTML.slice(0, 160)"""


@dataclass
class Keyboard:
    """What somebody does by keys alone; ``presses`` counts them."""

    page: Page
    presses: int = 0

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def reach(self, wanted: Locator, key: str = "Tab") -> None:
        """Press a key until what is wanted has the focus; all that has it on the way must be seen to have it.

        Once it may leave the page at its end, as it does on its way through the browser's own buttons.
        """
        left = 0
        for _ in range(MOST):
            self.press(key)
            fault = self.page.evaluate(SEEN)
            if fault == "nowhere" and not left:
                left += 1
                continue
            assert not fault, f"{self.page.url}: {fault}: {self.page.evaluate(WHERE)}"
            if wanted.evaluate("wanted => wanted === document.activeElement"):
                return
        raise AssertionError(f"{self.page.url}: {wanted} is not reached by {MOST} times {key}")

    def unfold(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.press("Enter")

    def follow(self, wanted: Locator) -> None:
        """Reach a link or a button and go where it leads."""
        self.reach(wanted)
        with self.page.expect_navigation():
            self.press("Enter")

    def choose(self, wanted: Locator, words: str) -> None:
        """Reach a list and type the beginning of a choice."""
        self.reach(wanted)
        self.page.keyboard.type(words)

    def write(self, wanted: Locator, words: str) -> None:
        self.reach(wanted)
        self.page.keyboard.type(words)

    def walk(self, place: str, name: str) -> None:
        """Walk by the navigation, which is a menu on a phone."""
        menu = self.page.locator(".menu > summary")
        if menu.is_visible():
            self.unfold(menu)
            self.follow(self.page.locator(".menu").get_by_role("link", name=name, exact=True))
            return
        self.follow(self.page.locator(".tabs").first.get_by_role("link", name=place, exact=True))
        self.follow(self.page.locator(".tabs.under").get_by_role("link", name=name, exact=True))
