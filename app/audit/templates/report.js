"use strict";
// Sorts, filters and pages the cards that are there already; without it all of them are shown, worst first.
const list = document.getElementById("cards");
const controls = document.getElementById("controls");
if (list && controls) {
  const PAGE = 50;
  const all = [...list.children];
  const order = document.getElementById("order");
  const words = document.getElementById("words");
  const told = document.getElementById("told");
  const [before, after] = [document.getElementById("before"), document.getElementById("after")];
  const texts = new Map();
  let page = 0;
  let chosen = all;

  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  const value = (card, key) => (key === "score" || key === "size" || key === "rank" ? Number(card.dataset[key]) : card.dataset[key]);
  const textOf = (card) => {
    if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
    return texts.get(card);
  };

  const show = () => {
    const last = Math.max(0, Math.ceil(chosen.length / PAGE) - 1);
    page = Math.min(Math.max(0, page), last);
    const begin = page * PAGE;
    const shown = chosen.slice(begin, begin + PAGE);
    list.replaceChildren(...shown);
    before.disabled = page === 0;
    after.disabled = page === last;
    told.textContent = chosen.length
      ? `${(begin + 1).toLocaleString("en")} to ${(begin + shown.length).toLocaleString("en")} of ${chosen.length.toLocaleString("en")}`
      : "Nothing fits.";
  };
  const choose = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [key, way] = order.value.split(" ");
    const turned = way === "down" ? -1 : 1;
    chosen = all
      .filter((card) => wanted.every((word) => textOf(card).includes(word)))
      .sort((one, other) => turned * compare(value(one, key), value(other, key)) || value(one, "rank") - value(other, "rank"));
    page = 0;
    show();
  };
  const turn = (by) => {
    page += by;
    show();
    document.getElementById("findings").scrollIntoView();
  };

  order.addEventListener("change", choose);
  words.addEventListener("input", choose);
  before.addEventListener("click", () => turn(-1));
  after.addEventListener("click", () => turn(1));
  controls.hidden = false;
  choose();
}
