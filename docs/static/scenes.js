// A scene of the explorer takes the height that it needs and the theme of the page. Both go by messages: a page that
// was opened from a file may not look into another one.
const frames = () => [...document.querySelectorAll(".scene iframe")];
const tellTheme = (frame) => frame.contentWindow.postMessage({ theme: document.documentElement.dataset.theme }, "*");

addEventListener("message", ({ source, data }) => {
  const frame = frames().find(({ contentWindow }) => contentWindow === source);
  if (!frame || !(data?.height > 0)) return;
  frame.style.height = `${Math.ceil(data.height)}px`;
  tellTheme(frame);
});
new MutationObserver(() => frames().forEach(tellTheme)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
