// The list: thumbnails as they come into sight, and the way into the big view.
import { Viewer } from "./viewer.js";

const island = JSON.parse(document.getElementById("island").textContent);
const cards = [...document.querySelectorAll(".card")];
const help = document.getElementById("help");
const viewer = new Viewer(document.getElementById("viewer"), island, (file) => cardOf(file)?.focus());

const cardOf = (file) => cards.find((card) => Number(card.dataset.file) === file);

// At most so many thumbnails are asked for at once, so that the big view never waits behind them.
const atOnce = 3;
const waiting = [];
let running = 0;

function loadNext() {
  while (running < atOnce && waiting.length > 0) {
    const image = waiting.shift();
    running++;
    const done = () => { running--; loadNext(); };
    image.addEventListener("load", done, { once: true });
    image.addEventListener("error", done, { once: true });
    image.src = image.dataset.src;
  }
}

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      sight.unobserve(entry.target);
      waiting.push(entry.target.querySelector("img"));
    }
  }
  loadNext();
}, { rootMargin: "300px" });

for (const card of cards) {
  sight.observe(card);
  card.addEventListener("click", () => viewer.open(Number(card.dataset.file)));
}

// move puts the focus on the card next to the one that has it, as it stands on the screen.
function move(key) {
  const at = cards.indexOf(document.activeElement);
  if (at < 0) return cards[0]?.focus();
  if (key === "ArrowLeft") return cards[at - 1]?.focus();
  if (key === "ArrowRight") return cards[at + 1]?.focus();
  const here = cards[at].getBoundingClientRect();
  const down = key === "ArrowDown";
  let best, least = Infinity;
  for (const card of cards) {
    const there = card.getBoundingClientRect();
    const away = down ? there.top - here.top : here.top - there.top;
    const far = away * 10 + Math.abs(there.left - here.left);
    if (away > 5 && far < least) [best, least] = [card, far];
  }
  best?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") {
    help.open ? help.close() : help.showModal();
  } else if (help.open) {
    return;
  } else if (viewer.isOpen) {
    if (!viewer.key(event)) return;
  } else if (event.key.startsWith("Arrow")) {
    move(event.key);
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (act === "help") help.showModal();
  else if (act === "closeHelp") help.close();
  else if (act) viewer.do(act);
});

if (cards.length === 1) viewer.open(Number(cards[0].dataset.file));
