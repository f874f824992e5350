// Reading mode (长者版): larger text and targets. In the head, before the first paint, so that nothing flashes.
// The preference stays in this browser; the server never learns of it.
{
  const root = document.documentElement;
  const apply = (mode) => {
    root.dataset.reading = mode;
    for (const button of document.querySelectorAll("[data-reading-toggle]")) {
      button.setAttribute("aria-pressed", mode === "large");
    }
  };
  const stored = () => {
    try {
      return localStorage.getItem("reading") === "large" ? "large" : "normal";
    } catch {
      return "normal"; // storage forbidden
    }
  };
  apply(stored());
  document.addEventListener("DOMContentLoaded", () => apply(stored()));
  addEventListener("storage", () => apply(stored()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-reading-toggle]")) return;
    const mode = root.dataset.reading === "large" ? "normal" : "large";
    try {
      localStorage.setItem("reading", mode);
    } catch { /* it then lasts as long as the page */ }
    apply(mode);
  });
}
