// Pictures of a message, and the lightbox in which one opens.

import { icon, make, makeButton } from "./make.js";

export const isPicture = (file) => Boolean(file.content_type?.startsWith("image/"));

/** One alone as large as it fits, two side by side, more in a grid. */
export function pictures(all) {
  const box = make("div", all.length === 1 ? "pictures alone" : `pictures grid count-${Math.min(all.length, 5)}`);
  box.append(...all.map((picture, at) => pictureButton(all, at)));
  return box;
}

function pictureButton(all, at) {
  const image = make("img");
  Object.assign(image, { src: all[at].source, alt: all[at].description });
  const made = makeButton("picture", image, () => open(all, at));
  made.title = "Open in full size";
  return made;
}

// ---- the lightbox
const box = document.getElementById("lightbox");
const image = make("img");
const frame = makeButton("frame", image, zoom);
const caption = make("p", "caption");
const original = make("a", "", "Open original");
const earlier = makeButton("step", "‹", () => step(-1));
const later = makeButton("step", "›", () => step(1));
let shown = [];
let position = 0;

function build() {
  const close = makeButton("close", icon("close"), () => box.close());
  close.setAttribute("aria-label", "Close");
  earlier.setAttribute("aria-label", "Picture before");
  later.setAttribute("aria-label", "Next picture");
  Object.assign(original, { target: "_blank", rel: "noopener" });
  const stage = make("div", "stage", frame);
  box.append(stage, make("div", "beneath", [earlier, make("div", "words", [caption, original]), later]), close);
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target === stage) box.close(); // beside the picture
  });
  box.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by && !box.classList.contains("real")) step(by);
  });
}

function open(all, at) {
  if (!box.childElementCount) build();
  shown = all;
  show(at);
  box.showModal();
  frame.focus();
}

function show(at) {
  position = at;
  const { source, description } = shown[at];
  Object.assign(image, { src: source, alt: description });
  caption.textContent = description;
  original.href = source;
  earlier.hidden = later.hidden = shown.length === 1;
  fit();
}

function step(by) {
  if (shown.length > 1) show((position + by + shown.length) % shown.length);
}

function fit() {
  box.classList.remove("real");
  frame.setAttribute("aria-label", "Show in real size");
}

/** To real size at the point that was clicked, and back. */
function zoom(event) {
  if (box.classList.contains("real")) return fit();
  const within = image.getBoundingClientRect();
  const [x, y] = [(event.clientX - within.left) / within.width, (event.clientY - within.top) / within.height];
  box.classList.add("real");
  frame.setAttribute("aria-label", "Fit to the window");
  const stage = frame.parentElement;
  stage.scrollLeft = image.naturalWidth * x - stage.clientWidth / 2;
  stage.scrollTop = image.naturalHeight * y - stage.clientHeight / 2;
  return undefined;
}
