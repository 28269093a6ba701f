/* Small helps for those with JavaScript; every page works without. */
"use strict";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    const said = link.textContent;
    link.textContent = link.dataset.copy;
    setTimeout(() => { link.textContent = said; }, 2500);
  } catch {
    window.location.assign(link.href);
  }
});
