// page.js - sorts and filters the tables of a report; nothing that a report says needs it.
"use strict";
(() => {
  // A number at the cell's beginning: "<0.001", "1,024", "4-5".
  const number = text => {
    const found = /^[<~=*]*\s*([-+]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?)/i.exec(text);
    return found ? parseFloat(found[1].replace(/,/g, "")) : NaN;
  };
  const key = (row, column) => row.cells[column].textContent.trim();
  // Numbers before words, and what is empty last, whichever way the rest is sorted.
  const order = (a, b, way) => {
    const x = number(a), y = number(b);
    if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1;
    return way * (isNaN(x) ? a.localeCompare(b) : x - y);
  };
  const sortBy = (table, column, head) => {
    const body = table.tBodies[0], was = head.getAttribute("aria-sort");
    const way = was === "ascending" ? -1 : 1;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
    const rows = Array.from(body.rows, row => [key(row, column), row]);
    rows.sort((a, b) => order(a[0], b[0], way));
    body.append(...rows.map(pair => pair[1]));
  };
  const addSorting = table => {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      if (head.tagName !== "TH") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(table, column, head));
      head.append(button);
    });
  };
  const addFilter = table => {
    const rows = Array.from(table.tBodies[0].rows);
    let texts = null; // read when they are first asked for
    const box = document.createElement("div"), label = document.createElement("label");
    const input = document.createElement("input"), count = document.createElement("span");
    box.className = "filter";
    input.type = "search";
    count.setAttribute("role", "status");
    label.append("Filter: ", input);
    input.addEventListener("input", () => {
      texts = texts || rows.map(row => row.textContent.toLowerCase());
      const words = input.value.toLowerCase().split(/\s+/);
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every(word => texts[i].includes(word));
        shown += !row.hidden;
      });
      count.textContent = input.value ? `${shown} of ${rows.length} rows` : "";
    });
    box.append(label, count);
    table.parentNode.before(box);
  };
  for (const table of document.querySelectorAll("table.sorts")) {
    if (!table.tHead || table.tBodies[0].rows.length < 2) continue;
    addSorting(table);
    if (table.classList.contains("filters")) addFilter(table);
  }
  // A page that is opened begins at its top.
  addEventListener("hashchange", () => {
    const target = document.querySelector(location.hash || "#top");
    if (target) target.scrollIntoView();
  });
})();
