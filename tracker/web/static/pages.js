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

/* The form behind a letter keeps each card as it is left: also while the page is being left, and it says so if it could not. */
document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  const isSmall = new URLSearchParams(request.body).toString().length < 60000;  // what browsers allow of it
  if (event.target.closest(".answering") && isSmall) request.keepalive = true;
});
document.addEventListener("visibilitychange", () => {
  const typing = document.hidden && document.activeElement?.closest(".answering") ? document.activeElement : null;
  typing?.dispatchEvent(new Event("change", { bubbles: true }));
});

function sayNotKept(event) {
  const line = event.target.closest(".answering")?.querySelector("[data-failed]");
  if (!line || line.querySelector(".fault")) return;
  const said = document.createElement("strong");
  said.className = "fault";
  said.textContent = line.dataset.failed;
  line.append(said);
}
document.addEventListener("htmx:error", sayNotKept);
document.addEventListener("htmx:before:response", (event) => {
  if (event.detail.ctx.response.status < 500) return;
  event.preventDefault();
  sayNotKept(event);
});
