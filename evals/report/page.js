"use strict";
(() => {
  const cards = [...document.querySelectorAll(".card")];
  const selects = [...document.querySelectorAll("[data-select]")];
  const search = document.getElementById("search");
  const shown = document.querySelector(".shown");
  const none = document.querySelector(".none");
  const marks = /[\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200c\u200d]/g;
  const same = { "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك" };
  const digit = (one) => String(one.charCodeAt(0) & 15);

  // letters as the search of Isnad folds them, near enough for finding a question again
  const fold = (text) => text.normalize("NFKC").replace(marks, "").replace(/[أإآٱىیئؤةک]/g, (one) => same[one])
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, digit).toLowerCase().replace(/\s+/g, " ");
  const folded = new Map();
  const textOf = (card) => {
    if (!folded.has(card)) folded.set(card, fold(card.textContent));
    return folded.get(card);
  };

  const apply = () => {
    const wanted = fold(search.value).split(" ").filter(Boolean);
    const chosen = selects.filter((one) => one.value).map((one) => [one.dataset.select, one.value]);
    let num = 0;
    for (const card of cards) {
      const fits = chosen.every(([name, value]) => card.dataset[name] === value)
        && (!wanted.length || wanted.every((word) => textOf(card).includes(word)));
      card.hidden = !fits;
      num += fits;
    }
    shown.textContent = num.toLocaleString("en");
    none.hidden = num > 0;
    for (const button of document.querySelectorAll("[data-filter]")) {
      const is = chosen.some(([name, value]) => name === button.dataset.filter && value === button.dataset.value);
      button.setAttribute("aria-pressed", String(is));
    }
  };

  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 120); });
  selects.forEach((one) => one.addEventListener("change", apply));
  document.getElementById("clear").addEventListener("click", () => {
    search.value = "";
    selects.forEach((one) => { one.value = ""; });
    apply();
  });
  document.getElementById("open-all").addEventListener("click", (event) => {
    const [toOpen, toClose] = event.currentTarget.children;
    const opens = !toOpen.hidden;
    cards.forEach((card) => { if (!card.hidden || !opens) card.open = opens; });
    toOpen.hidden = opens;
    toClose.hidden = !opens;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filter]");
    const select = button && selects.find((one) => one.dataset.select === button.dataset.filter);
    if (!select) return;
    select.value = select.value === button.dataset.value ? "" : button.dataset.value;
    apply();
    if (select.value) document.getElementById("questions").scrollIntoView({ behavior: "smooth" });
  });
  const openTarget = () => {
    const target = location.hash.startsWith("#q-") && document.getElementById(location.hash.slice(1));
    if (target) { target.hidden = false; target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", openTarget);
  apply(); // a browser that comes back keeps what was chosen
  openTarget();
})();
