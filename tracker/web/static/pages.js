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

/* The slider of the moment bar says its day, in the words of the page's language, and puts it into the field. */
document.addEventListener("input", (event) => {
  const slider = event.target.closest("input[type=range][data-from]");
  if (!slider) return;
  const day = new Date(`${slider.dataset.from}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + Number(slider.value));
  const said = day.toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  slider.setAttribute("aria-valuetext", said);
  slider.form.querySelector("output[data-day]").textContent = said;
  slider.form.elements.day.value = day.toISOString().slice(0, 10);
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

/* What is typed into a form outlives a signin that ended: it is kept in this tab until it was recorded. */
for (const form of document.querySelectorAll("form[data-keep]")) {
  const place = `kept:${location.pathname}`;
  const fields = () => [...form.elements].filter((field) => field.name && field.type !== "hidden");
  const isOn = (field) => field.type === "radio" || field.type === "checkbox";
  const kept = JSON.parse(sessionStorage.getItem(place) || "null");
  if (document.querySelector("[data-recorded]")) sessionStorage.removeItem(place);
  else if (kept && !form.querySelector("[role=alert]")) {
    for (const field of fields()) {
      const said = kept.filter(([name]) => name === field.name).map(([, value]) => value);
      if (isOn(field)) field.checked = said.includes(field.value);
      else if (said.length) field.value = said[0];
    }
    const line = document.createElement("p");
    line.className = "notice care";
    line.setAttribute("role", "status");
    line.textContent = form.dataset.keep;
    form.prepend(line);
    form.closest("details")?.setAttribute("open", "");
  }
  form.addEventListener("input", () => {
    const said = fields().filter((field) => !isOn(field) || field.checked).map((field) => [field.name, field.value]);
    sessionStorage.setItem(place, JSON.stringify(said));
  });
}
document.querySelector('form[action="/signout"]')?.addEventListener("submit", () => sessionStorage.clear());

/* When a session is by the reader's own clock, where that differs from the clocks said already. */
for (const line of document.querySelectorAll(".own-zone")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || line.closest("dd").textContent.includes(zone)) continue;
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const said = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  line.textContent = ` ${said.formatRange(new Date(line.dataset.start), new Date(line.dataset.end))} ${zone} (${line.dataset.words})`;
  line.hidden = false;
  line.before(document.createElement("br"));
}

/* A link to something folded away unfolds it: not every browser does so by itself. */
function unfold() {
  const fold = document.getElementById(location.hash.slice(1))?.closest("details:not([open])");
  if (!fold) return;
  fold.open = true;
  document.getElementById(location.hash.slice(1)).scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();
