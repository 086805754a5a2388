/** The page inside of another page. */

export const in_frame = self !== parent;
/** A page that is written into another one has no address of its own. */
export const has_address = location.protocol !== "about:";

/** Show the view alone, in the theme of the page around it, and tell that page the height. */
export function obeyFrame() {
  const root = document.documentElement;
  root.classList.add("inside", ...(has_address ? [] : ["alone"]));
  new ResizeObserver(() => parent.postMessage({ height: root.offsetHeight }, "*")).observe(root);
  addEventListener("message", ({ source, data }) => {
    if (source === parent && ["light", "dark"].includes(data?.theme)) root.style.colorScheme = data.theme;
  });
}
