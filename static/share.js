// The button "Share": headline, first sentence and address, given to what the device shares with, else copied.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-share]");
  if (!button) return;
  const said = (selector) => document.querySelector(selector)?.innerText.trim() ?? "";
  const title = said("h1");
  const text = said(".standfirst").match(/^.*?(?:。|\. |$)/s)[0].trim();
  const url = document.querySelector("link[rel=canonical]").href;
  try {
    if (navigator.share) return await navigator.share({title, text: `${title}\n${text}`, url});
    await navigator.clipboard.writeText(`${title}\n${text}\n${url}`);
  } catch {
    return; // not wanted after all, or not allowed
  }
  const label = button.textContent;
  button.textContent = button.dataset.label;
  setTimeout(() => { button.textContent = label; }, 2000);
});
