"use strict";
// Everything is in the page already. This narrows, sorts and opens it, and keeps the choice in the address.
(() => {
  const STEP = 200;
  const find = (id) => document.getElementById(id);
  const form = find("filters");
  const table = find("table");
  const body = table.tBodies[0];
  const headings = Array.from(table.tHead.rows[0].cells);
  const data = JSON.parse(find("data").textContent);
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const cell = (row, name) => row.querySelector("." + name);
  const rows = Array.from(body.rows, (row, index) => ({
    row,
    index,
    details: null,
    account: cell(row, "account").textContent,
    state: cell(row, "state").textContent,
    ends: row.dataset.ends,
    end: cell(row, "expires").querySelector("time")?.dateTime ?? "",
    moment: Date.parse(cell(row, "expires").querySelector("time")?.dateTime),
    keys: {},
    warnings: data[index].warnings !== undefined,
    address: data[index].facts[0][1],
  }));

  let sort = "expires";
  let descending = false;
  let limit = STEP;

  // Of a row and its details. Made when the first search needs it.
  const strings = (value) => typeof value === "string" ? value : Object.values(value).map(strings).join("\n");
  const searched = (item) => item.text ??= (item.row.textContent + "\n" + strings(data[item.index])).toLowerCase();

  const matching = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const words = wanted.q.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const day = (item) => item.end.slice(0, 10);
    return rows.filter((item) =>
      (wanted.account === "" || item.account === wanted.account)
      && (wanted.state === "" || item.state === wanted.state)
      && (wanted.expiry === "" || item.ends === wanted.expiry)
      && (wanted.warnings === undefined || item.warnings)
      && (wanted.from === "" || (item.end !== "" && day(item) >= wanted.from))
      && (wanted.until === "" || (item.end !== "" && day(item) <= wanted.until))
      && words.every((word) => searched(item).includes(word)));
  };

  // Unknown ends are last in either order.
  const order = (a, b) => {
    const turned = descending ? -1 : 1;
    if (sort === "expires") {
      if ((a.end === "") !== (b.end === "")) return a.end === "" ? 1 : -1;
      return ((a.moment - b.moment) || 0) * turned || a.index - b.index;
    }
    const text = (item) => item.keys[sort] ??= (item.row.querySelector(`.${sort} bdi`) ?? cell(item.row, sort)).textContent;
    return collator.compare(text(a), text(b)) * turned || a.index - b.index;
  };

  const element = (name, text) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  // Other records may have the same certificate, key or issuer, or be the issuer: a search shows them.
  const SHARED = new Set(["SHA-256", "Key SHA-256", "Issuer"]);
  const shared = (text) => {
    const link = element("a", text);
    link.href = "#" + new URLSearchParams({ q: text });
    return link;
  };
  const list = (facts) => {
    const made = element("dl");
    for (const [name, text] of facts) {
      const pair = element("div");
      const value = element("dd", SHARED.has(name) ? undefined : text);
      if (SHARED.has(name)) value.append(shared(text));
      pair.append(element("dt", name), value);
      made.append(pair);
    }
    return made;
  };
  const details = (item) => {
    const made = element("tr");
    made.className = "details";
    made.id = "details-" + item.index;
    const inside = element("td");
    inside.colSpan = headings.length;
    const { facts, certificates, warnings } = data[item.index];
    for (const warning of warnings ?? []) {
      const note = element("p", "Warning: " + warning);
      note.className = "warnings";
      inside.append(note);
    }
    inside.append(list(facts));
    for (const part of certificates) inside.append(element("h3", part.title), list(part.facts));
    made.append(inside);
    return made;
  };

  const toggle = (item, open) => {
    const button = item.row.querySelector("button");
    button.setAttribute("aria-expanded", String(open));
    if (open) {
      item.details ??= details(item);
      if (item.row.parentNode !== null) item.row.after(item.details);
    } else {
      item.details?.remove();
      item.details = null;
    }
  };
  // The name of a row becomes a button when it is first shown.
  const prepare = (item) => {
    if (item.row.querySelector("button") !== null) return;
    const name = item.row.querySelector("bdi");
    const button = element("button");
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", "details-" + item.index);
    name.replaceWith(button);
    button.append(name);
    button.addEventListener("click", () => {
      toggle(item, item.details === null);
      remember();
    });
  };

  const render = () => {
    const shown = matching().sort(order);
    const part = shown.slice(0, limit);
    const all = document.createDocumentFragment();
    for (const item of part) {
      prepare(item);
      all.append(item.row);
      if (item.details !== null) all.append(item.details);
    }
    body.replaceChildren(all);
    const rest = shown.length - part.length;
    find("count").textContent = `${shown.length} of ${rows.length} certificates match`
      + (rest > 0 ? `; the first ${part.length} are shown` : "");
    find("none").hidden = shown.length > 0;
    find("more").hidden = rest === 0;
    find("more").firstElementChild.textContent = `Show ${Math.min(rest, STEP)} more`;
    for (const heading of headings) {
      const isKey = heading.dataset.sort === sort;
      if (isKey) heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
  };

  // Browsers refuse an address that changes with every key.
  let timer;
  const remember = () => {
    clearTimeout(timer);
    timer = setTimeout(write, 250);
  };
  const write = () => {
    const choice = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") choice.append(name, value);
    if (sort !== "expires") choice.append("sort", sort);
    if (descending) choice.append("order", "descending");
    for (const item of rows) if (item.details !== null) choice.append("open", item.address);
    history.replaceState(null, "", "#" + choice);
  };
  const recall = () => {
    const choice = new URLSearchParams(location.hash.slice(1));
    for (const field of form.elements) {
      if (field.name === "") continue;
      if (field.type === "checkbox") field.checked = choice.has(field.name);
      else field.value = choice.get(field.name) ?? "";
      // An account or a state that the page does not have.
      if (field.tagName === "SELECT" && field.selectedIndex < 0) field.value = "";
    }
    const key = choice.get("sort");
    sort = headings.some((heading) => heading.dataset.sort === key) ? key : "expires";
    descending = choice.get("order") === "descending";
    limit = STEP;
    const opened = new Set(choice.getAll("open"));
    for (const item of rows) {
      const open = opened.has(item.address);
      if (!open && item.details === null) continue;
      prepare(item);
      toggle(item, open);
    }
    render();
  };

  const changed = () => {
    limit = STEP;
    render();
    remember();
  };

  for (const heading of headings) {
    const button = element("button", heading.textContent);
    button.type = "button";
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      descending = heading.dataset.sort === sort && !descending;
      sort = heading.dataset.sort;
      changed();
    });
  }
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are empty only after the event.
  form.addEventListener("reset", () => setTimeout(changed));
  find("more").firstElementChild.addEventListener("click", () => {
    const first = body.rows.length;
    limit += STEP;
    render();
    body.rows[first]?.querySelector("button")?.focus();
  });
  addEventListener("hashchange", () => {
    // Without a choice it is a place in the page.
    if (!location.hash.includes("=")) return;
    recall();
    find("records").focus();
  });
  let before = STEP;
  addEventListener("beforeprint", () => {
    if (limit !== Infinity) before = limit;
    limit = Infinity;
    render();
  });
  addEventListener("afterprint", () => {
    limit = before;
    render();
  });

  const age = find("age");
  const days = Math.floor((Date.now() - Date.parse(age.dataset.taken)) / 86_400_000);
  if (days >= 1) {
    age.textContent = ` That was ${days} day${days === 1 ? "" : "s"} ago.`;
    age.hidden = false;
  }
  form.hidden = false;
  recall();
})();
