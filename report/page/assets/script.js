// The page is whole without this: it sorts tables, filters queries, and sets the theme.
(() => {
  const root = document.documentElement, $ = id => document.getElementById(id);

  const theme = $("theme"), dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => { theme.textContent = dark() ? "Light colours" : "Dark colours"; };
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; label(); });
  theme.parentElement.hidden = false;
  label();

  // A cell sorts by its number where it begins with one, else as text.
  const value = cell => {
    const text = cell.textContent.trim().replace(/,/g, ""), number = parseFloat(text.replace(/^[<>≥$ ]+/, "").replace(/^10\^/, "1e"));
    return Number.isNaN(number) ? text.toLowerCase() : number;
  };
  const compare = (a, b) => typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;
  const sort = (table, column, head) => {
    const down = head.getAttribute("aria-sort") === (head.classList.contains("n") ? null : "ascending") || head.getAttribute("aria-sort") === "ascending";
    for (const h of head.parentElement.children) h.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0], rows = [...body.rows].map(row => [value(row.cells[column]), row]);
    rows.sort((x, y) => down ? compare(y[0], x[0]) : compare(x[0], y[0]));
    body.append(...rows.map(r => r[1]));
  };
  for (const table of document.querySelectorAll("table.sorts")) {
    if (table.tBodies[0].rows.length < 3) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(table, column, head));
      head.replaceChildren(button);
    });
  }

  const list = $("list");
  if (list) {
    const items = [...list.children], find = $("find"), kind = $("kind"), order = $("order");
    const texts = items.map(item => item.textContent.toLowerCase());
    const filter = () => {
      const want = find.value.trim().toLowerCase();
      let shown = 0;
      items.forEach((item, i) => {
        item.hidden = !(texts[i].includes(want) && (!kind.value || item.dataset.kind === kind.value));
        shown += item.hidden ? 0 : 1;
      });
      $("found").textContent = shown === items.length ? `${shown} listed` : `${shown} of ${items.length} listed`;
    };
    const keys = {
      "": i => i,
      right: i => Number(items[i].dataset.right),
      name: i => items[i].querySelector(".id").textContent,
      finding: i => items[i].dataset.finding ? 0 : 1,
    };
    order.addEventListener("change", () => {
      const key = keys[order.value], at = items.map((_, i) => i);
      at.sort((i, j) => compare(key(i), key(j)) || i - j);
      list.append(...at.map(i => items[i]));
    });
    find.addEventListener("input", filter);
    kind.addEventListener("change", filter);
    $("filter").addEventListener("submit", e => e.preventDefault());
    $("filter").hidden = false;
    filter();
  }

  // On paper the folded tables are open; figures and queries stay as they are.
  let opened = [];
  addEventListener("beforeprint", () => { opened = [...document.querySelectorAll("details.folded:not([open])")]; for (const d of opened) d.open = true; });
  addEventListener("afterprint", () => { for (const d of opened) d.open = false; });
})();
