/* data-autosave on a form: save what is typed, and say what the server has acknowledged.

   A snapshot is all that stands in the form at one moment. One at a time is on its way, always the
   newest; what is saved is only what the answer to exactly that snapshot says. Both buttons save
   the same way and go on once the answer is there, so that a dead line never takes the page away. */

import { differing, pairsOf, travel } from "./words.js";

const EVERY = 30000;
const AGAIN_AFTER = 5000;
const LONGEST_WAIT = 60000;

const codeOf = (name) => name.split(".")[0];

/* The same person's tag behind other random digits: every request has a key of its own. */
function newKey(old) {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return old.includes(".") ? `${hex}.${old.split(".").slice(1).join(".")}` : hex;
}

export function autosave(form, enhance) {
  const line = form.querySelector("[data-save-status]") || document.querySelector("[data-save-status]");
  const address = form.dataset.autosave || form.action;
  const every = Number(form.dataset.autosaveEvery || EVERY);
  let leftOut = new Set((form.dataset.unsaved || "").split(" ").filter(Boolean));
  const saved = new Map([...pairsOf(form)].filter(([name]) => !leftOut.has(codeOf(name))));
  let answered = pairsOf(form);
  let waiting = null;
  let sending = null;
  let step = 0;
  let trouble = "";
  let savedAt = "";
  let standing = "";
  let isLeaving = false;

  const unsaved = () => differing(pairsOf(form), saved);
  const isNew = () => differing(pairsOf(form), answered).length > 0;
  const words = travel(form, unsaved);

  /* ---- the line */
  const text = (name) => line.dataset[`text${name}`] || "";
  const sentence = () => {
    if (sending) return text("Saving");
    if (trouble) return text(trouble);
    if (isNew()) return text("Unsaved");
    if (leftOut.size) return text("Partly").replace("{names}", [...leftOut].join(", "));
    if (unsaved().length) return text("Unsaved");
    if (!savedAt) return null;
    return [text("Saved").replace("{time}", savedAt), standing].filter(Boolean).join(" · ");
  };
  const say = () => {
    const words_ = line && sentence();
    if (!words_) return;
    line.classList.toggle("is-problem", !sending && Boolean(trouble || leftOut.size));
    line.replaceChildren(words_);
    if (!sending && !trouble && leftOut.size && !isNew()) line.append(" ", why());
  };
  const why = () => {
    const link = document.createElement("a");
    link.href = `#${[...leftOut][0]}`;
    link.textContent = text("Why");
    link.addEventListener("click", (event) => { event.preventDefault(); explain(); });
    return link;
  };

  /* ---- one snapshot on its way */
  const snapshot = () => {
    const body = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
    body.set("_key", newKey(body.get("_key") || ""));
    if (body.has("_page")) body.set("_page", nextPage());
    return { pairs: pairsOf(form), body };
  };
  const nextPage = () => {
    step += 1;
    return `${form.elements.namedItem("_page").value.split(".")[0]}.${step}`;
  };
  const take = (name, value) => {
    const field = form.elements.namedItem(name);
    if (field && "value" in field) field.value = value;
  };
  const acknowledge = (pairs, reply) => {
    leftOut = new Set(reply.left_out || []);
    savedAt = reply.at;
    standing = reply.standing || "";
    for (const name of new Set([...saved.keys(), ...pairs.keys()])) {
      if (leftOut.has(codeOf(name))) continue;
      if (pairs.has(name)) saved.set(name, pairs.get(name));
      else saved.delete(name);
    }
    for (const [name, value] of Object.entries(reply.versions || {})) take(name, value);
    for (const box of form.querySelectorAll("[data-trouble]")) {
      const code = box.closest("[data-question]")?.dataset.question;
      if (code && !leftOut.has(code)) box.replaceChildren();
    }
    words.store();
  };

  /* Send once. Returns the reply, or null where none came. */
  const post = async () => {
    const now = pairsOf(form);
    if (!waiting || differing(now, waiting.pairs).length) waiting = snapshot();
    const sent = waiting;
    const response = await fetch(address, {
      method: "POST",
      body: sent.body,
      headers: { "X-Requested-With": "autosave", Accept: "application/json" },
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST_WAIT),
    });
    const reply = await response.json();
    if (response.status >= 500) {
      trouble = reply.status === "full" ? "Full" : "Lost";
      return null;
    }
    waiting = null;
    trouble = { signed_out: "SignedOut", ready: "Ready" }[reply.status] || "";
    if (reply.token) take("csrf_token", reply.token);
    if (["saved", "partly"].includes(reply.status)) acknowledge(sent.pairs, reply);
    if (reply.status !== "signed_out") answered = sent.pairs;
    return reply;
  };
  const send = async () => {
    let reply = null;
    try {
      reply = await post();
      if (reply?.status === "outdated") reply = await post();
    } catch {
      trouble = "Lost";
    }
    return reply;
  };
  /* Wait for what is on its way, then save what stands in the form now. */
  const save = async () => {
    while (sending) await sending;
    sending = send();
    say();
    const reply = await sending;
    sending = null;
    say();
    return reply;
  };
  const saveByItself = () => {
    if (!sending && !isLeaving && (trouble || isNew())) save();
  };

  /* ---- what was left out is explained by the server's own page, put where it belongs */
  const page = (button) => new Promise((resolve) => {
    const body = snapshot().body;
    if (button) body.set(button.name, button.value);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "document";
    request.timeout = LONGEST_WAIT;
    request.onloadend = () => resolve(request.status ? request.responseXML : null);
    request.send(body);
  });
  const questionIn = (root, code) => root.querySelector(`[data-question="${CSS.escape(code)}"]`);
  const putTroubles = (found) => {
    for (const code of leftOut) {
      const [here, there] = [questionIn(form, code), questionIn(found, code)];
      if (!here || !there) continue;
      const told = [...(there.querySelector("[data-trouble]")?.childNodes || [])];
      const errors = [...there.querySelectorAll("p.error")].filter((each) => !told.some((box) => box.contains(each)));
      for (const each of errors) each.removeAttribute("id");
      here.querySelector("[data-trouble]").replaceChildren(...[...told, ...errors].map((each) => document.importNode(each, true)));
      here.hidden = false;
    }
  };
  const fetchPage = async (button) => {
    while (sending) await sending;
    sending = page(button);
    say();
    const found = await sending;
    sending = null;
    if (!found) trouble = "Lost";
    say();
    return found;
  };
  const explain = async () => {
    const isTold = [...leftOut].every((code) => questionIn(form, code)?.querySelector("[data-trouble]")?.childElementCount);
    if (!isTold) {
      const found = await fetchPage();
      if (found && !found.querySelector("form[data-autosave]")) { pass(null); return; }
      if (found) putTroubles(found);
    }
    const box = questionIn(form, [...leftOut][0] || "")?.querySelector("[data-trouble]");
    if (!box) return;
    box.tabIndex = -1;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "center" });
  };
  const settle = async (button) => {
    const code = button.value.split(":")[0];
    const found = await fetchPage(button);
    const there = found && questionIn(found, code);
    const here = questionIn(form, code);
    if (!there || !here) { if (found) pass(button); return; }
    const block = document.importNode(there, true);
    here.replaceWith(block);
    enhance(block);
    leftOut.delete(code);
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
    if (await save()) putTroubles(found);
  };

  /* ---- the buttons */
  const pass = (button) => {
    isLeaving = true;
    const extra = document.createElement("input");
    extra.type = "hidden";
    extra.dataset.passed = "";
    if (button?.name) { extra.name = button.name; extra.value = button.value; }
    form.append(extra);
    take("_key", newKey(form.elements.namedItem("_key")?.value || ""));
    if (form.elements.namedItem("_page")) take("_page", nextPage());
    HTMLFormElement.prototype.submit.call(form);
  };
  const press = async (button) => {
    if (button?.name === "_settle") { await settle(button); return; }
    let reply = await save();
    while (reply?.status === "saved" && isNew()) reply = await save();
    if (!reply) return;
    if (!["saved", "partly"].includes(reply.status)) { pass(button); return; }
    if (reply.status === "partly" || Object.keys(reply.problems || {}).length) { await tell(reply); return; }
    if (button?.value !== "stay") pass(button);
  };
  let isPressed = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isPressed) return;
    isPressed = true;
    await press(event.submitter);
    isPressed = false;
  });
  const tell = async (reply) => {
    if (reply.status === "partly") {
      const found = await fetchPage();
      if (found) putTroubles(found);
    }
    for (const [name, words_] of Object.entries(reply.problems || {})) {
      const box = questionIn(form, codeOf(name))?.querySelector("[data-trouble]");
      const told = document.createElement("p");
      told.className = "error";
      told.textContent = words_;
      box?.append(told);
    }
  };

  /* ---- when */
  const onChange = () => { words.changed(); say(); };
  form.addEventListener("input", onChange);
  form.addEventListener("change", onChange);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    words.store();
    saveByItself();
  });
  window.addEventListener("online", saveByItself);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isLeaving = false;
    for (const extra of form.querySelectorAll("[data-passed]")) extra.remove();
  });
  window.addEventListener("beforeunload", (event) => {
    words.store();
    if (unsaved().length && !isLeaving) event.preventDefault();
  });
  const beat = () => {
    saveByItself();
    window.setTimeout(beat, ["Lost", "Full"].includes(trouble) ? Math.min(every, AGAIN_AFTER) : every);
  };
  window.setTimeout(beat, every);
  if (words.restore()) save();
}
