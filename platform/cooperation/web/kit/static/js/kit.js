/* Helps for pages that work without it: autosave, rows, counters, follow-up questions, focus.
   Behaviours are asked for by data attributes; texts come translated from the page. */

import { autosave } from "./autosave.js";
import { forgetWords, travelUntilSent } from "./words.js";

/* The folded menu and task list stand open on a wide screen, also where CSS cannot open them. */
function openFolds() {
  if (!window.matchMedia("(min-width: 62rem)").matches) return;
  for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
}

function focusSummary() {
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
}

/* ---- data-count="4000" on a textarea: how many characters are left */
function countCharacters(area) {
  const line = document.getElementById(`${area.id}-c`);
  if (!line) return;
  const maximum = Number(area.dataset.count);
  const show = () => {
    const left = maximum - [...area.value.replace(/\r\n/g, "\n")].length;
    const text = left < 0 ? line.dataset.countOver : line.dataset.countText;
    line.textContent = text.replace("{left}", left).replace("{over}", -left);
    line.classList.toggle("error", left < 0);
  };
  area.addEventListener("input", show);
  if (area.value) show();
}

/* ---- data-rows="ID": add and remove rows of a table */
function manageRows(box) {
  const body = box.querySelector("[data-rows-body]");
  const template = box.querySelector("[data-rows-template]");
  const add = box.querySelector("[data-rows-add]");
  const maximum = Number(box.dataset.rowsMaximum || 0);
  if (!body || !template) return;
  let next = body.querySelectorAll("[data-row]").length;

  const fill = (node, index) => {
    for (const element of [node, ...node.querySelectorAll("*")]) {
      for (const attribute of [...element.attributes]) {
        if (!/__(index|number)__/.test(attribute.value)) continue;
        const value = attribute.value.replaceAll("__index__", index).replaceAll("__number__", index + 1);
        element.setAttribute(attribute.name, value);
      }
      for (const child of element.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) child.data = child.data.replaceAll("__number__", index + 1);
      }
    }
    return node;
  };
  const changed = () => box.dispatchEvent(new Event("input", { bubbles: true }));

  if (add) {
    add.addEventListener("click", (event) => {
      event.preventDefault();
      if (maximum && body.querySelectorAll("[data-row]").length >= maximum) return;
      const row = template.content.querySelector("[data-row]").cloneNode(true);
      body.append(fill(row, next));
      next += 1;
      const first = row.querySelector("input, select, textarea");
      if (first) first.focus();
      changed();
    });
  }
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows-remove]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    const neighbour = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    const focus = neighbour ? neighbour.querySelector("input, select, textarea") : add;
    if (focus) focus.focus();
    changed();
  });
}

/* ---- data-asked-if='{"question": CODE, "any_of": ["yes"]}': the closed grammar of the questionnaire.
   Leaves: {"question": CODE, "any_of": [..]} | {"question": CODE, "none_of": [..]} |
   {"question": CODE, "answered": true | false}; nodes: {"all": [..]} | {"any": [..]}.
   A question is found by data-question="CODE" around its controls; one that is not on the page
   is the server's business, so the element stays visible. */
function chosenValues(code) {
  const box = document.querySelector(`[data-question="${CSS.escape(code)}"]`);
  if (!box) return null;
  const values = [];
  for (const control of box.querySelectorAll("[data-answer], input, select, textarea")) {
    if (control.type === "hidden" || control.closest("[data-comment]")) continue;
    if ((control.type === "radio" || control.type === "checkbox") && !control.checked) continue;
    if (control.value) values.push(control.value);
  }
  return values;
}

function holds(condition) {
  if (condition.all) return condition.all.every(holds);
  if (condition.any) return condition.any.some(holds);
  const values = chosenValues(condition.question);
  if (values === null) return true;
  if (condition.any_of) return condition.any_of.some((value) => values.includes(value));
  // As the server reads it: a question without an answer has none of the options chosen.
  if (condition.none_of) return !condition.none_of.some((value) => values.includes(value));
  return (values.length > 0) === condition.answered;
}

function followUps(form) {
  const show = () => {
    for (const box of form.querySelectorAll("[data-asked-if]")) box.hidden = !holds(JSON.parse(box.dataset.askedIf));
  };
  form.addEventListener("change", show);
  show();
}

/* ---- the browser words the file button in its own language: list what was chosen ourselves */
function listFiles(input) {
  const list = document.createElement("ul");
  list.className = "chosen";
  input.after(list);
  input.addEventListener("change", () => {
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      item.append(name);
      return item;
    }));
  });
}

/* ---- a form is sent once: the second click of a double click goes nowhere */
function sendOnce(form) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sent < 1500 && sent) event.preventDefault();
    else sent = event.timeStamp;
  });
}

/* ---- data-forget on a form: with the page that it leaves go its unsaved words (sign-out) */
function forgetWhenSent(form) {
  form.addEventListener("submit", () => window.addEventListener("beforeunload", forgetWords, { once: true }));
}

/* ---- data-continue on a form: long work goes on by itself, step by step */
function goOn(form) {
  window.setTimeout(() => form.requestSubmit(), 300);
}

/* ---- data-scroll: say so where a table is wider than the screen */
function hintScrolling(box) {
  const hint = box.previousElementSibling;
  if (!hint || !("scrollHint" in hint.dataset)) return;
  const show = () => { hint.hidden = box.scrollWidth <= box.clientWidth + 1; };
  new ResizeObserver(show).observe(box);
}

/* What is inside a form, also where a part of it was replaced. */
function enhance(root) {
  for (const box of root.querySelectorAll("[data-scroll]")) hintScrolling(box);
  for (const area of root.querySelectorAll("textarea[data-count]")) countCharacters(area);
  for (const box of root.querySelectorAll("[data-rows]")) manageRows(box);
  for (const input of root.querySelectorAll("input[type=file]")) listFiles(input);
}

openFolds();
focusSummary();
if (document.querySelector(".savebar")) document.documentElement.classList.add("has-savebar");
enhance(document);
for (const form of document.querySelectorAll("form[method=post]")) {
  followUps(form);
  if ("autosave" in form.dataset) {
    autosave(form, enhance);
  } else {
    sendOnce(form);
    travelUntilSent(form);
  }
  if ("forget" in form.dataset) forgetWhenSent(form);
  if ("continue" in form.dataset) goOn(form);
}
