// Every page works without this file; with it, it is quicker to use.
"use strict";

const root = document.documentElement;
const base = document.body.dataset.root;

function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch { /* A browser may keep nothing of a page from disk. */ }
}

let telling;
function tell(text) {
  const told = document.querySelector(".told") || document.body.appendChild(document.createElement("p"));
  told.className = "told";
  told.setAttribute("role", "status");
  told.textContent = text;
  clearTimeout(telling);
  telling = setTimeout(() => told.remove(), 2500);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // A page from disk may not use the clipboard; a selection may be copied.
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  tell("Copied");
}

// Light or dark: the system's choice first, then the reader's.
function lightOrDark() {
  const button = document.getElementById("theme-button");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const dark = !isDark();
    if (dark === system.matches) delete root.dataset.theme;
    else root.dataset.theme = dark ? "dark" : "light";
    keep("theme", root.dataset.theme || null);
    show();
  });
  system.addEventListener("change", show);
  show();
}

function contentsButton() {
  const button = document.getElementById("contents-button");
  const contents = document.getElementById("contents");
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(contents.classList.toggle("open")));
  });
  contents.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

function marks() {
  for (const button of document.querySelectorAll("[data-hides-marks]")) {
    const show = () => button.setAttribute("aria-pressed", String(root.dataset.marks === "off"));
    button.addEventListener("click", () => {
      if (root.dataset.marks === "off") delete root.dataset.marks;
      else root.dataset.marks = "off";
      keep("marks", root.dataset.marks || null);
      show();
    });
    show();
  }
}

function copies() {
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.addEventListener("click", () => copy(document.getElementById(button.dataset.copies).value));
  }
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest(".anchor, .headerlink");
    if (anchor) copy(anchor.href);
  });
}

// A term explains itself on hover, focus and tap; Escape puts the explanation away.
function terms() {
  const tip = document.createElement("p");
  tip.className = "tip";
  tip.id = "tip";
  tip.hidden = true;
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);
  let shown = null;
  let leaving;
  function hide() {
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    tip.hidden = true;
  }
  function show(term) {
    clearTimeout(leaving);
    if (term === shown) return;
    hide();
    if (term.title) {
      term.dataset.tip = term.title;
      term.removeAttribute("title");
    }
    tip.textContent = term.dataset.tip;
    tip.hidden = false;
    shown = term;
    term.setAttribute("aria-describedby", "tip");
    const place = term.getClientRects()[0];
    const left = Math.min(place.left, root.clientWidth - tip.offsetWidth - 8);
    const above = place.bottom + tip.offsetHeight + 8 > root.clientHeight;
    tip.style.left = `${Math.max(8, left) + scrollX}px`;
    tip.style.top = `${(above ? place.top - tip.offsetHeight - 6 : place.bottom + 6) + scrollY}px`;
  }
  const termOf = (event) => event.target.closest?.(".term");
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch" && termOf(event)) show(termOf(event));
    else if (event.target === tip) clearTimeout(leaving);
  });
  document.addEventListener("pointerout", (event) => {
    if (termOf(event) || event.target === tip) leaving = setTimeout(hide, 250);
  });
  document.addEventListener("focusin", (event) => (termOf(event) ? show(termOf(event)) : hide()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  let touched = false;
  document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
  document.addEventListener("click", (event) => {
    const term = termOf(event);
    if (!term) hide();
    else if (touched && shown !== term) {
      event.preventDefault(); // The first tap explains, the second follows the link.
      show(term);
    }
  }, true);
}

// Search: the index is loaded when somebody searches.
function ranked(words, query) {
  const found = [];
  for (const entry of window.searchIndex) {
    const [kind, key, title] = entry;
    const name = key.toLowerCase();
    const text = `${name} ${title.toLowerCase()}`;
    let rank;
    if (name === query) rank = 0;
    else if (name.endsWith(`.${query}`) || name === query.replaceAll(" ", "_") || title.toLowerCase() === query) rank = 1;
    else if (name && name.startsWith(query)) rank = 2;
    else if (name && name.replace("rfc ", "rfc").replace(", ", " ").startsWith(query.replace(", ", " ").replace("rfc ", "rfc"))) rank = 3;
    else if (words.every((word) => text.includes(word))) {
      rank = title.toLowerCase().startsWith(query) ? 4 : words.every((word) => ` ${text.replaceAll(/[._-]/g, " ")}`.includes(` ${word}`)) ? 5 : 6;
    } else continue;
    found.push([rank, kind === "test" ? 1 : 0, found.length, entry]);
  }
  found.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2]);
  return found.slice(0, 40).map((each) => each[3]);
}

function search() {
  let box, input, list, status, selected;
  function make() {
    box = document.createElement("dialog");
    box.className = "search-box";
    box.setAttribute("aria-label", "Search");
    box.innerHTML = '<label for="search-input">Search for an ID, a clause, an RFC section, a function, a test</label>' +
      '<input id="search-input" type="text" role="combobox" aria-expanded="false" aria-controls="search-results" ' +
      'aria-autocomplete="list" autocomplete="off" autocapitalize="off" spellcheck="false">' +
      '<p class="small" role="status"></p><div class="results" id="search-results" role="listbox" aria-label="Results"></div>';
    document.body.append(box);
    input = box.querySelector("input");
    list = box.querySelector(".results");
    status = box.querySelector("[role=status]");
    input.addEventListener("input", update);
    input.addEventListener("keydown", (event) => {
      const options = [...list.children];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (options.length) select(options[(options.indexOf(selected) + step + options.length) % options.length]);
      } else if (event.key === "Enter" && selected) {
        event.preventDefault();
        const target = selected.href;
        box.close();
        location.href = target;
      }
    });
    box.addEventListener("click", (event) => {
      if (event.target === box || event.target.closest(".results a")) box.close();
    });
  }
  function select(option) {
    selected?.setAttribute("aria-selected", "false");
    selected = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }
  function update() {
    const query = input.value.trim().toLowerCase().replaceAll(/\s+/g, " ");
    if (!window.searchIndex) return;
    const entries = query ? ranked(query.split(" "), query) : [];
    list.replaceChildren(...entries.map(([kind, key, title, path], at) => {
      const option = document.createElement("a");
      option.href = base + path;
      option.id = `search-${at}`;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
      const parts = [["b", key || title], ["i", kind], ["span", key ? title : ""]];
      for (const [tag, text] of parts) {
        if (text) option.appendChild(document.createElement(tag)).textContent = text;
      }
      return option;
    }));
    input.setAttribute("aria-expanded", String(entries.length > 0));
    status.textContent = !query ? "" : entries.length === 40 ? "The first 40 matches" : entries.length === 1 ? "1 match" : `${entries.length} matches`;
    select(list.firstElementChild);
  }
  function open(text) {
    if (!box) make();
    if (!window.searchIndex) {
      const script = document.createElement("script");
      script.src = `${base}search-index.js`;
      script.onload = update;
      script.onerror = () => { status.textContent = "The search index could not be loaded."; };
      document.head.append(script);
    }
    if (!box.open) box.showModal();
    if (text) input.value = text;
    input.select();
    update();
  }
  document.getElementById("search-link").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
    if ((event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) ||
        (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      open();
    }
  });
  if (location.pathname.endsWith("/search.html")) open(new URLSearchParams(location.search).get("q") || "");
}

// The matrix: its filter and order stand in the address, so that they can be sent. Rows are laid out as the reader
// comes to them, a thousand at a time, so that ten thousand are as quick as a few.
const ROWS_AT_ONCE = 1000;

// Words may stand anywhere in a row; what is in quotes stands there as it is, and neither longer nor in a longer number.
function askedFor(text) {
  const asked = [...text.toLowerCase().matchAll(/"([^"]+)"|[^\s"]+/g)];
  return (row) => asked.every(([word, whole]) => {
    if (!whole) return row.includes(word);
    for (let at = row.indexOf(whole); at >= 0; at = row.indexOf(whole, at + 1)) {
      if (!/^\.?\w/.test(row.slice(at + whole.length)) && !/\w$/.test(row.slice(0, at))) return true;
    }
    return false;
  });
}

function matrix() {
  const table = document.getElementById("matrix");
  if (!table) return;
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const frame = table.closest(".scroll");
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, at) => {
    const cells = [...row.cells].map((cell) => cell.textContent);
    return {
      row, at, cells, text: cells.join(" ").toLowerCase(),
      facts: {
        type: row.classList.contains("rule") ? "rule" : "statement", clause: cells[1], strength: cells[3], status: cells[4], binds: cells[5],
      },
    };
  });
  let order = { name: "", down: false };
  let fitting = [];
  let drawn = 0;
  const slug = (head) => head.dataset.name;
  for (const head of heads) {
    head.dataset.name = head.textContent.toLowerCase().replace(" ", "-");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const same = order.name === slug(head);
      order = same && order.down ? { name: "", down: false } : { name: slug(head), down: same };
      show();
      write();
    });
  }
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  function sort() {
    const column = heads.findIndex((head) => slug(head) === order.name);
    for (const head of heads) {
      if (slug(head) === order.name) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    const way = order.down ? -1 : 1;
    fitting.sort((one, other) => (column < 0 ? 0 : way * compare(one.cells[column], other.cells[column])) || one.at - other.at);
  }
  function filter() {
    const wanted = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    const inText = askedFor(wanted.q || "");
    fitting = rows.filter((each) => inText(each.text) && Object.entries(wanted).every(([name, value]) =>
      name === "q" || (name === "binds" ? each.facts.binds.split(", ").includes(value) : each.facts[name] === value)));
    count.textContent = `${fitting.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  }
  function draw(upTo) {
    body.append(...fitting.slice(drawn, upTo).map((each) => each.row));
    drawn = Math.min(upTo, fitting.length);
  }
  function show() {
    filter();
    sort();
    body.replaceChildren();
    drawn = 0;
    draw(ROWS_AT_ONCE);
  }
  function write() {
    const state = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    if (order.name) state.set("sort", (order.down ? "-" : "") + order.name);
    history.replaceState(null, "", `#${state}`);
  }
  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    for (const field of form.elements) if (field.name) field.value = state.get(field.name) || "";
    const by = state.get("sort") || "";
    order = { name: by.replace(/^-/, ""), down: by.startsWith("-") };
    show();
  }
  form.addEventListener("input", () => { show(); write(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { order = { name: "", down: false }; show(); write(); }));
  frame.addEventListener("scroll", () => {
    if (drawn < fitting.length && frame.scrollTop + 2 * frame.clientHeight > frame.scrollHeight) draw(drawn + ROWS_AT_ONCE);
  });
  addEventListener("beforeprint", () => draw(fitting.length));
  addEventListener("hashchange", read);
  form.hidden = false;
  read();
}

// An arrow of a call flow leads to its message, which unfolds.
function arrows() {
  const unfold = () => {
    const message = document.getElementById(location.hash.slice(1))?.querySelector(".arrows li > details");
    if (message) message.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
}

// What is folded away on the screen is unfolded on paper.
function printing() {
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details:not([open])")) {
      folded.open = true;
      folded.dataset.opened = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const opened of document.querySelectorAll("details[data-opened]")) {
      opened.open = false;
      delete opened.dataset.opened;
    }
  });
}

lightOrDark();
contentsButton();
marks();
copies();
terms();
search();
matrix();
arrows();
printing();
